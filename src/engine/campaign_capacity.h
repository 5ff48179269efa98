// How many first mails the senders can send in the time ahead: what the stock of drafts is filled
// for (campaign/pregenerate.h).
#pragma once
#include <vector>

#include "campaign/budget.h"
#include "campaign/context.h"

namespace engine {

// Pure: the caps of today, once for each day of `drafts_ahead`, of every mailbox that is warm
// enough. What follow-ups will take of it is not foreseen: a draft too many waits, one too few
// leaves a sender idle.
int first_mails_ahead(
    const std::vector<campaign::MailboxLoad>& senders, const campaign::Limits& limits
);

// The same for the store's active senders (seed mailboxes where campaigns send through them).
base::Task<int> campaign_capacity(campaign::Context context);

}  // namespace engine
