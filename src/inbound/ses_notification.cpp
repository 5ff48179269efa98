#include "inbound/ses_notification.h"

#include <boost/json.hpp>

#include "inbound/smtp_words.h"

namespace inbound {

namespace {

namespace json = boost::json;

constexpr std::size_t kTextMax = 256 * 1024;

// The JSON object in a text, its line ends taken out: mail wraps it within its strings.
std::optional<json::object> object_in(std::string_view text) {
    const std::size_t begin = text.find('{');
    const std::size_t end = text.rfind('}');
    if (begin == std::string_view::npos || end == std::string_view::npos || end < begin)
        return std::nullopt;
    std::string line;
    for (const char c : text.substr(begin, std::min(end - begin + 1, kTextMax)))
        if (c != '\n' && c != '\r') line += c;
    json::error_code problem;
    json::value value = json::parse(line, problem);
    if (problem || !value.is_object()) return std::nullopt;
    return std::move(value.as_object());
}

std::string text_of(const json::object& object, std::string_view key) {
    const json::value* value = object.if_contains(key);
    const json::string* text = value == nullptr ? nullptr : value->if_string();
    return text == nullptr ? std::string() : std::string(*text);
}

const json::object* object_of(const json::object& object, std::string_view key) {
    const json::value* value = object.if_contains(key);
    return value == nullptr ? nullptr : value->if_object();
}

// Calls `use` with every object in the array `key` of the object `section`.
template <class Use>
void for_each_in(
    const json::object& whole, std::string_view section, std::string_view key, Use use
) {
    const json::object* object = object_of(whole, section);
    const json::value* value = object == nullptr ? nullptr : object->if_contains(key);
    const json::array* array = value == nullptr ? nullptr : value->if_array();
    if (array == nullptr) return;
    std::size_t count = 0;
    for (const json::value& element : *array) {
        if (++count > kRecipientsMax) return;
        if (const json::object* one = element.if_object()) use(*one);
    }
}

SesNotification read(const json::object& whole) {
    SesNotification result;
    for_each_in(whole, "bounce", "bouncedRecipients", [&](const json::object& one) {
        RecipientStatus status;
        status.final = text_of(one, "emailAddress");
        status.action = text_of(one, "action");
        if (status.action.empty()) status.action = "failed";
        status.status = status_in(text_of(one, "status"));
        status.diagnostic = text_of(one, "diagnosticCode");
        result.bounced.push_back(std::move(status));
    });
    for_each_in(whole, "complaint", "complainedRecipients", [&](const json::object& one) {
        result.complained.push_back(text_of(one, "emailAddress"));
    });
    if (const json::object* mail = object_of(whole, "mail"))
        if (const json::object* headers = object_of(*mail, "commonHeaders"))
            result.message_id = text_of(*headers, "messageId");
    return result;
}

}  // namespace

std::optional<SesNotification> read_ses_notification(const mime::Message& message) {
    if (message.header("x-amz-sns-message-id").empty()) return std::nullopt;
    auto whole = object_in(message.text);
    if (!whole) return std::nullopt;
    if (const std::string inner = text_of(*whole, "Message"); !inner.empty()) {
        whole = object_in(inner);
        if (!whole) return std::nullopt;
    }
    SesNotification result = read(*whole);
    if (result.bounced.empty() && result.complained.empty()) return std::nullopt;
    return result;
}

}  // namespace inbound
