// A message made ready for the DATA phase (RFC 5321 sections 4.5.2 and 2.3.8).
//
// Only CRLF may end a line: a bare CR, a bare LF or a NUL would let a server that is lax about line
// ends see an end of data, and commands, inside our text (SMTP smuggling). Such a message is
// refused as invalid_input before anything of it is sent; repairing it here would break its hash
// and signature.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace smtp {

struct DataBlock {
    // Everything before the final dot: each leading dot doubled, a missing final CRLF added.
    std::string bytes;
    // The message's size as SIZE= counts it: without the doubled dots (RFC 1870 section 5).
    std::uint64_t size_bytes = 0;
    // Some byte is above 127: BODY=8BITMIME is needed (RFC 6152).
    bool eight_bit = false;
};

base::Result<DataBlock> make_data_block(std::string_view message);

}  // namespace smtp
