// The only place that says what a server's refusal means: what happens now, whose trouble it is,
// and until when.
//
// The table comes first (data/refusals.json: provider, phase, code, enhanced code, words), since
// many account blocks come in a code that looks like the recipient's fault; then the enhanced code,
// then the first digit. Whatever the table says: a refusal before RCPT or at the final dot is never
// the recipient's, and a refused login always waits for the owner.
//
//   pause_mailbox   nothing more from this account for `wait`, or until the owner acts
//   retry           this mail again, not before `wait`; nothing is wrong with the account
//   fail            this mail never again
//   stop_campaign   this mail never again, and the texts have to be looked at before more leave
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/random.h"
#include "base/time.h"
#include "mailbox/mailbox.h"

namespace mailbox {

enum class Blame { message, recipient, mailbox, server };
std::string_view to_string(Blame blame);

enum class Consequence { pause_mailbox, retry, fail, stop_campaign };
std::string_view to_string(Consequence consequence);

struct Verdict {
    Consequence consequence = Consequence::retry;
    Blame blame = Blame::server;
    // How long: the server's own words ("try again in 10 minutes") win over the table's number.
    std::optional<base::Duration> wait;
    bool too_many_sessions = false;  // one less next time
    std::string words;               // for the owner: what it means and what to do

    // The same again is of no use.
    bool permanent() const {
        return consequence == Consequence::fail || consequence == Consequence::stop_campaign;
    }
};

// What an error of a send, a login or a fetch means for a mailbox of this provider (preset name,
// or "" for any) that logs in by `method`: where tokens are used, no words about passwords.
Verdict judge(
    const base::Error& error, std::string_view provider, LoginMethod method = LoginMethod::password
);

// "Try again in 10 minutes", "retry after 3600 seconds", "in 1 hour": the time that a server asks
// for, at most a week; nothing where it names none.
std::optional<base::Duration> asked_wait(std::string_view server_words);

// When a mail that was put off `attempts` times (from 1) may be tried again: the verdict's wait,
// doubled with each attempt up to four hours, with jitter; an asked-for time is kept as it is, and
// never undercut.
base::Duration retry_in(
    const Verdict& verdict, std::string_view server_words, int attempts, base::Random& random
);

}  // namespace mailbox
