// UTF-8 (RFC 3629) for mail: well-formedness per code point, repair of foreign bytes, one-line
// values. Pure functions without errors or limits; linear in their input.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>

namespace mime {

// The length of the well-formed sequence that starts at `at`, or 0 where it is malformed.
std::size_t code_point_bytes(std::string_view text, std::size_t at);
// Writes a code point; U+FFFD for surrogates, values above U+10FFFF and NUL.
void append_code_point(std::string& out, std::uint32_t code_point);
// Malformed bytes become U+FFFD (one for each run); NUL is dropped, since no store takes it.
std::string repair_utf8(std::string_view text);
// At most so many bytes of `text`, which is well-formed, and no part of a character.
std::string_view first_bytes(std::string_view text, std::size_t bytes_max);
// `repair_utf8`, then every control character (C0, DEL, C1, line separators) becomes a blank, both
// ends are trimmed: a decoded subject or name can't break a line, a log or a header again.
std::string one_line(std::string_view text);

struct CodePoint {
    std::uint32_t value = 0;
    std::size_t bytes = 1;
};
// The one that starts at `at`; `text` is well-formed.
CodePoint code_point_at(std::string_view text, std::size_t at);
// Takes no room and is no letter: blanks of no width, marks of direction, soft hyphen, byte order
// mark, fillers, tags. Joiners are not among them: Persian and Indic names are written with them.
bool is_invisible(std::uint32_t code_point);
// `text`, well-formed, without those.
std::string without_invisible(std::string_view text);

}  // namespace mime
