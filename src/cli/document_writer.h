// Documents as lines of text: NDJSON or CSV.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "documents/document.h"
#include "documents/extended_json.h"

namespace cli {

// The document in one line, without its end.
std::string ndjson_line(const documents::Value& document, documents::Style style);

// A field of a CSV file; what a spreadsheet would take for a formula gets a quote mark before it.
std::string csv_field(std::string text);
// CSV (RFC 4180): the usual fields have columns, all others stand as JSON in the last one, which is
// named kOtherFields. Texts stand as they are, ids and dates without their type.
inline constexpr const char* kOtherFields = "other_fields";
std::string csv_heading(const std::vector<std::string>& fields);
std::string csv_line(const documents::Value& document, const std::vector<std::string>& fields);

}  // namespace cli
