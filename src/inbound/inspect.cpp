#include "inbound/inspect.h"

#include <boost/json.hpp>

#include "base/text.h"
#include "inbound/reply_text.h"
#include "mime/authentication.h"
#include "mime/message.h"
#include "mime/utf8.h"

namespace inbound {

namespace {

namespace json = boost::json;

json::value id_value(const std::optional<base::MessageId>& id) {
    if (!id) return nullptr;
    return json::value(mime::repair_utf8(id->str()));
}

json::value verdict_value(const std::optional<std::string>& verdict) {
    if (!verdict) return nullptr;
    return json::value(*verdict);
}

json::array addresses_of(const std::vector<mime::Address>& addresses) {
    json::array values;
    for (const mime::Address& address : addresses) values.emplace_back(address.email.str());
    return values;
}

json::array ids_of(const std::vector<base::MessageId>& ids) {
    json::array values;
    for (const base::MessageId& id : ids) values.push_back(id_value(id));
    return values;
}

json::array strings_of(const std::vector<std::string>& strings) {
    json::array values;
    for (const std::string& text : strings) values.emplace_back(text);
    return values;
}

json::array parts_of(const std::vector<mime::Part>& parts) {
    json::array values;
    for (const mime::Part& part : parts)
        values.push_back({{"type", part.type}, {"name", part.name}, {"bytes", part.bytes}});
    return values;
}

json::array bounces_of(const std::vector<Bounce>& bounces) {
    json::array values;
    for (const Bounce& bounce : bounces)
        values.push_back(
            {{"address", mime::one_line(bounce.address)},
             {"status", bounce.status},
             {"reply_code", bounce.reply_code},
             {"reason", bounce.reason},
             {"hard", bounce.hard}}
        );
    return values;
}

json::object authentication_object(const mime::Message& message) {
    const mime::Authentication verdicts = mime::authentication_of(message);
    return {
        {"spf", verdict_value(verdicts.spf)},
        {"dkim", verdict_value(verdicts.dkim)},
        {"dmarc", verdict_value(verdicts.dmarc)},
        {"arc", verdict_value(verdicts.arc)},
    };
}

}  // namespace

std::string inspect_json(
    std::string_view file_name, std::string_view bytes, const WarmupTest& is_warmup
) {
    const mime::Message message = mime::read_message(bytes);
    const Classified read = classify(message, is_warmup);
    json::object line;
    line["file"] = mime::one_line(file_name);
    line["kind"] = to_string(read.kind);
    line["from"] = nullptr;
    if (!message.from.empty()) line["from"] = message.from.front().email.str();
    line["to"] = addresses_of(message.to);
    line["subject"] = message.subject;
    line["date"] = nullptr;
    if (message.date) line["date"] = base::to_iso(*message.date);
    line["message_id"] = id_value(message.message_id);
    line["in_reply_to"] = nullptr;
    if (!message.in_reply_to.empty()) line["in_reply_to"] = id_value(message.in_reply_to.front());
    line["references"] = ids_of(message.references);
    line["leaves"] = strings_of(message.leaves);
    line["parts"] = parts_of(message.parts);
    line["text"] = message.text;
    line["reply_text"] = mime::repair_utf8(read.reply_text);
    line["bounces"] = bounces_of(read.bounces);
    line["original_message_id"] = id_value(read.original_message_id);
    line["return_date"] = nullptr;
    if (read.return_date) line["return_date"] = base::to_iso(*read.return_date);
    line["authentication"] = authentication_object(message);
    line["defects"] = strings_of(message.defects);
    return json::serialize(line);
}

std::string inspect_text_json(std::string_view file_name, std::string_view bytes) {
    const std::string text = base::replace_all(mime::repair_utf8(bytes), "\r\n", "\n");
    const json::object line = {
        {"file", mime::one_line(file_name)},
        {"reply_text", mime::repair_utf8(reply_text_of(text))},
    };
    return json::serialize(line);
}

}  // namespace inbound
