#include "campaign/preconditions.h"

#include <fmt/format.h>

#include <algorithm>

#include "campaign/budget.h"
#include "campaign/campaign_store.h"
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
    base::Timestamp last_mail_at;
    base::Timestamp next_campaign_at;
    int sent_campaign = 0;
    int sent_warmup = 0;
    int sent_by_hand = 0;
    std::optional<std::string> suppressed;
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
     hidden_folders,
     last_mail_at,
     next_campaign_at,
     sent_campaign,
     sent_warmup,
     sent_by_hand,
     suppressed)
)

struct KindLook {
    std::string kind;
    base::Timestamp at;
};
BOOST_DESCRIBE_STRUCT(KindLook, (), (kind, at))

auto no(const char* which, std::string words) {
    return base::fail(base::ErrorCode::conflict, which, std::move(words));
}

std::optional<Facts> read_facts(
    store::Connection& connection, const Guard& guard, base::Timestamp now
) {
    const std::int64_t hour = first_hour(now);
    store::Values values = store::values(hour, hour, hour);
    add_values(values, guard.keys);
    values.push_back(store::to_value(guard.mailbox_id));
    values.push_back(store::to_value(guard.draft_id));
    return connection.select_one<Facts>(facts_sql(guard.keys), values);
}

base::Result<> check_claim(const Facts& facts, const Guard& guard, base::Timestamp now) {
    if (facts.draft_status != "claimed" || facts.claim_token != guard.claim_token ||
        facts.claimed_by != guard.owner)
        return no(stage::kLease, "another worker has this draft");
    if (facts.lease_until <= now) return no(stage::kLease, "the lease on this draft has ended");
    return {};
}

// A lead that may become ready again: the claim would put the draft off, and so does the intent.
bool waits(const Facts& facts) {
    return facts.lead_status == "new" || facts.lead_status == "needs_basis";
}

base::Result<> check_lead(const Facts& facts, const Guard& guard) {
    const bool followup = facts.email_type == "followup";
    const bool goes_on = facts.lead_status == "active" || waits(facts) ||
                         (facts.lead_status == "ready" && !followup);
    if (!goes_on) return no(stage::kLead, "its lead is " + facts.lead_status);
    const bool bound = followup || facts.sender_mailbox_id != 0;
    if (facts.from_account != guard.account ||
        (bound && facts.sender_mailbox_id != guard.mailbox_id))
        return no(
            stage::kAccount,
            "account mismatch: the first mail to this lead went from another mailbox"
        );
    if (facts.suppressed)
        return no(stage::kSuppressed, "the address is suppressed: " + *facts.suppressed);
    return {};
}

base::Result<> check_campaign(const Facts& facts, base::Timestamp now) {
    if (waits(facts)) return no(stage::kCampaign, "its lead is " + facts.lead_status);
    if (facts.campaign_status != "active")
        return no(stage::kCampaign, std::string(kWaitsForCampaign));
    if (facts.wait_until > now)
        return no(stage::kCampaign, "its lead is away or has to be waited for");
    return {};
}

base::Result<> check_mailbox(const Facts& facts, const Guard& guard, base::Timestamp now) {
    if (facts.mailbox_status != "active")
        return no(stage::kMailbox, "its mailbox is " + facts.mailbox_status);
    if (facts.sent_campaign >= guard.campaign_cap)
        return no(
            stage::kBudget,
            fmt::format("its {} campaign mails of a day are sent", facts.sent_campaign)
        );
    const int all = facts.sent_campaign + facts.sent_warmup + facts.sent_by_hand;
    if (all >= guard.mailbox_per_day)
        return no(
            stage::kBudget, fmt::format("its {} mails of a day are sent, warmup included", all)
        );
    if (std::max(facts.last_mail_at + guard.gap_any, facts.next_campaign_at) > now)
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
    guard.mailbox_per_day = limits.mailbox_per_day;
    guard.gap_any = limits.gap_any;
    guard.look_fresh = limits.look_fresh;
    return guard;
}

std::string facts_sql(const SuppressionKeys& keys) {
    return "SELECT d.status, d.claim_token, COALESCE(d.claimed_by, ''), COALESCE(d.lease_until, "
           "0), d.email_type, COALESCE(d.from_account, ''), COALESCE(c.status, ''), l.status, "
           "COALESCE(l.wait_until, 0), COALESCE(l.sender_mailbox_id, 0), m.status, "
           "m.hidden_folders, COALESCE(g.last_mail_at, 0), COALESCE(g.next_campaign_at, 0), "
           "(SELECT COALESCE(SUM(u.count), 0) FROM mailbox_usage u WHERE u.mailbox_id = m.id AND "
           "u.side = 'campaign' AND u.hour >= :campaign_from), "
           "(SELECT COALESCE(SUM(w.count), 0) FROM mailbox_usage w WHERE w.mailbox_id = m.id AND "
           "w.side = 'warmup' AND w.hour >= :warmup_from), "
           "(SELECT COALESCE(SUM(h.count), 0) FROM mailbox_human_mail h WHERE h.mailbox_id = m.id "
           "AND h.hour >= :by_hand_from), (" +
           suppressed_sql(keys) +
           ") FROM email_drafts d JOIN leads l ON l.id = d.lead_id JOIN mailboxes m ON m.id = "
           ":mailbox LEFT JOIN campaigns c ON c.id = d.campaign_id LEFT JOIN mailbox_gaps g ON "
           "g.mailbox_id = m.id WHERE d.id = :id ORDER BY d.id";
}

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
    const std::optional<Facts> facts = read_facts(connection, guard, now);
    if (!facts) return no(stage::kLead, "its lead is gone");
    if (auto claim = check_claim(*facts, guard, now); !claim) return claim;
    if (auto lead = check_lead(*facts, guard); !lead) return lead;
    if (auto campaign = check_campaign(*facts, now); !campaign) return campaign;
    if (auto mailbox = check_mailbox(*facts, guard, now); !mailbox) return mailbox;
    if (facts->email_type == "followup" && !looked_since(
                                               connection,
                                               guard.mailbox_id,
                                               guard.provider,
                                               facts->hidden_folders,
                                               now - guard.look_fresh
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
