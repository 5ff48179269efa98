// What an ending of a send means for draft, lead and campaign; runs in the transaction in which
// delivery records it (delivery::Delivery::Recorded).
//
//   accepted       draft sent, lead's next step dated
//   refused        draft failed; the lead is stopped, its address suppressed where the refusal says
//                  that it does not exist; a text that is called spam pauses its campaign
//   not sent       by whose fault: back to ready_to_send, later; or cancelled, where the lead has
//                  answered or opted out; a claim that was lost is left to its new owner
//   in doubt       draft in doubt
#pragma once
#include "base/clock.h"
#include "campaign/claim.h"
#include "delivery/delivery.h"

namespace campaign {

// The claim as the recording needs it, its bytes left out.
struct Sending {
    std::int64_t draft_id = 0;
    std::int64_t claim_token = 0;
    std::int64_t lead_id = 0;
    std::int64_t campaign_id = 0;
    int step = 0;
    std::int64_t retry_count = 0;
    std::int64_t mailbox_id = 0;
    std::string message_id;
    base::Email to;
    std::vector<Step> steps;
    int mails_max = 3;
    std::uint64_t chance = 0;  // for the jitter of waiting times
};

Sending sending_of(
    const Claim& claim, const base::Email& to, const Limits& limits, std::uint64_t chance
);

enum class After { sent, requeued, failed, cancelled, in_doubt, lost };
// What `record_ending` makes of a report.
After after(const delivery::Report& report, const Sending& sending);

void record_ending(
    store::Connection& connection,
    const delivery::Report& report,
    const Sending& sending,
    base::Timestamp now
);
delivery::Delivery::Recorded recorder_of(Sending sending, base::Clock& clock);

// A refusal of the address itself that will not change (userunknown, hostunknown, hasmoved,
// suspend): its reason; nothing for all others.
std::optional<std::string> dead_address(const base::Error& error);

}  // namespace campaign
