// MongoDB Extended JSON, versions 1 and 2, canonical and relaxed: one document to a Value and back.
//
//   read_document(R"({"_id": {"$oid": "5f…"}, "sent_at": {"$date": "2026-11-23T13:07:00Z"}})")
//
// Limits: kDepthMax levels. Errors: invalid_input says what is wrong and at which byte of the text:
// JSON that is none, bytes that are not UTF-8, the NUL character, a field that stands twice, a "$…"
// type that is none. Numbers are read exactly.
#pragma once
#include <string>
#include <string_view>

#include "base/result.h"
#include "documents/document.h"

namespace documents {

inline constexpr int kDepthMax = 100;

// What the text looks like. canonical keeps every type; relaxed writes numbers and dates as people
// read them; v1 is how mongoexport wrote until version 4.0.
enum class Style { canonical, relaxed, v1 };

base::Result<Value> read_document(std::string_view json);
// The same for any value, such as one field. `depth_max`: more for what we wrote around a document.
base::Result<Value> read_value(std::string_view json, int depth_max = kDepthMax);
std::string to_json(const Value& value, Style style);
// The style that this text is written in, as far as it can be told from one document; relaxed where
// all read alike.
std::optional<Style> style_of(std::string_view json);
std::string_view to_string(Style style);
std::optional<Style> parse_style(std::string_view name);

}  // namespace documents
