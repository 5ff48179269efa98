// The SEARCH criteria of the sandbox's IMAP servers: RFC 3501 section 6.4.4 whole, and of Gmail's
// extensions X-GM-RAW (category:, in:, rfc822msgid:, subject:, from:, words) and X-GM-MSGID.
// "in:" looks at the folder that is searched. What does not parse is BAD; criteria nest at most 20
// deep.
#pragma once
#include <functional>

#include "sandbox/imap_reader.h"
#include "sandbox/mail_store.h"

namespace sandbox {

struct SearchSubject {
    const Entry& entry;
    std::uint32_t sequence = 0;  // place in the session's view, from 1
    std::uint32_t sequence_max = 0;
    std::uint32_t uid_max = 0;
    const StoreFolder& folder;
};

using Criterion = std::function<bool(const SearchSubject&)>;

struct SearchProgram {
    Criterion matches;           // none where the criteria are malformed
    bool names_charset = false;  // CHARSET is said (an error with UTF8=ACCEPT, RFC 6855 section 3)
    bool bad_charset = false;    // and it is neither UTF-8 nor US-ASCII
};

// Reads from the criteria (after "SEARCH ") to the end. `gmail`: the extensions are known.
SearchProgram parse_search(ImapReader& reader, bool gmail);

// ASCII letters compare without case; the empty needle is in everything.
bool contains_ignoring_case(std::string_view text, std::string_view needle);

}  // namespace sandbox
