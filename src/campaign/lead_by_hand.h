// A lead's status as its owner sets it, where the program was wrong or cannot know. Inside a job on
// the campaign role.
#pragma once
#include "base/result.h"
#include "campaign/suppression.h"
#include "store/connection.h"

namespace campaign {

// "replied", "stopped", "finished": its sequence ends. "unsubscribed": it ends, and the address is
// suppressed everywhere. "active": it goes on with what comes next, now; conflict where the address
// is suppressed or the lead was erased. invalid_input names the statuses that can be set.
base::Result<> set_lead_by_hand(
    store::Connection& connection,
    std::int64_t lead_id,
    std::string_view status,
    const SuppressionKeys& keys,
    base::Timestamp now
);

}  // namespace campaign
