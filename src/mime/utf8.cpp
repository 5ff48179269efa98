#include "mime/utf8.h"

#include "base/text.h"

namespace mime {

namespace {

constexpr std::string_view kReplacement = "\xef\xbf\xbd";

unsigned char byte_at(std::string_view text, std::size_t at) {
    return static_cast<unsigned char>(text[at]);
}

// How many bytes from `at` on are well-formed and not NUL.
std::size_t sound_bytes(std::string_view text, std::size_t at) {
    const std::size_t start = at;
    while (at < text.size() && text[at] != '\0') {
        const std::size_t length = text[at] > 0 ? 1 : code_point_bytes(text, at);
        if (length == 0) break;
        at += length;
    }
    return at - start;
}

bool is_control(std::string_view code_point) {
    const unsigned char first = byte_at(code_point, 0);
    if (code_point.size() == 1) return first < 0x20 || first == 0x7f;
    if (code_point.size() == 2) return first == 0xc2 && byte_at(code_point, 1) < 0xa0;
    return code_point == "\xe2\x80\xa8" || code_point == "\xe2\x80\xa9";  // U+2028, U+2029
}

}  // namespace

std::string_view first_bytes(std::string_view text, std::size_t bytes_max) {
    if (text.size() <= bytes_max) return text;
    std::size_t end = bytes_max;
    while (end > 0 && (byte_at(text, end) & 0xc0) == 0x80) --end;
    return text.substr(0, end);
}

std::size_t code_point_bytes(std::string_view text, std::size_t at) {
    const unsigned char first = byte_at(text, at);
    if (first < 0x80) return 1;
    const std::size_t length = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
    if (first < 0xc2 || first > 0xf4 || at + length > text.size()) return 0;
    for (std::size_t i = 1; i < length; ++i)
        if ((byte_at(text, at + i) & 0xc0) != 0x80) return 0;
    const unsigned char second = byte_at(text, at + 1);
    const bool bad = (first == 0xe0 && second < 0xa0) || (first == 0xed && second > 0x9f) ||
                     (first == 0xf0 && second < 0x90) || (first == 0xf4 && second > 0x8f);
    return bad ? 0 : length;
}

void append_code_point(std::string& out, std::uint32_t code_point) {
    const auto put = [&](std::uint32_t byte) { out += static_cast<char>(byte); };
    if (code_point == 0 || code_point > 0x10ffff || (code_point >= 0xd800 && code_point < 0xe000)) {
        out += kReplacement;
    } else if (code_point < 0x80) {
        put(code_point);
    } else if (code_point < 0x800) {
        put(0xc0 | code_point >> 6);
        put(0x80 | (code_point & 63));
    } else if (code_point < 0x10000) {
        put(0xe0 | code_point >> 12);
        put(0x80 | (code_point >> 6 & 63));
        put(0x80 | (code_point & 63));
    } else {
        put(0xf0 | code_point >> 18);
        put(0x80 | (code_point >> 12 & 63));
        put(0x80 | (code_point >> 6 & 63));
        put(0x80 | (code_point & 63));
    }
}

std::string repair_utf8(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    bool in_bad_run = false;
    for (std::size_t at = 0; at < text.size();) {
        // Runs are copied at once: nearly all mail is well-formed, most of it ASCII.
        const std::size_t run = sound_bytes(text, at);
        if (run > 0) {
            out += text.substr(at, run);
            at += run;
            in_bad_run = false;
            continue;
        }
        const bool bad = text[at] != '\0';
        if (bad && !in_bad_run) out += kReplacement;
        in_bad_run = bad;
        ++at;
    }
    return out;
}

std::string one_line(std::string_view text) {
    const std::string repaired = repair_utf8(text);
    const std::string_view view = repaired;
    std::string out;
    out.reserve(view.size());
    for (std::size_t at = 0; at < view.size();) {
        const std::string_view code_point = view.substr(at, code_point_bytes(view, at));
        if (is_control(code_point))
            out += ' ';
        else
            out += code_point;
        at += code_point.size();
    }
    return std::string(base::trim(out));
}

CodePoint code_point_at(std::string_view text, std::size_t at) {
    const std::uint32_t first = byte_at(text, at);
    if (first < 0x80) return {first, 1};
    const std::size_t bytes = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
    std::uint32_t value = first & (0xffU >> (bytes + 1));
    for (std::size_t i = 1; i < bytes; ++i) value = value << 6 | (byte_at(text, at + i) & 0x3fU);
    return {value, bytes};
}

bool is_invisible(std::uint32_t code_point) {
    const auto within = [code_point](std::uint32_t low, std::uint32_t high) {
        return code_point >= low && code_point <= high;
    };
    switch (code_point) {
        case 0xad:
        case 0x61c:
        case 0x115f:
        case 0x1160:
        case 0x180e:
        case 0x200b:
        case 0x200e:
        case 0x200f:
        case 0x3164:
        case 0xfeff:
        case 0xffa0:
            return true;
        default:
            return within(0x202a, 0x202e) || within(0x2060, 0x206f) || code_point >= 0xe0000;
    }
}

std::string without_invisible(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    for (std::size_t at = 0; at < text.size();) {
        const CodePoint point = code_point_at(text, at);
        if (!is_invisible(point.value)) out += text.substr(at, point.bytes);
        at += point.bytes;
    }
    return out;
}

}  // namespace mime
