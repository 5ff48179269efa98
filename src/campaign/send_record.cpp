#include "campaign/send_record.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/text.h"
#include "campaign/campaign_store.h"
#include "campaign/draft_endings.h"
#include "campaign/followups.h"
#include "campaign/lead_store.h"
#include "campaign/preconditions.h"
#include "inbound/bounce_reason.h"

namespace campaign {

namespace {

// Two days and more, with the waiting times of failure_policy.
constexpr std::int64_t kTriesMax = 16;
constexpr std::array<std::string_view, 4> kDead = {
    "userunknown", "hostunknown", "hasmoved", "suspend"
};

// When something of ours that stood in the way is looked at again.
base::Duration pause_after(std::string_view which) {
    if (which == stage::kCampaign) return std::chrono::hours(1);
    return std::chrono::minutes(5);
}

// A precondition of campaigns, or the owner's brake: nobody outside refused anything.
bool is_ours(std::string_view which) {
    return which.starts_with("campaign.") || which == mailbox::kHeldStage;
}

bool recipients_fault(const delivery::Report& report) {
    return report.verdict.blame == mailbox::Blame::recipient ||
           report.verdict.blame == mailbox::Blame::message;
}

std::string words_of(const delivery::Report& report) {
    const base::Error& error = report.error;
    std::string words = is_ours(error.stage) ? error.message : error.describe();
    return base::printable(words, 500);
}

LeftMail left_mail(const delivery::Report& report, const Sending& sending, base::Timestamp now) {
    return {
        sending.draft_id,
        report.email_id,
        sending.lead_id,
        sending.step,
        sending.mailbox_id,
        sending.message_id,
        now
    };
}

// Some servers send a mail on under an id of their own, and say so.
void note_provider_id(
    store::Connection& connection, const delivery::Report& report, const Sending& sending
) {
    const auto id = message_id_in_reply(report.server_reply);
    if (!id || *id == sending.message_id) return;
    connection.execute(
        "UPDATE emails_campaign SET provider_message_id = :id, provider_id_proof = 'reply_250' "
        "WHERE id = :email AND provider_message_id IS NULL",
        store::values(*id, report.email_id)
    );
}

void record_refusal(
    store::Connection& connection,
    const delivery::Report& report,
    const Sending& sending,
    base::Timestamp now
) {
    const std::string words = words_of(report);
    draft_ended(connection, sending.draft_id, "failed", words, now);
    if (const auto dead = dead_address(report.error)) {
        stop_lead(connection, sending.lead_id, "bounced", *dead + ": " + words, now);
        suppress(connection, sending.to, "bounce", *dead, false, now);
        return;
    }
    stop_lead(connection, sending.lead_id, "stopped", "refused: " + words, now);
    if (report.verdict.consequence == mailbox::Consequence::stop_campaign)
        set_campaign_status(
            connection,
            sending.campaign_id,
            "paused",
            "a server took its text for spam; look at the texts, then start it again",
            now
        );
}

void record_not_sent(
    store::Connection& connection,
    const delivery::Report& report,
    const Sending& sending,
    base::Timestamp now
) {
    const std::string words = words_of(report);
    switch (after(report, sending)) {
        case After::cancelled:
            draft_ended(connection, sending.draft_id, "cancelled", words, now);
            // A lead that has ended says so itself; one whose address is suppressed does not.
            if (report.error.stage == stage::kSuppressed)
                stop_lead(connection, sending.lead_id, "stopped", words, now);
            return;
        case After::failed:
            draft_ended(connection, sending.draft_id, "failed", words, now);
            stop_lead(connection, sending.lead_id, "stopped", words, now);
            return;
        default:
            break;
    }
    const std::string& which = report.error.stage;
    if (is_ours(which)) {
        draft_requeued(connection, {sending.draft_id, now + pause_after(which), words, false}, now);
        return;
    }
    base::SeededRandom random(sending.chance);
    const int tries = static_cast<int>(sending.retry_count) + 1;
    const base::Timestamp later =
        now + mailbox::retry_in(report.verdict, report.error.server_words, tries, random);
    const base::Timestamp not_before = std::max(later, report.not_before.value_or(later));
    draft_requeued(connection, {sending.draft_id, not_before, words, true}, now);
}

bool still_ours(store::Connection& connection, const Sending& sending) {
    return connection.integer(
               "SELECT COUNT(*) FROM email_drafts WHERE id = :id AND status = 'claimed' AND "
               "claim_token = :token",
               store::values(sending.draft_id, sending.claim_token)
           ) == 1;
}

}  // namespace

Sending sending_of(
    const Claim& claim, const base::Email& to, const Limits& limits, std::uint64_t chance
) {
    return {
        claim.draft.id,
        claim.draft.claim_token,
        claim.draft.lead_id.value_or(0),
        claim.draft.campaign_id.value_or(0),
        claim.draft.followup_number,
        claim.draft.retry_count,
        claim.from.id,
        claim.message_id,
        to,
        claim.plan().settings.steps,
        limits.mails_max,
        chance
    };
}

std::optional<std::string> dead_address(const base::Error& error) {
    // At MAIL FROM the same code speaks of our own address.
    if (error.stage != "smtp.rcpt") return std::nullopt;
    const std::string_view reason = inbound::reason_of_status(error.enhanced);
    if (std::ranges::find(kDead, reason) == kDead.end()) return std::nullopt;
    return std::string(reason);
}

After after(const delivery::Report& report, const Sending& sending) {
    switch (report.ending) {
        case delivery::Ending::accepted:
            return After::sent;
        case delivery::Ending::in_doubt:
            return After::in_doubt;
        case delivery::Ending::refused:
            return After::failed;
        case delivery::Ending::not_sent:
            break;
    }
    const std::string& which = report.error.stage;
    if (which == stage::kLease) return After::lost;
    if (which == stage::kLead || which == stage::kSuppressed) return After::cancelled;
    if (which == stage::kAccount) return After::failed;
    if (is_ours(which)) return After::requeued;
    const bool given_up = recipients_fault(report) && sending.retry_count + 1 >= kTriesMax;
    return given_up ? After::failed : After::requeued;
}

void record_ending(
    store::Connection& connection,
    const delivery::Report& report,
    const Sending& sending,
    base::Timestamp now
) {
    switch (report.ending) {
        case delivery::Ending::accepted:
            draft_sent(
                connection, left_mail(report, sending, now), sending.steps, sending.mails_max, now
            );
            note_provider_id(connection, report, sending);
            return;
        case delivery::Ending::in_doubt:
            draft_in_doubt(connection, left_mail(report, sending, now), now);
            return;
        case delivery::Ending::refused:
            record_refusal(connection, report, sending, now);
            return;
        case delivery::Ending::not_sent:
            // Whoever lost the claim has nothing to say about the draft any more.
            if (still_ours(connection, sending)) record_not_sent(connection, report, sending, now);
            return;
    }
}

delivery::Delivery::Recorded recorder_of(Sending sending, base::Clock& clock) {
    base::Clock* const time = &clock;
    return [sending = std::move(sending), time](
               store::Connection& connection, const delivery::Report& report
           ) { record_ending(connection, report, sending, time->now()); };
}

}  // namespace campaign
