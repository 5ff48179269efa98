// A lead's status as its owner sets it, where the program was wrong or cannot know. Inside a job on
// the campaign role.
#pragma once
#include "base/result.h"
#include "campaign/suppression.h"
#include "store/connection.h"

namespace campaign {

// "replied", "stopped", "finished": its sequence ends. "unsubscribed": it ends, and the address is
// suppressed everywhere. "active": it goes on behind its last mail, at the distance its campaign
// keeps (lead_resume.h); conflict where the address is suppressed, nothing is left to send, or the
// lead was erased. invalid_input names the statuses that can be set.
base::Result<> set_lead_by_hand(
    store::Connection& connection,
    std::int64_t lead_id,
    std::string_view status,
    const SuppressionKeys& keys,
    base::Timestamp now
);

}  // namespace campaign
