// Says what one framed response means (RFC 3501 section 7; ESEARCH of RFC 4731; X-GM-* of Gmail).
//
// Never fails and never throws: what breaks the grammar is Malformed, what nobody needs is Ignored.
// Lenient where servers are known to be odd (lower case, doubled blanks, extra parentheses, quoted
// numbers of a list), strict where a guess could mix up messages: UIDs, numbers, section names.
// Limits: lists nest at most 32 deep, an ESEARCH expands to at most 1,000,000 numbers, a message
// has at most 1,000 flags or labels; past one, Malformed with code limit_exceeded.
#pragma once
#include "imap/response.h"
#include "imap/response_reader.h"

namespace imap {

// `steps`, where given, is increased by the bytes looked at: tests show the work to be linear by
// it.
Response parse_response(Frame frame, std::uint64_t* steps = nullptr);

}  // namespace imap
