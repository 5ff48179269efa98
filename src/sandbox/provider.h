// The three providers of the sandbox as plain tables: where they listen, what they announce, how
// they word their answers, how they lay out folders. Modelled on what the big ones are known to do;
// the numbers that shape their opinion are data (world_data.h).
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "net/dialer.h"

namespace sandbox {

// What a folder is for; `own` was made by its owner, `none` can't be selected.
enum class Use { inbox, all, junk, trash, sent, drafts, archive, own, none };

struct FolderLayout {
    Use use = Use::inbox;
    std::string name;       // UTF-8
    std::string wire_name;  // modified UTF-7 (RFC 3501 section 5.1.3), written by hand: no code is
                            // shared with the client's encoder, so each checks the other
    std::vector<std::string> attributes = {};
};

struct SmtpManner {
    std::string greeting;
    std::string accepted;       // text of the 250 to the dot
    std::string login_refused;  // the whole 535 line
    std::vector<std::string> keywords;
    std::vector<std::string> mechanisms;  // of AUTH
    bool pipelining = false;
    std::size_t message_bytes_max = 0;
};

struct ImapManner {
    std::string greeting;
    std::string capabilities_before;  // before login
    std::string capabilities_after;
    std::string login_done;  // text of the tagged OK
    std::string login_refused;
    std::string too_many_sessions;
    std::string already_exists;           // to CREATE
    std::vector<std::string> mechanisms;  // of AUTHENTICATE
    // How capabilities follow a login: as an untagged line, as a code of the OK, or not at all.
    enum class Announces { untagged, code, nothing } announces = Announces::nothing;
    bool quotes_names = true;          // false: quoted only where needed
    bool upper_case_sections = false;  // BODY[HEADER.FIELDS (…)] comes back in upper case
    int sessions_max = 0;
};

struct Provider {
    std::string name;         // "gmail"
    std::string host_domain;  // "gmail-like.test"
    net::Endpoint smtp;
    net::Endpoint imap;
    bool labels = false;  // X-GM-EXT-1: one message under several labels, tabs
    // A refused access token is told by a challenge before the refusal (RFC 7628 section 3.2.2).
    bool challenges_tokens = false;
    SmtpManner smtp_manner;
    ImapManner imap_manner;
};

// "zoho", "gmail", "outlook"; anything else is a broken invariant.
const Provider& provider(std::string_view name);
// All of them, by name.
const std::vector<Provider>& providers();

// The folders of an account in LIST order. `language`: "en", "de", "fr" (gmail only).
// `special_use` off: no attributes that tell a folder's use (RFC 6154), as older accounts have it.
std::vector<FolderLayout> folder_layout(
    const Provider& provider, std::string_view language, bool special_use
);

}  // namespace sandbox
