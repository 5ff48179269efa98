#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>

#include "base/check.h"
#include "llm/chat_format.h"

namespace llm {

namespace {

namespace json = boost::json;

bool starts_with_any(std::string_view text, std::initializer_list<std::string_view> prefixes) {
    return std::ranges::any_of(prefixes, [&](std::string_view prefix) {
        return text.starts_with(prefix);
    });
}

json::object response_format(const Question& question, Dialect::Format format, json::value schema) {
    if (format == Dialect::Format::json_object) return {{"type", "json_object"}};
    json::object described = {{"name", question.schema_name}, {"schema", std::move(schema)}};
    if (format == Dialect::Format::strict_schema) described["strict"] = true;
    return {{"type", "json_schema"}, {"json_schema", std::move(described)}};
}

}  // namespace

Dialect dialect_of(std::string_view provider, std::string_view model) {
    Dialect dialect;
    if (provider == "ollama") {
        dialect.format = Dialect::Format::schema;
        dialect.max_completion_tokens = false;
    } else if (provider == "openai") {
        if (starts_with_any(model, {"gpt-4o", "gpt-4.1", "gpt-5", "o1", "o3", "o4"}))
            dialect.format = Dialect::Format::strict_schema;
        // Reasoning models take the default temperature only.
        dialect.temperature = !starts_with_any(model, {"gpt-5", "o1", "o3", "o4"});
    } else if (starts_with_any(model, {"openai/gpt-oss-"})) {
        dialect.format = Dialect::Format::strict_schema;
        dialect.reasoning = true;
    }
    return dialect;
}

std::string request_body(
    const Question& question, const std::string& provider, const std::string& model
) {
    const Dialect dialect = dialect_of(provider, model);
    json::error_code error;
    json::value schema = json::parse(question.schema, error);
    CHECK(!error && schema.is_object());
    std::string system = question.system;
    if (dialect.format != Dialect::Format::strict_schema)
        system += "\n\n" + std::string(kSchemaLine) + json::serialize(schema);
    json::object body = {
        {"model", model},
        {"messages",
         json::array{
             {{"role", "system"}, {"content", system}},
             {{"role", "user"}, {"content", question.user}}
         }},
        {"stream", false},
    };
    body[dialect.max_completion_tokens ? "max_completion_tokens" : "max_tokens"] =
        question.tokens_max;
    if (dialect.temperature) body["temperature"] = question.temperature;
    if (dialect.reasoning) {
        body["reasoning_effort"] = "low";
        body["include_reasoning"] = false;
    }
    body["response_format"] = response_format(question, dialect.format, std::move(schema));
    return json::serialize(body);
}

}  // namespace llm
