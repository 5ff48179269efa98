// Address lists of header fields (RFC 5322 section 3.4): one strict parser for every place.
//
// The identity of a mailbox is its last angle address, never its display name: an address in a
// quoted string, a comment or an encoded word is text. Groups are opened, routes (RFC 822) dropped,
// comments skipped (one behind a bare address is its name). What does not parse is left out.
// Linear; never fails.
#pragma once
#include <string_view>
#include <vector>

#include "mime/compose.h"

namespace mime {

struct AddressList {
    std::vector<Address> addresses;
    bool malformed = false;   // something was left out because it does not parse
    bool over_limit = false;  // there were more than `count_max`
};

// Reads an unfolded value.
AddressList parse_addresses(std::string_view value, std::size_t count_max = 1000);

}  // namespace mime
