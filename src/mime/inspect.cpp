#include "mime/inspect.h"

#include <boost/json.hpp>

#include "mime/authentication.h"
#include "mime/message.h"
#include "mime/utf8.h"

namespace mime {

namespace {

namespace json = boost::json;

json::value id_value(const std::optional<base::MessageId>& id) {
    if (!id) return nullptr;
    return json::value(repair_utf8(id->str()));
}

json::value verdict_value(const std::optional<std::string>& verdict) {
    if (!verdict) return nullptr;
    return json::value(*verdict);
}

json::array addresses_of(const std::vector<Address>& addresses) {
    json::array values;
    for (const Address& address : addresses) values.emplace_back(address.email.str());
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

json::array parts_of(const std::vector<Part>& parts) {
    json::array values;
    for (const Part& part : parts)
        values.push_back({{"type", part.type}, {"name", part.name}, {"bytes", part.bytes}});
    return values;
}

json::object authentication_object(const Message& message) {
    const Authentication verdicts = authentication_of(message);
    return {
        {"spf", verdict_value(verdicts.spf)},
        {"dkim", verdict_value(verdicts.dkim)},
        {"dmarc", verdict_value(verdicts.dmarc)},
        {"arc", verdict_value(verdicts.arc)},
    };
}

}  // namespace

std::string inspect_json(std::string_view file_name, std::string_view bytes) {
    const Message message = read_message(bytes);
    json::object line;
    line["file"] = one_line(file_name);
    line["kind"] = "other";
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
    line["reply_text"] = message.text;
    line["bounces"] = json::array();
    line["original_message_id"] = nullptr;
    line["return_date"] = nullptr;
    line["authentication"] = authentication_object(message);
    line["defects"] = strings_of(message.defects);
    return json::serialize(line);
}

}  // namespace mime
