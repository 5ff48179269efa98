// What GMime does for the readers: transfer decoding, charset conversion, dates. The structure of a
// message is read by our own walker (structure.h), because GMime's parser recurses with the
// nesting.
//
// Safe to call from any thread; GMime is initialised at the first call. Never fails, never throws
// but for lack of memory; linear in the input.
#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "base/time.h"

namespace mime {

struct Transferred {
    std::string bytes;     // the first `keep_max` bytes
    std::size_t size = 0;  // of everything decoded
};
// Undoes base64, quoted-printable and uuencode (RFC 2045 section 6); any other encoding is as it
// stands.
Transferred decode_transfer(std::string_view encoding, std::string_view body, std::size_t keep_max);

struct Converted {
    std::string text;              // UTF-8 without NUL
    bool charset_known = true;     // false: not on the allow-list; what is not UTF-8 became U+FFFD
    bool charset_guessed = false;  // 8-bit text without a charset, read as windows-1252
};
// `charset` as sent; empty where none was named. Bytes that are UTF-8 although another one-byte
// charset or none is named stay as they are. Malformed sequences become U+FFFD.
Converted to_utf8(std::string_view bytes, std::string_view charset);

// The Date of RFC 5322 section 3.3 in its obsolete and broken forms too.
std::optional<base::Timestamp> parse_date(std::string_view value);

}  // namespace mime
