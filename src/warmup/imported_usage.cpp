#include "warmup/imported_usage.h"

#include <algorithm>

#include "base/text.h"

namespace warmup {

namespace {

using documents::Value;

std::int64_t number_in(const Value& document, std::initializer_list<const char*> names) {
    for (const char* name : names)
        if (const auto number = documents::int_of(document.find(name)); number && *number >= 0)
            return *number;
    return 0;
}

bool is_day(std::string_view text) {
    return base::from_iso(std::string(text) + "T00:00:00Z").has_value();
}

}  // namespace

std::optional<std::string> day_in(const Value& document) {
    for (const char* name : {"day", "date"}) {
        const Value* field = document.find(name);
        const auto text = documents::text_of(field);
        if (text && text->size() >= 10 && is_day(text->substr(0, 10))) return text->substr(0, 10);
        if (const auto date = documents::date_of(field)) return base::to_iso(*date).substr(0, 10);
    }
    return std::nullopt;
}

std::optional<ImportedUsage> usage_in(const Value& document) {
    for (const char* name : {"provider", "purpose", "side"}) {
        const std::string word =
            base::to_lower(documents::text_of(document.find(name)).value_or("groq"));
        if (word != "groq" && word != "warmup") return std::nullopt;
    }
    ImportedUsage usage;
    usage.day = day_in(document).value_or("");
    usage.model = documents::text_of(document.find("model")).value_or("");
    usage.requests = number_in(document, {"requests", "calls", "count", "total_requests"});
    usage.failures = number_in(document, {"failures", "errors"});
    usage.tokens_in = number_in(document, {"tokens_in", "prompt_tokens", "input_tokens"});
    usage.tokens_out = number_in(document, {"tokens_out", "completion_tokens", "output_tokens"});
    if (usage.day.empty() || usage.model.empty() || usage.requests == 0) return std::nullopt;
    return usage;
}

void add_usage(store::Connection& connection, const ImportedUsage& usage) {
    connection.execute(
        "INSERT INTO llm_usage (day, purpose, model, requests, failures, tokens_in, tokens_out) "
        "VALUES (:day, 'warmup', :model, :requests, :failures, :in, :out) "
        "ON CONFLICT (day, purpose, model) DO NOTHING",
        store::values(
            usage.day,
            usage.model,
            usage.requests,
            usage.failures,
            usage.tokens_in,
            usage.tokens_out
        )
    );
}

}  // namespace warmup
