// What a row can't hold of a document, so that the document can be given back as it came.
//
// A row is shown as a document (`shown`). Where that differs from the original, the difference is
// kept: for each field what the original said and what the row showed then. Given back is what the
// original said, but for a field whose row says something else by now.
#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "documents/document.h"

namespace documents {

// Empty where the row shows the document as it was, fields in their order. invalid_input where the
// difference can't be written so that it reads back (fields that are named like Extended JSON's
// types).
base::Result<std::string> kept_fields(const Value& original, const Value& shown);
// A whole document that has no row; the same errors.
base::Result<std::string> kept_whole(const Value& original);

// What `shown` is by now, with what was kept ("": nothing was). A text that is none of these
// functions' gives `shown`.
Value give_back(Value shown, std::string_view kept);
// Without what a field said that is long or has parts (a mail's text, quoted mails); ids, words,
// numbers and dates stay. The same text where there is none such.
std::string without_texts(std::string_view kept);
// The whole document, if it is one that was kept whole.
std::optional<Value> whole_document(std::string_view kept);

}  // namespace documents
