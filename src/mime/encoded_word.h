// Encoded words in header values (RFC 2047), both ways.
//
// Decoding is lenient: words inside other text, blanks inside words, a character cut between two
// words of one charset. Encoding is strict: UTF-8, each word at most 75 bytes and made of whole
// code points. Linear (a word longer than 4,000 bytes is left as it stands); never fails.
#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace mime {

// An unfolded value with its encoded words decoded: UTF-8 on one line, without control characters.
std::string decode_words(std::string_view value);

// The text as encoded words in the shorter of B and Q. The first is at most `first_max` bytes long
// (at least 20), the others 75. `text` is well-formed UTF-8. Q uses the characters that are safe in
// a phrase.
std::vector<std::string> encode_words(std::string_view text, std::size_t first_max);

}  // namespace mime
