// What a server says it can do: the keywords of its answer to EHLO (RFC 5321 section 4.1.1.1).
//
// Letters' case does not matter; keywords we have no use for are ignored. Before TLS they are only
// good for finding STARTTLS: the session forgets them with the handshake (RFC 3207 section 4.2).
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "smtp/types.h"

namespace smtp {

struct Capabilities {
    bool starttls = false;
    bool pipelining = false;
    bool eight_bit_mime = false;
    bool smtputf8 = false;
    bool enhanced_status_codes = false;
    bool size = false;
    std::uint64_t size_bytes_max = 0;  // 0: no limit was named (RFC 1870 section 4)
    std::vector<std::string> auth;     // mechanisms in upper case, in the server's order

    // `mechanism` in upper case.
    bool has_auth(std::string_view mechanism) const;
};

// Reads the positive answer to EHLO; its first line is the server's name and holds no keyword. The
// old form "AUTH=LOGIN PLAIN" counts like "AUTH LOGIN PLAIN".
Capabilities parse_capabilities(const Reply& reply);

}  // namespace smtp
