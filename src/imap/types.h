// Words of IMAP (RFC 3501, RFC 6154) that the session and its users share.
#pragma once
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"

namespace imap {

enum class Login {
    password,
    bearer,  // an OAuth2 access token, by XOAUTH2 or OAUTHBEARER, whichever the server offers
};

struct Credentials {
    std::string login;
    std::string password;  // or the access token
    Login method = Login::password;
};

struct Folder {
    std::string name;                     // UTF-8
    std::string delimiter;                // one character, or empty for NIL
    std::vector<std::string> attributes;  // as sent: "\\HasNoChildren", "\\Junk", "\\Noselect"
    // Compared without case.
    bool has(std::string_view attribute) const;
};

struct Selected {
    std::uint32_t exists = 0;
    std::uint32_t uidvalidity = 0;
    std::uint32_t uidnext = 0;  // 0 where the server did not say
};

struct Fetched {
    std::uint32_t sequence = 0;
    std::uint32_t uid = 0;
    std::vector<std::string> flags;
    std::vector<std::string> gmail_labels;  // X-GM-LABELS
    std::string internal_date;
    std::uint64_t size = 0;
    // Body sections by upper-case name as sent: "BODY[]", "BODY[HEADER]", "BODY[HEADER.FIELDS
    // (X-A)]", "BODY[]<0>" for a partial fetch. A section that the server answered with NIL is
    // absent.
    std::map<std::string, std::string> sections;
    std::uint64_t gmail_message_id = 0;  // X-GM-MSGID
    std::uint64_t gmail_thread_id = 0;   // X-GM-THRID
};

// Where an appended message lies now, where the server says it (UIDPLUS, RFC 4315).
struct Appended {
    std::optional<std::uint32_t> uidvalidity;
    std::optional<std::uint32_t> uid;
};

// What ended an IDLE.
enum class Idled {
    changed,    // the server told of new, removed or changed messages
    woken,      // somebody asked
    timed_out,  // the deadline came: time to renew it (RFC 2177: at most 29 minutes)
};

// What a COPY or MOVE did (COPYUID of RFC 4315): UID sets, message by message in the same order.
struct Copied {
    std::uint32_t uidvalidity = 0;  // of the other folder
    std::string from;
    std::string to;
};

// A quoted string, or a literal-free error: nothing where `text` has CR, LF or NUL.
std::optional<std::string> quoted(std::string_view text);
// "1:3,7" for {1,2,3,7}; the UIDs are sorted and made unique first.
std::string uid_set(std::span<const std::uint32_t> uids);
// Modified UTF-7 (RFC 3501 section 5.1.3); decoding gives the input back where it is malformed.
std::string encode_utf7(std::string_view utf8);
std::string decode_utf7(std::string_view name);
// "01-Feb-2026 13:07:00 +0000", without quotes (RFC 3501 date-time).
std::string date_time(base::Timestamp time);

}  // namespace imap
