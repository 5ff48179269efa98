#include "tests/llm/plausible_answers.h"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>

#include "base/random.h"
#include "base/text.h"

namespace support {
namespace {

namespace json = boost::json;
using Lines = std::vector<std::string>;

const Lines kSubjects = {
    "Notes from the",
    "A question about the",
    "Before the",
    "Looking back at the",
    "Plans for the",
    "Your thoughts on the",
    "Following the",
    "An idea for the",
    "Ready for the",
    "Small change to the",
};
const Lines kTopics = {
    "garden meeting",
    "reading group",
    "train timetable",
    "team lunch",
    "autumn walk",
    "project review",
    "library visit",
    "kitchen plan",
    "spring workshop",
    "office move",
    "photo evening",
    "budget round",
    "harbour tour",
    "book swap",
    "choir practice",
    "weekend hike",
    "museum day",
    "morning call",
};
const Lines kOpenings = {
    "I hope your week has started well.",
    "It was good to hear from you.",
    "I was thinking of our last talk.",
    "I have gone through my notes again.",
    "The weather here has finally turned.",
    "I had a quiet morning and used it well.",
    "There is some news on my side.",
};
const Lines kDetails = {
    "We have settled most of the details for the",
    "I am still gathering ideas for the",
    "Several people have asked me about the",
    "I would like to take some time for the",
    "There are two open points on the list for the",
    "Everyone seems to look forward to the",
};
const Lines kQuestions = {
    "Does Thursday still suit you?",
    "What would you change first?",
    "Would you like to join us?",
    "Could you tell me what you think?",
    "Is there anything that I have missed?",
    "Shall we keep the same room?",
};
const Lines kCloses = {
    "Let me know when it suits you.",
    "There is no hurry at all.",
    "I will write again on Monday.",
    "Many thanks for your patience.",
    "Talk to you soon.",
    "Have a pleasant afternoon.",
};

struct Writer {
    base::SeededRandom random;
    std::size_t count_wanted = 5;

    std::string subject() { return random.pick(kSubjects) + " " + random.pick(kTopics); }
    std::string body() {
        return random.pick(kOpenings) + " " + random.pick(kDetails) + " " + random.pick(kTopics) +
               ". " + random.pick(kQuestions) + " " + random.pick(kCloses);
    }
    std::string text_for(std::string_view name) {
        if (name.find("subject") != std::string_view::npos ||
            name.find("title") != std::string_view::npos)
            return subject();
        if (name.find("html") != std::string_view::npos) return "<p>" + body() + "</p>";
        return body();
    }
    json::value value_for(const json::value& schema, std::string_view name);
    json::array array_for(const json::object& rules, std::string_view name);
    json::object object_for(const json::object& rules);
};

std::string type_of(const json::object& rules) {
    const json::value* type = rules.if_contains("type");
    if (type == nullptr) return rules.contains("properties") ? "object" : "string";
    if (type->is_array() && !type->get_array().empty()) type = &type->get_array()[0];
    return type->is_string() ? std::string(type->get_string()) : "string";
}

std::int64_t integer_in(const json::object& rules, const char* name, std::int64_t otherwise) {
    const json::value* value = rules.if_contains(name);
    return value != nullptr && value->is_int64() ? value->get_int64() : otherwise;
}

json::array Writer::array_for(const json::object& rules, std::string_view name) {
    json::array out;
    const auto wanted = static_cast<std::int64_t>(count_wanted);
    const std::int64_t most = integer_in(rules, "maxItems", 50);
    const std::int64_t count =
        std::clamp(integer_in(rules, "minItems", wanted), std::int64_t{0}, most);
    const json::value* items = rules.if_contains("items");
    for (std::int64_t i = 0; i < count; ++i)
        out.push_back(items == nullptr ? json::value(body()) : value_for(*items, name));
    return out;
}

json::object Writer::object_for(const json::object& rules) {
    json::object out;
    const json::value* properties = rules.if_contains("properties");
    if (properties == nullptr || !properties->is_object()) return out;
    for (const auto& property : properties->get_object())
        out[property.key()] = value_for(property.value(), property.key());
    return out;
}

json::value Writer::value_for(const json::value& schema, std::string_view name) {
    static const json::object kAnything;
    const json::object& rules = schema.is_object() ? schema.get_object() : kAnything;
    const json::value* allowed = rules.if_contains("enum");
    if (allowed != nullptr && allowed->is_array() && !allowed->get_array().empty())
        return allowed->get_array()[0];
    const std::string type = type_of(rules);
    if (type == "object") return object_for(rules);
    if (type == "array") return array_for(rules, name);
    if (type == "integer") return integer_in(rules, "minimum", 1);
    if (type == "number") return 0.5;
    if (type == "boolean") return true;
    if (type == "null") return nullptr;
    return json::value(text_for(name));
}

std::string message_text(const json::object& request, std::string_view role) {
    const json::value* messages = request.if_contains("messages");
    if (messages == nullptr || !messages->is_array()) return {};
    for (const json::value& message : messages->get_array()) {
        if (!message.is_object()) continue;
        const json::value* its = message.get_object().if_contains("role");
        const json::value* content = message.get_object().if_contains("content");
        if (its == nullptr || content == nullptr || !its->is_string() || !content->is_string())
            continue;
        if (std::string_view(its->get_string()) == role) return std::string(content->get_string());
    }
    return {};
}

// From response_format, else what follows the last line of the system text that ends in "schema…:".
json::value schema_of(const json::object& request) {
    json::error_code error;
    const json::value whole = request;
    const json::value* strict = whole.find_pointer("/response_format/json_schema/schema", error);
    if (strict != nullptr) return *strict;
    const std::string system = message_text(request, "system");
    const std::size_t at = system.rfind(":\n{");
    if (at == std::string::npos) return nullptr;
    json::value quoted = json::parse(std::string_view(system).substr(at + 2), error);
    return error ? json::value(nullptr) : quoted;
}

std::size_t count_in(const std::string& text) {
    for (std::size_t i = 0; i < text.size();) {
        std::size_t end = i;
        while (end < text.size() && text[end] >= '0' && text[end] <= '9') ++end;
        const auto number = base::parse_int(std::string_view(text).substr(i, end - i));
        if (number && *number >= 1 && *number <= 50) return static_cast<std::size_t>(*number);
        i = std::max(end, i + 1);
    }
    return 5;
}

}  // namespace

std::string plausible_completion(std::string_view request_body, std::uint64_t serial) {
    json::error_code error;
    const json::value parsed = json::parse(request_body, error);
    std::string content;
    json::value model = "unknown";
    if (!error && parsed.is_object()) {
        const json::object& request = parsed.get_object();
        if (const json::value* named = request.if_contains("model")) model = *named;
        Writer writer{base::SeededRandom(serial), count_in(message_text(request, "user"))};
        const json::value schema = schema_of(request);
        if (schema.is_object()) content = json::serialize(writer.value_for(schema, "text"));
    }
    const auto tokens = [](std::size_t bytes) { return static_cast<std::int64_t>(bytes / 4 + 1); };
    const json::object completion = {
        {"id", "chatcmpl-" + std::to_string(serial)},
        {"object", "chat.completion"},
        {"model", model},
        {"choices",
         json::array{json::object{
             {"index", 0},
             {"message", json::object{{"role", "assistant"}, {"content", content}}},
             {"finish_reason", "stop"},
         }}},
        {"usage",
         json::object{
             {"prompt_tokens", tokens(request_body.size())},
             {"completion_tokens", tokens(content.size())}
         }},
    };
    return json::serialize(completion);
}

}  // namespace support
