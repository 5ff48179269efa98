// Pauses that the program itself decides: a refused login, an account that its provider blocked.
//
// They stand in `mailboxes` (status, status_reason, paused_by, paused_until), so that they hold for
// every process and after a restart, and each has its row in the ledger. One with an end is lifted
// by `lift_ended`; one without waits for the owner: `mailbox resume`, or a new password.
// All functions run inside the caller's job; every role may call them.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/time.h"
#include "mailbox/failure_policy.h"
#include "mailbox/mailbox.h"
#include "store/connection.h"

namespace mailbox {

struct Pause {
    std::int64_t mailbox_id = 0;
    PausedBy cause = PausedBy::refusal;
    std::string reason;                    // for the owner: what it means, and the server's words
    std::optional<base::Timestamp> until;  // none: until the owner acts
    std::string side;                      // who decided, for the ledger
    std::int64_t resumes = 0;  // the mailbox's, as it was tried: what the owner did since stands
    int reply_code = 0;
};

// The pause that a verdict asks for.
Pause pause_for(
    const Mailbox& mailbox,
    const Verdict& verdict,
    const base::Error& error,
    std::string side,
    base::Timestamp now
);

// Pauses an active mailbox; a pause of our own with an earlier end is made longer. False where
// nothing changed: the owner's pause, and a removed mailbox, stay as they are.
bool pause(store::Connection& connection, const Pause& pause, base::Timestamp now);

// Makes mailboxes active again whose pause has ended; returns their ids.
std::vector<std::int64_t> lift_ended(
    store::Connection& connection, std::string_view side, base::Timestamp now
);

}  // namespace mailbox
