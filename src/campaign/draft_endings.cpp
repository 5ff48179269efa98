#include "campaign/draft_endings.h"

#include <fmt/format.h>

#include "campaign/campaign_mail.h"
#include "campaign/lead_store.h"
#include "delivery/email_record.h"
#include "ledger/ledger.h"

namespace campaign {

namespace {

constexpr auto kSide = delivery::Side::campaign;
constexpr std::chrono::hours kDay{24};

void note(
    store::Connection& connection,
    std::int64_t draft_id,
    std::string decision,
    std::string reason,
    base::Timestamp now,
    std::string numbers = "{}"
) {
    ledger::append(
        connection,
        {now,
         "campaign",
         "draft",
         draft_id,
         std::move(decision),
         std::move(reason),
         std::move(numbers)}
    );
}

// The mail of a draft that is still `prepared`; 0: none.
std::int64_t prepared_mail(store::Connection& connection, std::int64_t draft_id) {
    return connection.integer(
        "SELECT id FROM emails_campaign WHERE send_key = :key AND status = 'prepared' ORDER BY id",
        store::values(send_key_of(draft_id))
    );
}

bool has_next(int step, const std::vector<Step>& steps, int mails_max) {
    const int next = step + 1;
    return next < static_cast<int>(steps.size()) && next < mails_max;
}

}  // namespace

void draft_sent(
    store::Connection& connection,
    const LeftMail& mail,
    const std::vector<Step>& steps,
    int mails_max,
    base::Timestamp now
) {
    const std::int64_t moved = connection.execute(
        "UPDATE email_drafts SET status = 'sent', sent_at = :at, message_id = :message, "
        "error_message = NULL, wait_reason = '', lease_until = NULL WHERE id = :id AND status IN "
        "('claimed', 'in_doubt', 'ready_to_send')",
        store::values(mail.at, mail.message_id, mail.draft_id)
    );
    if (moved != 1) return;
    note(
        connection,
        mail.draft_id,
        "sent",
        "the server accepted its mail",
        now,
        fmt::format("{{\"email\":{},\"mailbox\":{}}}", mail.email_id, mail.mailbox_id)
    );
    if (!mail.lead_id) return;
    const bool more = has_next(mail.step, steps, mails_max);
    const auto next_at =
        more ? std::optional(
                   mail.at +
                   base::Duration(kDay) * steps[static_cast<std::size_t>(mail.step) + 1].after_days
               )
             : std::nullopt;
    const std::int64_t went_on = connection.execute(
        "UPDATE leads SET status = :status, next_step = :step, next_step_at = :at, "
        "sender_mailbox_id = COALESCE(sender_mailbox_id, :mailbox) "
        "WHERE id = :id AND status IN ('new', 'needs_basis', 'ready', 'active')",
        store::values(
            more ? "active" : "finished", mail.step + 1, next_at, mail.mailbox_id, *mail.lead_id
        )
    );
    if (went_on == 1) return;
    // One that was stopped while its mail left keeps its status; from where it was written to must
    // be known all the same.
    connection.execute(
        "UPDATE leads SET sender_mailbox_id = :mailbox WHERE id = :id AND sender_mailbox_id IS "
        "NULL",
        store::values(mail.mailbox_id, *mail.lead_id)
    );
}

void draft_in_doubt(store::Connection& connection, const LeftMail& mail, base::Timestamp now) {
    const std::int64_t moved = connection.execute(
        "UPDATE email_drafts SET status = 'in_doubt', message_id = :message, lease_until = NULL, "
        "error_message = 'it may or may not have arrived: no answer was recorded' "
        "WHERE id = :id AND status = 'claimed'",
        store::values(mail.message_id, mail.draft_id)
    );
    if (moved != 1) return;
    note(
        connection,
        mail.draft_id,
        "in_doubt",
        "it may have left, and no answer was recorded",
        now,
        fmt::format("{{\"email\":{},\"mailbox\":{}}}", mail.email_id, mail.mailbox_id)
    );
    if (!mail.lead_id) return;
    connection.execute(
        "UPDATE leads SET status = 'active', next_step_at = NULL, "
        "sender_mailbox_id = COALESCE(sender_mailbox_id, :mailbox) "
        "WHERE id = :id AND status IN ('new', 'needs_basis', 'ready', 'active')",
        store::values(mail.mailbox_id, *mail.lead_id)
    );
}

void draft_ended(
    store::Connection& connection,
    std::int64_t draft_id,
    std::string_view status,
    const std::string& reason,
    base::Timestamp now
) {
    const std::int64_t moved = connection.execute(
        "UPDATE email_drafts SET status = :status, error_message = :reason, wait_reason = '', "
        "lease_until = NULL WHERE id = :id AND status IN ('claimed', 'in_doubt', 'ready_to_send')",
        store::values(status, reason, draft_id)
    );
    retire_prepared(connection, draft_id, reason);
    if (moved == 1) note(connection, draft_id, std::string(status), reason, now);
}

void draft_requeued(store::Connection& connection, const Requeue& requeue, base::Timestamp now) {
    const std::string before =
        connection
            .text(
                "SELECT wait_reason FROM email_drafts WHERE id = :id ORDER BY id",
                store::values(requeue.draft_id)
            )
            .value_or("");
    const bool bound = prepared_mail(connection, requeue.draft_id) != 0;
    const std::int64_t moved = connection.execute(
        "UPDATE email_drafts SET status = 'ready_to_send', claimed_by = NULL, lease_until = NULL, "
        "not_before = :not_before, wait_reason = :reason, error_message = NULL, "
        "retry_count = retry_count + :tries, from_account = CASE WHEN :bound = 1 OR "
        "email_type = 'followup' THEN from_account ELSE NULL END "
        "WHERE id = :id AND status IN ('claimed', 'in_doubt')",
        store::values(
            requeue.not_before, requeue.reason, requeue.counts ? 1 : 0, bound, requeue.draft_id
        )
    );
    if (moved != 1 || (requeue.reason == before && !requeue.counts)) return;
    note(
        connection,
        requeue.draft_id,
        "put off",
        requeue.reason,
        now,
        fmt::format("{{\"until\":\"{}\"}}", base::to_iso(requeue.not_before))
    );
}

void put_off(
    store::Connection& connection,
    std::int64_t draft_id,
    base::Timestamp until,
    const std::string& reason,
    const std::string& reason_before,
    base::Timestamp now
) {
    connection.execute(
        "UPDATE email_drafts SET not_before = :until, wait_reason = :reason "
        "WHERE id = :id AND status = 'ready_to_send'",
        store::values(until, reason, draft_id)
    );
    if (reason == reason_before) return;
    note(
        connection,
        draft_id,
        "put off",
        reason,
        now,
        fmt::format("{{\"until\":\"{}\"}}", base::to_iso(until))
    );
}

void follow_up_given_up(
    store::Connection& connection,
    const Draft& draft,
    const std::string& reason,
    base::Timestamp now
) {
    if (draft.followup_number == 0 || !draft.lead_id) return;
    stop_lead(connection, *draft.lead_id, "stopped", "its follow-up was rejected: " + reason, now);
}

void retire_prepared(
    store::Connection& connection, std::int64_t draft_id, const std::string& reason
) {
    const std::int64_t email = prepared_mail(connection, draft_id);
    if (email == 0 || !delivery::cancel(connection, kSide, email, reason)) return;
    connection.execute(
        "UPDATE emails_campaign SET send_key = :key WHERE id = :id",
        store::values(fmt::format("{}:given-up:{}", send_key_of(draft_id), email), email)
    );
}

}  // namespace campaign
