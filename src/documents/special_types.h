// The types that no part of ours looks into, in the one form that both readers give them.
#pragma once
#include <optional>
#include <string_view>

#include "documents/document.h"

namespace documents {

Value special_binary(std::string_view base64, unsigned subtype);
Value special_regex(std::string_view pattern, std::string_view options);
Value special_timestamp(std::uint32_t seconds, std::uint32_t increment);
Value special_code(std::string_view code, const Value* scope);
Value special_symbol(std::string_view text);
Value special_decimal(std::string_view text);
Value special_pointer(std::string_view collection, std::string_view id);
// "$minKey", "$maxKey", "$undefined".
Value special_mark(std::string_view name);

}  // namespace documents
