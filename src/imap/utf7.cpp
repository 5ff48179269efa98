// Modified UTF-7 (RFC 3501 section 5.1.3): printable ASCII stands for itself, "&-" for "&", the
// rest is UTF-16 in base64 with "," for "/" between "&" and "-".
#include "base/text.h"
#include "imap/types.h"

namespace imap {
namespace {

constexpr std::string_view kAlphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+,";
constexpr char32_t kReplacement = 0xFFFD;

bool stands_for_itself(char32_t point) { return point >= 0x20 && point <= 0x7e; }

// Takes one code point off the front; a byte that is not UTF-8 becomes the replacement character.
char32_t take_code_point(std::string_view& text) {
    const auto lead = static_cast<unsigned char>(text.front());
    const std::size_t length = lead < 0x80 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
    if (text.size() < length || !base::is_utf8(text.substr(0, length))) {
        text.remove_prefix(1);
        return kReplacement;
    }
    char32_t point = length == 1 ? lead : lead & (0x7fU >> length);
    for (std::size_t i = 1; i < length; ++i)
        point = (point << 6) | (static_cast<unsigned char>(text[i]) & 0x3fU);
    text.remove_prefix(length);
    return point;
}

void append_utf16(std::u16string& units, char32_t point) {
    if (point < 0x10000) {
        units += static_cast<char16_t>(point);
        return;
    }
    units += static_cast<char16_t>(0xd800 + ((point - 0x10000) >> 10));
    units += static_cast<char16_t>(0xdc00 + ((point - 0x10000) & 0x3ff));
}

void append_utf8(std::string& out, char32_t point) {
    const auto tail = [&](int shift) {
        out += static_cast<char>(0x80U | ((static_cast<std::uint32_t>(point) >> shift) & 0x3fU));
    };
    if (point < 0x80) {
        out += static_cast<char>(point);
    } else if (point < 0x800) {
        out += static_cast<char>(0xc0U | (static_cast<std::uint32_t>(point) >> 6));
        tail(0);
    } else if (point < 0x10000) {
        out += static_cast<char>(0xe0U | (static_cast<std::uint32_t>(point) >> 12));
        tail(6);
        tail(0);
    } else {
        out += static_cast<char>(0xf0U | (static_cast<std::uint32_t>(point) >> 18));
        tail(12);
        tail(6);
        tail(0);
    }
}

std::string encode_shifted(const std::u16string& units) {
    std::string out = "&";
    std::uint32_t bits = 0;
    int bit_count = 0;
    for (const char16_t unit : units) {
        bits = (bits << 16) | unit;
        bit_count += 16;
        while (bit_count >= 6) {
            bit_count -= 6;
            out += kAlphabet[(bits >> bit_count) & 0x3f];
        }
        bits &= (1U << bit_count) - 1;
    }
    if (bit_count > 0) out += kAlphabet[(bits << (6 - bit_count)) & 0x3f];
    return out + '-';
}

// The base64 between "&" and "-" as UTF-16; nothing where a character does not belong.
std::optional<std::u16string> decode_shifted(std::string_view text) {
    std::u16string units;
    std::uint32_t bits = 0;
    int bit_count = 0;
    for (const char byte : text) {
        const std::size_t value = kAlphabet.find(byte);
        if (value == std::string_view::npos) return std::nullopt;
        bits = (bits << 6) | static_cast<std::uint32_t>(value);
        bit_count += 6;
        if (bit_count < 16) continue;
        bit_count -= 16;
        units += static_cast<char16_t>((bits >> bit_count) & 0xffff);
        bits &= (1U << bit_count) - 1;
    }
    return units;
}

bool append_units(std::string& out, const std::u16string& units) {
    for (std::size_t i = 0; i < units.size(); ++i) {
        char32_t point = units[i];
        if (point >= 0xd800 && point < 0xdc00) {
            if (i + 1 == units.size() || units[i + 1] < 0xdc00 || units[i + 1] > 0xdfff)
                return false;
            point = 0x10000 + ((point - 0xd800) << 10) + (units[++i] - 0xdc00U);
        } else if (point >= 0xdc00 && point <= 0xdfff) {
            return false;
        }
        append_utf8(out, point);
    }
    return true;
}

}  // namespace

std::string encode_utf7(std::string_view utf8) {
    std::string out;
    std::u16string shifted;
    const auto end_shift = [&] {
        if (!shifted.empty()) out += encode_shifted(shifted);
        shifted.clear();
    };
    while (!utf8.empty()) {
        const char32_t point = take_code_point(utf8);
        if (!stands_for_itself(point)) {
            append_utf16(shifted, point);
            continue;
        }
        end_shift();
        out += static_cast<char>(point);
        if (point == U'&') out += '-';
    }
    end_shift();
    return out;
}

std::string decode_utf7(std::string_view name) {
    std::string out;
    for (std::size_t at = 0; at < name.size(); ++at) {
        if (name[at] != '&') {
            out += name[at];
            continue;
        }
        const std::size_t end = name.find('-', at);
        if (end == std::string_view::npos) return std::string(name);
        if (end == at + 1) {
            out += '&';
        } else {
            const std::optional<std::u16string> units =
                decode_shifted(name.substr(at + 1, end - at - 1));
            if (!units || !append_units(out, *units)) return std::string(name);
        }
        at = end;
    }
    // Only the one right spelling is decoded, so that two names of a server never become one.
    return encode_utf7(out) == name ? out : std::string(name);
}

}  // namespace imap
