// Brings drafts in line with the mails that were made of them, after crashes and lost answers.
//
// Every command that sends calls it first; it is cheap where there is nothing to do. A claim whose
// lease ended comes back to ready_to_send where its mail provably did not leave; where the intent
// was committed, mail and draft become in doubt. A draft in doubt follows its mail once that is
// decided. Drafts that can never leave (their account was removed) are cancelled with the reason.
// Answers and test mails that were left are settled too (settle_singles.h).
// At most 100 drafts of a kind a call; `more` says that there are others.
#pragma once
#include "base/time.h"
#include "campaign/context.h"
#include "store/connection.h"

namespace campaign {

struct Settled {
    int returned = 0;   // → ready_to_send
    int sent = 0;       // → sent
    int in_doubt = 0;   // → in_doubt
    int failed = 0;     // → failed
    int cancelled = 0;  // → cancelled
    bool more = false;
};

// Whether there is anything to do; reads only.
bool settle_due(store::Connection& connection, base::Timestamp now);
Settled settle(store::Connection& connection, const Limits& limits, base::Timestamp now);

}  // namespace campaign
