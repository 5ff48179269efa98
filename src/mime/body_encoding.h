// A text body for the wire: CRLF line ends and 7bit or quoted-printable (RFC 2045 section 6.7).
//
// What is 7bit is ASCII with lines of at most 78 bytes that no relay has a reason to touch;
// anything else (longer lines, blanks at line ends, "From " or "." at a line start) is
// quoted-printable. Linear.
#pragma once
#include <string>
#include <string_view>

namespace mime {

// Every CRLF, lone CR and lone LF becomes CRLF.
std::string with_crlf(std::string_view text);

struct EncodedBody {
    std::string_view transfer_encoding;  // "7bit" or "quoted-printable"
    std::string bytes;
};
EncodedBody encode_body(std::string_view text);

}  // namespace mime
