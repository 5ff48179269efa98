// Counters of another system's use of Groq, so that a day that it has begun is not begun again
// here.
#pragma once
#include <optional>
#include <string>

#include "documents/document.h"
#include "store/connection.h"

namespace warmup {

struct ImportedUsage {
    std::string day;  // "2026-11-23"
    std::string model;
    std::int64_t requests = 0;
    std::int64_t failures = 0;
    std::int64_t tokens_in = 0;
    std::int64_t tokens_out = 0;
    bool operator==(const ImportedUsage&) const = default;
};

// Nothing where day, model or count are not to be seen, or it was not warmup's provider: pure.
std::optional<ImportedUsage> usage_in(const documents::Value& document);
// What is counted here for that day and model already stays.
void add_usage(store::Connection& connection, const ImportedUsage& usage);

// The day a document counts for: a date, or text that starts with one.
std::optional<std::string> day_in(const documents::Value& document);

}  // namespace warmup
