// What must be true at the moment a campaign mail's intent is committed, in that transaction: the
// lease is still ours, the campaign runs, the lead has not answered, bounced or opted out, the
// address is not suppressed, the mailbox has budget left and is the one of the first mail (that
// nobody stopped all sending delivery looks at itself). Where it holds, the gap clock moves on in
// the same transaction.
//
// A failure's `stage` says which (kLease, …): what follows for the draft hangs on it (send_record).
#pragma once
#include <optional>
#include <string>

#include "base/clock.h"
#include "base/result.h"
#include "campaign/claim.h"
#include "campaign/context.h"
#include "campaign/suppression.h"
#include "delivery/delivery.h"

namespace campaign {

namespace stage {
inline constexpr const char* kLease = "campaign.lease";            // not ours any more: hands off
inline constexpr const char* kCampaign = "campaign.campaign";      // it or the lead has to wait
inline constexpr const char* kLead = "campaign.lead";              // replied, stopped, …: never
inline constexpr const char* kSuppressed = "campaign.suppressed";  // never
inline constexpr const char* kAccount = "campaign.account";        // another account: never
inline constexpr const char* kMailbox = "campaign.mailbox";        // paused or removed meanwhile
inline constexpr const char* kBudget = "campaign.budget";          // used up: later
inline constexpr const char* kGap = "campaign.gap";                // too soon: later
inline constexpr const char* kLook = "campaign.look";              // no fresh look into the mailbox
}  // namespace stage

struct Guard {
    std::int64_t draft_id = 0;
    std::int64_t claim_token = 0;
    std::string owner;
    std::int64_t mailbox_id = 0;
    std::string account;
    std::string provider;
    int campaign_cap = 0;
    base::Duration gap{0};  // drawn for the mail after this one
    SuppressionKeys keys;
    int mailbox_per_day = 0;  // of Limits, as the next two
    base::Duration gap_any{0};
    base::Duration look_fresh{0};
};

// All but the suppression keys, which need the vault.
Guard guard_of(const Claim& claim, int campaign_cap, base::Duration gap, const Limits& limits);

// Inside the intent's transaction: one SELECT, and for a follow-up a second.
base::Result<> may_leave(store::Connection& connection, const Guard& guard, base::Timestamp now);
std::string facts_sql(const SuppressionKeys& keys);  // what it reads
// As delivery takes it; the clock is read when the transaction runs.
delivery::Delivery::Precondition precondition_of(Guard guard, base::Clock& clock);

// Whether campaigns had a successful look into everything of this mailbox where an answer may lie
// (inbox, spam, Gmail's All Mail) since `since`.
bool looked_since(
    store::Connection& connection,
    std::int64_t mailbox_id,
    const std::string& provider,
    const std::string& hidden_folders,
    base::Timestamp since
);

}  // namespace campaign
