#include "inbound/fold.h"

namespace inbound {

namespace {

// Two-byte characters: U+0080 to U+07FF. All pairs of cases used here have the same length.
unsigned lower_two_bytes(unsigned point) {
    if (point == 0xa0 || point == 0xa1 || point == 0xbf) return ' ';
    if (point == 0xab || point == 0xbb) return '"';
    if (point == 0xb4) return '\'';
    if (point >= 0xc0 && point <= 0xde && point != 0xd7) return point + 0x20;
    if (point == 0x130) return point;  // dotted capital I: its lower case is ASCII
    if (point == 0x178) return 0xff;
    const bool capital_is_odd =
        (point >= 0x139 && point <= 0x148) || (point >= 0x179 && point <= 0x17e);
    if (capital_is_odd) return (point & 1U) != 0 ? point + 1 : point;
    if (point == 0x138) return point;  // has no capital
    if (point >= 0x100 && point <= 0x177) return point | 1U;
    // Romanian: letters with a comma are written with a cedilla as often.
    if (point == 0x218 || point == 0x219) return 0x15f;
    if (point == 0x21a || point == 0x21b) return 0x163;
    if (point == 0x1a0 || point == 0x1af) return point + 1;  // Vietnamese
    if (point == 0x386) return 0x3ac;
    if (point >= 0x388 && point <= 0x38a) return point + 0x25;
    if (point == 0x38c) return 0x3cc;
    if (point == 0x38e || point == 0x38f) return point + 0x3f;
    if (point >= 0x391 && point <= 0x3a9) return point + 0x20;
    if (point >= 0x400 && point <= 0x40f) return point + 0x50;
    if (point >= 0x410 && point <= 0x42f) return point + 0x20;
    if (point >= 0x460 && point <= 0x4bf) return point | 1U;
    return point;
}

void blank_out(std::string& text, std::size_t at, std::size_t length, char first) {
    text[at] = first;
    for (std::size_t i = 1; i < length; ++i) text[at + i] = ' ';
}

// U+2000 to U+206F: blanks, marks of direction, dashes, quotation marks, points.
char plain_punctuation(unsigned last) {
    if (last >= 0x90 && last <= 0x95) return '-';
    if (last >= 0x98 && last <= 0x9b) return '\'';
    if (last >= 0x9c && last <= 0x9f) return '"';
    return ' ';
}

// Three-byte characters that stand for a blank, for nothing or for a mark of ASCII.
void fold_three_bytes(std::string& text, std::size_t at) {
    const std::string_view character(text.data() + at, 3);
    const auto last = static_cast<unsigned char>(character[2]);
    if ((last & 0xc0U) != 0x80) return;
    if (character.starts_with("\xe2\x80")) return blank_out(text, at, 3, plain_punctuation(last));
    if (character.starts_with("\xe2\x81") || character == "\xe3\x80\x80" ||
        character == "\xef\xbb\xbf")
        return blank_out(text, at, 3, ' ');
    constexpr std::pair<std::string_view, char> kWide[] = {
        {"\xef\xbc\x9a", ':'},
        {"\xef\xbc\x8c", ','},
        {"\xef\xbc\x81", '!'},
        {"\xef\xbc\x9f", '?'},
        {"\xef\xbc\x88", '('},
        {"\xef\xbc\x89", ')'},
        {"\xe3\x80\x81", ','},
        {"\xe3\x80\x82", '.'},
    };
    for (const auto& [wide, plain] : kWide)
        if (character == wide) return blank_out(text, at, 3, plain);
}

}  // namespace

std::string fold(std::string_view utf8) {
    std::string text(utf8);
    for (std::size_t at = 0; at < text.size();) {
        const auto byte = static_cast<unsigned char>(text[at]);
        if (byte < 0x80) {
            if (byte >= 'A' && byte <= 'Z') text[at] = static_cast<char>(byte + 0x20);
            if (byte == '\t') text[at] = ' ';
            ++at;
        } else if (byte >= 0xc2 && byte < 0xe0 && at + 1 < text.size()) {
            const auto second = static_cast<unsigned char>(text[at + 1]);
            const unsigned lower = lower_two_bytes((byte & 0x1fU) << 6U | (second & 0x3fU));
            if (lower < 0x80) {
                blank_out(text, at, 2, static_cast<char>(lower));
            } else if ((second & 0xc0U) == 0x80) {
                text[at] = static_cast<char>(0xc0U | lower >> 6U);
                text[at + 1] = static_cast<char>(0x80U | (lower & 0x3fU));
            }
            at += 2;
        } else if (byte >= 0xe0 && byte < 0xf0 && at + 2 < text.size()) {
            fold_three_bytes(text, at);
            at += 3;
        } else {
            ++at;
        }
    }
    return text;
}

std::string_view next_word(std::string_view folded, std::size_t& at) {
    while (at < folded.size() && !is_word_byte(folded[at])) ++at;
    const std::size_t start = at;
    while (at < folded.size() && is_word_byte(folded[at])) ++at;
    return folded.substr(start, at - start);
}

}  // namespace inbound
