// The table `mailboxes`: who writes and who receives, with sealed passwords.
//
// Writes need Role::operator_; reading works for every role. Passwords are sealed with the key file
// (base/crypto.h), bound to the address, and opened only by `open_secret`. Nothing here logs them.
#pragma once
#include <vector>

#include "base/random.h"
#include "base/result.h"
#include "mailbox/mailbox.h"
#include "mailbox/vault.h"
#include "store/connection.h"

namespace mailbox {

struct NewMailbox {
    base::Email email;
    Role role = Role::sender;
    std::string name;
    std::string zone;      // IANA name; empty: [sending] timezone
    std::string provider;  // preset name or empty
    std::string smtp_url;
    std::string imap_url;
    std::string login;  // empty: the address
    std::optional<std::string> password;
    LoginMethod login_method = LoginMethod::password;
    Mode mode = Mode::warmup;
    std::optional<base::Timestamp> policy_accepted_at;
};

// Adds a mailbox and returns its id; a removed one of that address comes back under its old id,
// with its history. already_exists where the address is known (compared without
// case), invalid_input where a URL or zone does not parse; the message names the value and the
// mend.
base::Result<std::int64_t> add(
    store::Connection& connection,
    const NewMailbox& mailbox,
    const Vault& vault,
    base::Random& random,
    base::Timestamp now
);

struct Listing {
    std::vector<Mailbox> mailboxes;  // in order of id; removed ones left out
    std::vector<std::string>
        problems;  // rows that could not be read (wrong key, bad URL), in words
};
// All mailboxes with opened passwords. A row that can't be opened is left without password and
// named.
Listing list(store::Connection& connection, const Vault& vault, const base::TimeZone& default_zone);

// Pauses or activates with a reason ("" clears it), as its owner does; what the program itself
// decides stands in mailbox/pauses.h. Returns false where there is no such mailbox.
bool set_status(
    store::Connection& connection, std::int64_t id, Status status, const std::string& reason
);

// Records that the owner consents to rescues from spam in this mailbox, and when; nothing: takes
// the consent back. Returns false where there is no such mailbox.
bool set_rescue_accepted(
    store::Connection& connection, std::int64_t id, std::optional<base::Timestamp> accepted_at
);
// The owner accepted what the provider says about such use.
bool accept_policy(store::Connection& connection, std::int64_t id, base::Timestamp now);
bool set_mode(store::Connection& connection, std::int64_t id, Mode mode);
// What inbound::hidden_folders says; any side may note it.
bool set_hidden_folders(store::Connection& connection, std::int64_t id, const std::string& hidden);
// From now on it logs in with this password, however it did before; a mailbox that was paused
// because its login was refused is active again. Returns false where there is no such mailbox.
bool set_password(
    store::Connection& connection,
    const Mailbox& mailbox,
    const std::string& password,
    const Vault& vault,
    base::Random& random
);
// Takes it out of everything, wipes its password and tokens and forgets the acceptance. The row
// stays, since the history of mails refers to it.
bool remove(store::Connection& connection, std::int64_t id);

// "smtps://host:465", "smtp+starttls://host:587", "imaps://host:993", "imap+starttls://host:143";
// the port may be left out. invalid_input names the URL and the forms.
base::Result<net::Endpoint> parse_url(std::string_view url);
std::string to_url(
    const net::Endpoint& endpoint, std::string_view protocol
);  // protocol "smtp" or "imap"

}  // namespace mailbox
