// What becomes of a claimed draft, and of its lead with it. The one place that moves drafts out of
// `claimed` and `in_doubt`: the worker calls it in the transaction that records an ending
// (send_record.h), settle.h after a crash. Inside a job, campaign role; each writes its line into
// the ledger.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/time.h"
#include "campaign/records.h"
#include "campaign/settings.h"
#include "store/connection.h"

namespace campaign {

// A mail that left, or may have.
struct LeftMail {
    std::int64_t draft_id = 0;
    std::int64_t email_id = 0;
    std::optional<std::int64_t> lead_id;
    int step = 0;
    std::int64_t mailbox_id = 0;
    std::string message_id;
    base::Timestamp at;
};

// → sent. The lead is active (or finished after its last mail), bound to this mailbox, and its next
// step has its time. A lead that was stopped meanwhile stays so.
void draft_sent(
    store::Connection& connection,
    const LeftMail& mail,
    const std::vector<Step>& steps,
    int mails_max,
    base::Timestamp now
);
// → in_doubt. The lead's sequence waits until that is decided.
void draft_in_doubt(store::Connection& connection, const LeftMail& mail, base::Timestamp now);

// claimed | in_doubt → failed or cancelled, with the reason. The mail that was prepared of it, and
// provably did not leave, is cancelled.
void draft_ended(
    store::Connection& connection,
    std::int64_t draft_id,
    std::string_view status,
    const std::string& reason,
    base::Timestamp now
);

struct Requeue {
    std::int64_t draft_id = 0;
    base::Timestamp not_before;
    std::string reason;
    bool counts = false;  // as a try (retry_count)
};
// claimed | in_doubt → ready_to_send. Bound to its account only while a mail is prepared for it (or
// where it is a follow-up). The ledger hears of a reason once, not of every time.
void draft_requeued(store::Connection& connection, const Requeue& requeue, base::Timestamp now);

// A draft that is ready and may not leave before then: not_before, wait_reason, ledger.
void put_off(
    store::Connection& connection,
    std::int64_t draft_id,
    base::Timestamp until,
    const std::string& reason,
    const std::string& reason_before,
    base::Timestamp now
);

// A person gave a follow-up up: its lead gets nothing more, and no longer counts among those of its
// company that are in sequence. Of a first mail nothing follows: another may be written.
void follow_up_given_up(
    store::Connection& connection,
    const Draft& draft,
    const std::string& reason,
    base::Timestamp now
);

// The mail prepared of a draft is given up, so that another can be prepared of it: its row stays as
// cancelled under another send key. Only a row in status `prepared` is: it provably never left.
void retire_prepared(
    store::Connection& connection, std::int64_t draft_id, const std::string& reason
);

}  // namespace campaign
