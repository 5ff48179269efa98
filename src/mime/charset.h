// Which charsets are converted: an allow-list, since the C library's converters have had aborts,
// endless loops and overflows in rarely used charsets (ISO-2022-CN-EXT, ISO-2022-JP-3, UCS-4 with
// BOMs, …).
#pragma once
#include <string_view>

namespace mime {

// The converter's name for a label as sent (any case, with or without "x-" and quotes); empty where
// the charset is not on the list. "utf-8" for UTF-8 itself; "windows-1252" for US-ASCII and
// ISO-8859-1, as all mail programs read them (its characters in 0x80-0x9f are met, control
// characters there are not).
std::string_view converter_for(std::string_view label);

}  // namespace mime
