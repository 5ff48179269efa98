// What the receiving server says of a message's authentication (RFC 8601 Authentication-Results).
//
// Only the topmost header counts: the receiving server puts its own on top, those below can be
// forged by the sender. Microsoft's form without an authserv-id is read too. Linear, bounded, never
// fails.
#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "mime/message.h"

namespace mime {

// Each a result word of RFC 8601 section 2.7, lower case ("pass", "fail", "softfail", "none",
// "temperror", …); nothing where the server named none. Of several DKIM signatures a passing one
// counts.
struct Authentication {
    std::optional<std::string> spf;
    std::optional<std::string> dkim;
    std::optional<std::string> dmarc;
    std::optional<std::string> arc;
    bool operator==(const Authentication&) const = default;
};

// Reads one unfolded header value.
Authentication parse_authentication_results(std::string_view value);
// Of the topmost Authentication-Results header; all empty where there is none.
Authentication authentication_of(const Message& message);

}  // namespace mime
