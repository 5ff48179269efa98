// What a person has done to a message, as far as its flags and labels tell (RFC 3501 section 2.3.2,
// RFC 5788 keywords, Gmail's X-GM-LABELS). Pure.
//
// We ourselves set \Seen and nothing else, so every other mark is somebody else's. What the server
// or a filter put there by itself stood there at the first sighting.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "imap/types.h"

namespace inbound {

// Flags and labels of one message, as the server names them.
using Marks = std::vector<std::string>;

// Those that say something: without \Seen, \Recent and what servers and clients set unasked.
Marks marks_of(const imap::Fetched& fetched);
// One a line, for the store; names with control characters are left out.
std::string marks_to_text(const Marks& marks);
Marks marks_from_text(std::string_view text);

// Why a message is left alone, in words for the owner; nothing where nobody touched it. `then` are
// the marks of its first sighting; where nobody looked (a Sent copy), labels and keywords count as
// a person's, and Gmail's own guess \Important does not.
std::optional<std::string_view> touched_by_person(
    const Marks& now, const std::optional<Marks>& then
);

}  // namespace inbound
