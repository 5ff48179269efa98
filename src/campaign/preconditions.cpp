#include "campaign/preconditions.h"

#include <fmt/format.h>

#include "campaign/budget.h"
#include "campaign/campaign_store.h"
#include "campaign/gap.h"
#include "delivery/halt.h"
#include "mailbox/gaps.h"
#include "mailbox/presets.h"

namespace campaign {

namespace {

// Everything that stands in rows, read at once.
struct Facts {
    std::string draft_status;
    std::int64_t claim_token = 0;
    std::string claimed_by;
    base::Timestamp lease_until;
    std::string email_type;
    std::string from_account;
    std::string campaign_status;
    std::string lead_status;
    base::Timestamp wait_until;
    std::int64_t sender_mailbox_id = 0;
    std::string mailbox_status;
    std::string hidden_folders;
};
BOOST_DESCRIBE_STRUCT(
    Facts,
    (),
    (draft_status,
     claim_token,
     claimed_by,
     lease_until,
     email_type,
     from_account,
     campaign_status,
     lead_status,
     wait_until,
     sender_mailbox_id,
     mailbox_status,
     hidden_folders)
)

struct KindLook {
    std::string kind;
    base::Timestamp at;
};
BOOST_DESCRIBE_STRUCT(KindLook, (), (kind, at))

auto no(const char* which, std::string words) {
    return base::fail(base::ErrorCode::conflict, which, std::move(words));
}

std::optional<Facts> read_facts(store::Connection& connection, const Guard& guard) {
    return connection.select_one<Facts>(
        "SELECT d.status, d.claim_token, COALESCE(d.claimed_by, ''), COALESCE(d.lease_until, 0), "
        "d.email_type, COALESCE(d.from_account, ''), COALESCE(c.status, ''), l.status, "
        "COALESCE(l.wait_until, 0), COALESCE(l.sender_mailbox_id, 0), m.status, m.hidden_folders "
        "FROM email_drafts d JOIN leads l ON l.id = d.lead_id JOIN mailboxes m ON m.id = :mailbox "
        "LEFT JOIN campaigns c ON c.id = d.campaign_id WHERE d.id = :id ORDER BY d.id",
        store::values(guard.mailbox_id, guard.draft_id)
    );
}

base::Result<> check_claim(const Facts& facts, const Guard& guard, base::Timestamp now) {
    if (facts.draft_status != "claimed" || facts.claim_token != guard.claim_token ||
        facts.claimed_by != guard.owner)
        return no(stage::kLease, "another worker has this draft");
    if (facts.lease_until <= now) return no(stage::kLease, "the lease on this draft has ended");
    return {};
}

base::Result<> check_lead(const Facts& facts, const Guard& guard) {
    const bool followup = facts.email_type == "followup";
    const bool goes_on =
        facts.lead_status == "active" || (facts.lead_status == "ready" && !followup);
    if (!goes_on) return no(stage::kLead, "its lead is " + facts.lead_status);
    const bool bound = followup || facts.sender_mailbox_id != 0;
    if (facts.from_account != guard.account ||
        (bound && facts.sender_mailbox_id != guard.mailbox_id))
        return no(
            stage::kAccount,
            "account mismatch: the first mail to this lead went from another mailbox"
        );
    return {};
}

base::Result<> check_budget(
    store::Connection& connection, const Guard& guard, base::Timestamp now
) {
    const DayCount day = sent_in_day(connection, guard.mailbox_id, now);
    if (day.campaign >= guard.campaign_cap)
        return no(
            stage::kBudget, fmt::format("its {} campaign mails of a day are sent", day.campaign)
        );
    if (day.all >= guard.limits.mailbox_per_day)
        return no(
            stage::kBudget, fmt::format("its {} mails of a day are sent, warmup included", day.all)
        );
    if (due_at(mailbox::gap_of(connection, guard.mailbox_id), guard.limits) > now)
        return no(stage::kGap, "its mailbox has just sent something else");
    return {};
}

}  // namespace

Guard guard_of(const Claim& claim, int campaign_cap, base::Duration gap, const Limits& limits) {
    Guard guard;
    guard.draft_id = claim.draft.id;
    guard.claim_token = claim.draft.claim_token;
    guard.owner = claim.owner;
    guard.mailbox_id = claim.from.id;
    guard.account = claim.from.email.str();
    guard.provider = claim.from.provider;
    guard.campaign_cap = campaign_cap;
    guard.gap = gap;
    guard.limits = limits;
    return guard;
}

bool all_stopped(store::Connection& connection) { return delivery::halted(connection).has_value(); }

bool looked_since(
    store::Connection& connection,
    std::int64_t mailbox_id,
    const std::string& provider,
    const std::string& hidden_folders,
    base::Timestamp since
) {
    const auto looks = connection.select<KindLook>(
        "SELECT kind, MAX(searched_at) FROM imap_cursors WHERE mailbox_id = :mailbox AND side = "
        "'campaign' AND kind IN ('inbox', 'spam', 'all') GROUP BY kind ORDER BY kind",
        store::values(mailbox_id)
    );
    bool inbox = false;
    bool all = false;
    for (const KindLook& look : looks) {
        if (look.at < since) return false;
        inbox = inbox || look.kind == "inbox";
        all = all || look.kind == "all";
    }
    const std::string family = mailbox::family_of(provider);
    const bool wants_all = family == "gmail" && hidden_folders.find("all") == std::string::npos;
    return inbox && (all || !wants_all);
}

base::Result<> may_leave(store::Connection& connection, const Guard& guard, base::Timestamp now) {
    const std::optional<Facts> facts = read_facts(connection, guard);
    if (!facts) return no(stage::kLead, "its lead is gone");
    if (auto claim = check_claim(*facts, guard, now); !claim) return claim;
    if (auto lead = check_lead(*facts, guard); !lead) return lead;
    if (const auto reason = suppressed(connection, guard.keys))
        return no(stage::kSuppressed, "the address is suppressed: " + *reason);
    if (facts->campaign_status != "active")
        return no(stage::kCampaign, std::string(kWaitsForCampaign));
    if (facts->wait_until > now)
        return no(stage::kCampaign, "its lead is away or has to be waited for");
    if (facts->mailbox_status != "active")
        return no(stage::kMailbox, "its mailbox is " + facts->mailbox_status);
    if (auto budget = check_budget(connection, guard, now); !budget) return budget;
    if (facts->email_type == "followup" && !looked_since(
                                               connection,
                                               guard.mailbox_id,
                                               guard.provider,
                                               facts->hidden_folders,
                                               now - guard.limits.look_fresh
                                           ))
        return no(stage::kLook, "its mailbox has not been looked into for replies lately");
    mailbox::note_campaign_mail(connection, guard.mailbox_id, now, now + guard.gap);
    return {};
}

delivery::Delivery::Precondition precondition_of(Guard guard, base::Clock& clock) {
    base::Clock* const time = &clock;
    return [guard = std::move(guard), time](store::Connection& connection) {
        return may_leave(connection, guard, time->now());
    };
}

}  // namespace campaign
