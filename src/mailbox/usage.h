// How much each mailbox has sent, per hour and side: the one budget that both sides read.
#pragma once
#include <cstdint>

#include "base/time.h"
#include "store/connection.h"

namespace mailbox {

// Adds one mail to the hour of `at` for this side ("warmup" or "campaign").
void count_send(
    store::Connection& connection,
    std::int64_t mailbox_id,
    std::string_view side,
    base::Timestamp at
);
// Mails of both sides in the 24 hours before `now`; the hour in which these began counts whole.
std::int64_t sent_in_last_day(
    store::Connection& connection, std::int64_t mailbox_id, base::Timestamp now
);

}  // namespace mailbox
