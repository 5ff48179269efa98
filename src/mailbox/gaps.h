// The one gap clock of a mailbox (table mailbox_gaps): when it last sent anything, and from when on
// campaign mail may follow. Written in the transaction that commits or records a send, on any role,
// so that every process and both sides see the same clock.
#pragma once
#include <cstdint>
#include <optional>

#include "base/time.h"
#include "store/connection.h"

namespace mailbox {

struct Gap {
    base::Timestamp last_mail_at;
    base::Timestamp next_campaign_at;  // 0: none was drawn yet
};

// Nothing where it never sent.
std::optional<Gap> gap_of(store::Connection& connection, std::int64_t mailbox_id);
// A mail of either side left (or may have left) at `at`; never moves the clock back.
void note_mail(store::Connection& connection, std::int64_t mailbox_id, base::Timestamp at);
// A campaign mail is leaving at `at`; the next one not before `next`.
void note_campaign_mail(
    store::Connection& connection, std::int64_t mailbox_id, base::Timestamp at, base::Timestamp next
);

}  // namespace mailbox
