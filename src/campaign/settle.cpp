#include "campaign/settle.h"

#include <vector>

#include "campaign/campaign_mail.h"
#include "campaign/campaign_store.h"
#include "campaign/draft_endings.h"
#include "campaign/lead_store.h"
#include "campaign/settle_singles.h"
#include "delivery/email_record.h"

namespace campaign {

namespace {

constexpr auto kSide = delivery::Side::campaign;
constexpr int kRows = 100;

// A draft and what became of its mail; email_id 0: none was prepared.
struct Open {
    std::int64_t draft_id = 0;
    std::string draft_status;
    std::int64_t lead_id = 0;
    std::int64_t campaign_id = 0;
    int step = 0;
    std::int64_t email_id = 0;
    std::string email_status;
    std::string message_id;
    std::int64_t mailbox_id = 0;
    base::Timestamp at;
    std::string words;
};
BOOST_DESCRIBE_STRUCT(
    Open,
    (),
    (draft_id,
     draft_status,
     lead_id,
     campaign_id,
     step,
     email_id,
     email_status,
     message_id,
     mailbox_id,
     at,
     words)
)

constexpr std::string_view kOpenColumns =
    "SELECT d.id, d.status, COALESCE(d.lead_id, 0), COALESCE(d.campaign_id, 0), d.followup_number, "
    "COALESCE(e.id, 0), COALESCE(e.status, ''), COALESCE(e.message_id, ''), "
    "COALESCE(e.from_mailbox_id, 0), COALESCE(e.sent_at, e.intent_at, 0), "
    "COALESCE(e.server_reply, e.error_message, '') FROM email_drafts d LEFT JOIN emails_campaign e "
    "ON e.send_key = 'draft:' || d.id ";

// Claims whose lease has ended.
std::vector<Open> left_claims(store::Connection& connection, base::Timestamp now, int count) {
    return connection.select<Open>(
        std::string(kOpenColumns) +
            "WHERE d.status = 'claimed' AND d.lease_until <= :now ORDER BY d.lease_until, d.id "
            "LIMIT :count",
        store::values(now, count)
    );
}

// Drafts in doubt whose mail is decided.
std::vector<Open> decided_doubts(store::Connection& connection, int count) {
    return connection.select<Open>(
        std::string(kOpenColumns) +
            "WHERE d.status = 'in_doubt' AND e.status IN ('accepted', 'refused', 'prepared', "
            "'not_accepted', 'cancelled') ORDER BY d.id LIMIT :count",
        store::values(count)
    );
}

std::vector<Step> steps_of(store::Connection& connection, std::int64_t campaign_id) {
    const auto settings = load_settings(connection, campaign_id);
    return settings ? settings->steps : Settings().steps;
}

LeftMail left_mail(const Open& open, base::Timestamp now) {
    return {
        open.draft_id,
        open.email_id,
        open.lead_id == 0 ? std::nullopt : std::optional(open.lead_id),
        open.step,
        open.mailbox_id,
        open.message_id,
        open.at.micros == 0 ? now : open.at
    };
}

void settle_left(
    store::Connection& connection, const Open& open, Settled& settled, base::Timestamp now
) {
    draft_in_doubt(connection, left_mail(open, now), now);
    ++settled.in_doubt;
}

void settle_one(
    store::Connection& connection,
    const Open& open,
    const Limits& limits,
    Settled& settled,
    base::Timestamp now
) {
    const std::string& mail = open.email_status;
    if (mail == "accepted") {
        const std::vector<Step> steps = steps_of(connection, open.campaign_id);
        draft_sent(connection, left_mail(open, now), steps, limits.mails_max, now);
        ++settled.sent;
    } else if (mail == "in_doubt" || mail == "parked" || mail == "intent") {
        settle_left(connection, open, settled, now);
    } else if (mail == "refused") {
        draft_ended(connection, open.draft_id, "failed", "refused: " + open.words, now);
        if (open.lead_id != 0)
            stop_lead(connection, open.lead_id, "stopped", "refused: " + open.words, now);
        ++settled.failed;
    } else if (mail == "cancelled") {
        draft_ended(connection, open.draft_id, "cancelled", open.words, now);
        ++settled.cancelled;
    } else {
        // not_accepted is on its way back: the next send goes from `prepared`.
        if (mail == "not_accepted")
            delivery::mark_not_sent(connection, kSide, open.email_id, false, open.words);
        const bool doubt = open.draft_status == "in_doubt";
        draft_requeued(
            connection,
            {open.draft_id,
             {},
             doubt ? "it is proven that it did not arrive" : "the worker that had it is gone",
             false},
            now
        );
        ++settled.returned;
    }
}

struct BoundDraft {
    std::int64_t id = 0;
    std::string email_type;
    std::int64_t lead_id = 0;
    std::string mailbox_status;
};
BOOST_DESCRIBE_STRUCT(BoundDraft, (), (id, email_type, lead_id, mailbox_status))

// First mails that were prepared for a mailbox that sends no more; follow-ups of a paused one wait,
// those of a removed one can never leave.
std::vector<BoundDraft> bound_drafts(store::Connection& connection, int count) {
    return connection.select<BoundDraft>(
        // CROSS JOIN keeps SQLite at this order: few mailboxes, not all drafts that are bound.
        "SELECT d.id, d.email_type, COALESCE(d.lead_id, 0), m.status FROM mailboxes m CROSS JOIN "
        "email_drafts d WHERE m.status <> 'active' AND d.status = 'ready_to_send' AND "
        "d.from_account IS NOT NULL AND d.from_account = m.email AND (m.status = 'removed' OR "
        "d.email_type = 'initial') ORDER BY m.id, d.not_before, d.id LIMIT :count",
        store::values(count)
    );
}

void settle_bound(
    store::Connection& connection, const BoundDraft& draft, Settled& settled, base::Timestamp now
) {
    if (draft.email_type == "followup") {
        const std::string reason = "the mailbox of the first mail was removed";
        draft_ended(connection, draft.id, "cancelled", reason, now);
        if (draft.lead_id != 0) stop_lead(connection, draft.lead_id, "stopped", reason, now);
        ++settled.cancelled;
        return;
    }
    // It becomes anyone's.
    retire_prepared(connection, draft.id, "its mailbox is " + draft.mailbox_status);
    connection.execute(
        "UPDATE email_drafts SET from_account = NULL WHERE id = :id AND status = 'ready_to_send'",
        store::values(draft.id)
    );
    ++settled.returned;
}

struct Orphan {
    std::int64_t draft_id = 0;
    std::string reason;
};
BOOST_DESCRIBE_STRUCT(Orphan, (), (draft_id, reason))

// Mails that wait of drafts that were given up meanwhile. A person may release such a draft yet:
// then another mail is made of it.
std::vector<Orphan> orphans(store::Connection& connection, int count) {
    return connection.select<Orphan>(
        "SELECT d.id, COALESCE(d.error_message, d.status) FROM emails_campaign e JOIN email_drafts "
        "d ON d.id = e.draft_id WHERE e.status = 'prepared' AND d.status IN ('cancelled', "
        "'failed', 'rejected') ORDER BY e.id LIMIT :count",
        store::values(count)
    );
}

bool has_intents(store::Connection& connection) {
    return connection.integer(
               "SELECT COUNT(*) FROM (SELECT id FROM emails_campaign WHERE status = 'intent' "
               "ORDER BY id LIMIT 1) open"
           ) > 0;
}

}  // namespace

bool settle_due(store::Connection& connection, base::Timestamp now) {
    return has_intents(connection) || !left_claims(connection, now, 1).empty() ||
           !decided_doubts(connection, 1).empty() || !bound_drafts(connection, 1).empty() ||
           !orphans(connection, 1).empty() || !look_at_singles(connection, now).empty();
}

Settled settle(store::Connection& connection, const Limits& limits, base::Timestamp now) {
    Settled settled;
    delivery::recover_intents(connection, kSide, now);
    for (const auto& open :
         {left_claims(connection, now, kRows), decided_doubts(connection, kRows)}) {
        for (const Open& one : open) settle_one(connection, one, limits, settled, now);
        settled.more = settled.more || open.size() == kRows;
    }
    const std::vector<BoundDraft> bound = bound_drafts(connection, kRows);
    for (const BoundDraft& draft : bound) settle_bound(connection, draft, settled, now);
    settled.more = settled.more || bound.size() == kRows;
    for (const Orphan& orphan : orphans(connection, kRows))
        retire_prepared(connection, orphan.draft_id, orphan.reason);
    settle_singles(connection, now);
    return settled;
}

}  // namespace campaign
