// What the receiving server says of a message's authentication (RFC 8601 Authentication-Results).
//
// Only what the receiving server wrote counts. Where it is known who that is, its headers are told
// by their authserv-id (section 2.5): one of the names that are known, or of the host that the
// topmost Received header says it was received by, which is the receiver's own too. Of each name
// the topmost one, since those below may have come with the mail; a server may spread its results
// over several names (iCloud). Where it is not known, the topmost header counts. Microsoft's form
// without an authserv-id is read too. Linear, bounded, never fails.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

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

// Whose word counts in one mailbox.
struct AuthenticationServers {
    std::vector<std::string> domains;  // lower case; an authserv-id is one of them or below one
    bool unnamed = false;  // the topmost header counts where it has no authserv-id (Microsoft)
};
// Of the headers of these servers and of the one that received it; all empty where none of them
// wrote one.
Authentication authentication_of(const Message& message, const AuthenticationServers& servers);

}  // namespace mime
