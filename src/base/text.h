// Small text helpers that several folders need. ASCII rules unless said otherwise; no locale.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace base {

std::string to_lower(std::string_view text);
bool equals_ignoring_case(std::string_view left, std::string_view right);
bool starts_with_ignoring_case(std::string_view text, std::string_view prefix);
// The text without blanks, tabs, CR and LF at both ends.
std::string_view trim(std::string_view text);
// Cuts at every `separator`; empty pieces are kept, "" gives one empty piece.
std::vector<std::string> split(std::string_view text, char separator);
std::string join(const std::vector<std::string>& pieces, std::string_view separator);
std::string replace_all(std::string text, std::string_view from, std::string_view to);
// Digits only, whole text, in range; nothing otherwise.
std::optional<std::int64_t> parse_int(std::string_view text);
// Their words made safe for a terminal and a log: control characters become '?', invalid UTF-8 too,
// and at most `bytes_max` bytes are kept (then "…" is added).
std::string printable(std::string_view text, std::size_t bytes_max);
// True for well-formed UTF-8 (RFC 3629: no surrogates, no overlong forms).
bool is_utf8(std::string_view text);

// Base64 (RFC 4648 section 4, with padding) and its URL form (section 5, without padding).
std::string base64_encode(std::string_view bytes);
std::string base64url_encode(std::string_view bytes);
// Nothing where a character does not belong or the length cannot be.
std::optional<std::string> base64_decode(std::string_view text);
std::optional<std::string> base64url_decode(std::string_view text);
std::string hex_encode(std::string_view bytes);

}  // namespace base
