#include "mime/charset.h"

#include <string>

#include "base/text.h"

namespace mime {

namespace {

struct Charset {
    std::string_view label;  // without '-', '_', ':', '.' and blanks, lower case
    std::string_view converter;
};

// Labels of the IANA registry and of the WHATWG encoding standard that occur in mail.
constexpr Charset kCharsets[] = {
    {"utf8", "utf-8"},
    {"unicode11utf8", "utf-8"},
    {"utf8mb4", "utf-8"},
    {"usascii", "windows-1252"},
    {"ascii", "windows-1252"},
    {"ansix341968", "windows-1252"},
    {"646", "windows-1252"},
    {"iso646us", "windows-1252"},
    {"iso88591", "windows-1252"},
    {"88591", "windows-1252"},
    {"latin1", "windows-1252"},
    {"l1", "windows-1252"},
    {"iso88592", "iso-8859-2"},
    {"latin2", "iso-8859-2"},
    {"iso88593", "iso-8859-3"},
    {"iso88594", "iso-8859-4"},
    {"iso88595", "iso-8859-5"},
    {"iso88596", "iso-8859-6"},
    {"iso88596i", "iso-8859-6"},
    {"iso88597", "iso-8859-7"},
    {"greek", "iso-8859-7"},
    {"iso88598", "iso-8859-8"},
    {"iso88598i", "iso-8859-8"},
    {"iso88599", "iso-8859-9"},
    {"latin5", "iso-8859-9"},
    {"iso885910", "iso-8859-10"},
    {"iso885911", "tis-620"},
    {"iso885913", "iso-8859-13"},
    {"iso885914", "iso-8859-14"},
    {"iso885915", "iso-8859-15"},
    {"latin9", "iso-8859-15"},
    {"iso885916", "iso-8859-16"},
    {"windows874", "cp874"},
    {"tis620", "tis-620"},
    {"windows1250", "windows-1250"},
    {"cp1250", "windows-1250"},
    {"windows1251", "windows-1251"},
    {"cp1251", "windows-1251"},
    {"windows1252", "windows-1252"},
    {"cp1252", "windows-1252"},
    {"ansi", "windows-1252"},
    {"windows1253", "windows-1253"},
    {"windows1254", "windows-1254"},
    {"cp1254", "windows-1254"},
    {"windows1255", "windows-1255"},
    {"windows1256", "windows-1256"},
    {"cp1256", "windows-1256"},
    {"windows1257", "windows-1257"},
    {"cp1257", "windows-1257"},
    {"windows1258", "windows-1258"},
    {"koi8r", "koi8-r"},
    {"koi8", "koi8-r"},
    {"koi8u", "koi8-u"},
    {"ibm437", "cp437"},
    {"cp437", "cp437"},
    {"ibm850", "cp850"},
    {"cp850", "cp850"},
    {"ibm852", "cp852"},
    {"cp852", "cp852"},
    {"ibm855", "cp855"},
    {"ibm866", "cp866"},
    {"cp866", "cp866"},
    {"macintosh", "macintosh"},
    {"macroman", "macintosh"},
    {"xmacroman", "macintosh"},
    {"gb2312", "gb18030"},
    {"gbk", "gb18030"},
    {"cp936", "gb18030"},
    {"936", "gb18030"},
    {"gb18030", "gb18030"},
    {"euccn", "gb18030"},
    {"chinesesimplified", "gb18030"},
    {"big5", "big5-hkscs"},
    {"big5hkscs", "big5-hkscs"},
    {"cp950", "cp950"},
    {"euctw", "euc-tw"},
    {"shiftjis", "cp932"},
    {"sjis", "cp932"},
    {"windows31j", "cp932"},
    {"cp932", "cp932"},
    {"mskanji", "cp932"},
    {"eucjp", "euc-jp"},
    {"iso2022jp", "iso-2022-jp"},
    {"euckr", "cp949"},
    {"ksc56011987", "cp949"},
    {"ksc5601", "cp949"},
    {"korean", "cp949"},
    {"cp949", "cp949"},
    {"uhc", "cp949"},
    {"iso2022kr", "iso-2022-kr"},
    {"utf7", "utf-7"},
    {"unicode11utf7", "utf-7"},
    {"utf16", "utf-16"},
    {"utf16le", "utf-16le"},
    {"utf16be", "utf-16be"},
    {"utf32", "utf-32"},
    {"utf32le", "utf-32le"},
    {"utf32be", "utf-32be"},
};

}  // namespace

std::string_view converter_for(std::string_view label) {
    std::string plain;
    for (const char c : base::to_lower(label.substr(0, 64)))
        if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9')) plain += c;
    std::string_view key = plain;
    for (int tries = 0; tries < 2; ++tries) {
        for (const Charset& charset : kCharsets)
            if (charset.label == key) return charset.converter;
        if (key.starts_with("x")) key.remove_prefix(1);
    }
    return {};
}

}  // namespace mime
