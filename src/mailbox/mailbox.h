// A mailbox: an account its owner holds the credentials of (DESIGN section 1).
#pragma once
#include <cstdint>
#include <optional>
#include <string>

#include "base/email.h"
#include "base/time.h"
#include "base/time_zone.h"
#include "net/dialer.h"

namespace mailbox {

enum class Role { sender, seed };
enum class Status { active, paused, removed };
// How it logs in: with its password, or with an access token of a TokenSource.
enum class LoginMethod { password, oauth2 };
// Who paused it: the owner; or we, since its login was refused or its account was blocked.
enum class PausedBy { nobody, owner, login, refusal };
std::string_view to_string(PausedBy cause);
// measure: its placement is watched and nothing else is done in it: no replies, flags or moves.
enum class Mode { warmup, measure };
std::string_view to_string(Role role);
std::string_view to_string(Status status);
std::string_view to_string(LoginMethod method);
std::string_view to_string(Mode mode);

struct Mailbox {
    std::int64_t id = 0;
    base::Email email;
    Role role = Role::sender;
    std::string name;      // display name
    base::TimeZone zone;   // the mailbox's own, or [sending] timezone
    std::string provider;  // preset name ("zoho-eu", "gmail") or empty
    net::Endpoint smtp;
    net::Endpoint imap;
    std::string login;
    std::optional<std::string> password;  // opened; none: unknown
    LoginMethod login_method = LoginMethod::password;
    Mode mode = Mode::warmup;
    std::optional<base::Timestamp> policy_accepted_at;  // of the provider; none: not accepted
    // Consent to moving warmup mail out of this mailbox's spam folder; none: it stays there.
    std::optional<base::Timestamp> rescue_accepted_at;
    // Gmail folders that its settings hide from IMAP: "spam", "all", "spam,all"; "": none.
    std::string hidden_folders;
    Status status = Status::active;
    std::string status_reason;
    PausedBy paused_by = PausedBy::nobody;
    std::optional<base::Timestamp> paused_until;  // none: until the owner acts
    std::int64_t resumes = 0;  // made active again so often: what was refused before is over
    base::Timestamp created_at;

    // False: it can receive, but nobody can log in to watch it or to send.
    bool can_log_in() const { return login_method == LoginMethod::oauth2 || password.has_value(); }
    // False where its provider has policy lines that were never accepted: it is left alone.
    bool policy_settled() const;
};

}  // namespace mailbox
