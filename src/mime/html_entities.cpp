#include "mime/html_entities.h"

#include <algorithm>
#include <cstdint>

#include "base/text.h"
#include "mime/utf8.h"

namespace mime {

namespace {

struct Entity {
    std::string_view name;
    std::uint32_t code_point;
};

// Sorted by name (compared as bytes) for the binary search.
constexpr Entity kEntities[] = {
    {"AElig", 198},  {"Aacute", 193},  {"Acirc", 194},   {"Agrave", 192},  {"Aring", 197},
    {"Atilde", 195}, {"Auml", 196},    {"Ccedil", 199},  {"ETH", 208},     {"Eacute", 201},
    {"Ecirc", 202},  {"Egrave", 200},  {"Euml", 203},    {"Iacute", 205},  {"Icirc", 206},
    {"Igrave", 204}, {"Iuml", 207},    {"Ntilde", 209},  {"OElig", 338},   {"Oacute", 211},
    {"Ocirc", 212},  {"Ograve", 210},  {"Oslash", 216},  {"Otilde", 213},  {"Ouml", 214},
    {"Scaron", 352}, {"THORN", 222},   {"Uacute", 218},  {"Ucirc", 219},   {"Ugrave", 217},
    {"Uuml", 220},   {"Yacute", 221},  {"Yuml", 376},    {"aacute", 225},  {"acirc", 226},
    {"acute", 180},  {"aelig", 230},   {"agrave", 224},  {"amp", 38},      {"apos", 39},
    {"aring", 229},  {"atilde", 227},  {"auml", 228},    {"bdquo", 8222},  {"brvbar", 166},
    {"bull", 8226},  {"ccedil", 231},  {"cedil", 184},   {"cent", 162},    {"circ", 710},
    {"copy", 169},   {"curren", 164},  {"dagger", 8224}, {"darr", 8595},   {"deg", 176},
    {"divide", 247}, {"eacute", 233},  {"ecirc", 234},   {"egrave", 232},  {"emsp", 8195},
    {"ensp", 8194},  {"eth", 240},     {"euml", 235},    {"euro", 8364},   {"frac12", 189},
    {"frac14", 188}, {"frac34", 190},  {"gt", 62},       {"hearts", 9829}, {"hellip", 8230},
    {"iacute", 237}, {"icirc", 238},   {"iexcl", 161},   {"igrave", 236},  {"iquest", 191},
    {"iuml", 239},   {"laquo", 171},   {"larr", 8592},   {"ldquo", 8220},  {"lsaquo", 8249},
    {"lsquo", 8216}, {"lt", 60},       {"macr", 175},    {"mdash", 8212},  {"micro", 181},
    {"middot", 183}, {"minus", 8722},  {"nbsp", 160},    {"ndash", 8211},  {"not", 172},
    {"ntilde", 241}, {"oacute", 243},  {"ocirc", 244},   {"oelig", 339},   {"ograve", 242},
    {"ordf", 170},   {"ordm", 186},    {"oslash", 248},  {"otilde", 245},  {"ouml", 246},
    {"para", 182},   {"permil", 8240}, {"plusmn", 177},  {"pound", 163},   {"quot", 34},
    {"raquo", 187},  {"rarr", 8594},   {"rdquo", 8221},  {"reg", 174},     {"rsaquo", 8250},
    {"rsquo", 8217}, {"sbquo", 8218},  {"scaron", 353},  {"sect", 167},    {"shy", 173},
    {"sup1", 185},   {"sup2", 178},    {"sup3", 179},    {"szlig", 223},   {"thinsp", 8201},
    {"thorn", 254},  {"tilde", 732},   {"times", 215},   {"trade", 8482},  {"uacute", 250},
    {"uarr", 8593},  {"ucirc", 251},   {"ugrave", 249},  {"uml", 168},     {"uuml", 252},
    {"yacute", 253}, {"yen", 165},     {"yuml", 255},    {"zwj", 8205},    {"zwnj", 8204},
};
static_assert(std::ranges::is_sorted(kEntities, {}, &Entity::name));

constexpr std::uint32_t kWindows1252[] = {
    0x20ac, 0x81,   0x201a, 0x192,  0x201e, 0x2026, 0x2020, 0x2021, 0x2c6,  0x2030, 0x160,
    0x2039, 0x152,  0x8d,   0x17d,  0x8f,   0x90,   0x2018, 0x2019, 0x201c, 0x201d, 0x2022,
    0x2013, 0x2014, 0x2dc,  0x2122, 0x161,  0x203a, 0x153,  0x9d,   0x17e,  0x178,
};

int digit_value(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return 99;
}

// "&#8217;" or "&#x2019;"; the semicolon may be missing.
std::size_t decode_numeric(std::string_view text, std::string& out) {
    const bool hex = text.size() > 2 && (text[2] == 'x' || text[2] == 'X');
    const std::uint32_t base = hex ? 16 : 10;
    std::size_t at = hex ? 3 : 2;
    const std::size_t first = at;
    std::uint32_t value = 0;
    for (; at < text.size() && at < 16; ++at) {
        const auto digit = static_cast<std::uint32_t>(digit_value(text[at]));
        if (digit >= base) break;
        value = std::min<std::uint32_t>(value * base + digit, 0x110000);
    }
    if (at == first) return 0;
    if (value >= 0x80 && value <= 0x9f) value = kWindows1252[value - 0x80];
    append_code_point(out, value);
    return at < text.size() && text[at] == ';' ? at + 1 : at;
}

}  // namespace

std::size_t decode_entity(std::string_view text, std::string& out) {
    if (text.size() < 3) return 0;
    if (text[1] == '#') return decode_numeric(text, out);
    std::size_t end = 1;
    const auto is_name = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    };
    while (end < text.size() && end < 10 && is_name(text[end])) ++end;
    const std::string_view name = text.substr(1, end - 1);
    const auto found = std::ranges::lower_bound(kEntities, name, {}, &Entity::name);
    if (found == std::end(kEntities) || found->name != name) return 0;
    // The semicolon may be missing ("a &lt b"), as browsers allow for the old names.
    const bool closed = end < text.size() && text[end] == ';';
    append_code_point(out, found->code_point);
    return closed ? end + 1 : end;
}

}  // namespace mime
