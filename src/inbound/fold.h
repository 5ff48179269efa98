// UTF-8 text made comparable: letters lower case, unusual blanks, quotation marks, dashes and
// colons plain.
//
// The result has as many bytes as the input and every character stands where it stood, so that a
// place found in the folded text is a place in the text. Latin, Greek and Cyrillic letters are
// folded, other scripts have no case; broken UTF-8 is kept as it is. Linear, never fails.
#pragma once
#include <string>
#include <string_view>

namespace inbound {

std::string fold(std::string_view utf8);

// A letter or digit of ASCII, or any byte of a character beyond ASCII.
inline bool is_word_byte(char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte >= 0x80 || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           (c >= '0' && c <= '9');
}
inline bool is_digit(char c) { return c >= '0' && c <= '9'; }

// The next word of a folded text from `at` on, which is moved behind it; empty at the end.
std::string_view next_word(std::string_view folded, std::size_t& at);

}  // namespace inbound
