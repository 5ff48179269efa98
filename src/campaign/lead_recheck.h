// Asks again about leads whose domain gave no answer when they came in (status new): they become
// ready or stopped, or stay as they are; and frees those that wait for a verifier that their
// campaign has no more. Run by the service and by `campaign leads --recheck`.
#pragma once
#include <cstdint>
#include <functional>

#include "base/clock.h"
#include "campaign/mail_domains.h"
#include "store/database.h"

namespace campaign {

struct Rechecked {
    std::int64_t ready = 0;
    std::int64_t stopped = 0;
    std::int64_t waiting = 0;
};
// Leads of a campaign, those that were asked about the longest ago first, 100 at a time, until
// `unanswered_max` got no answer (a name server that is dead must not hold up everything else) or
// `wanted` says no.
inline constexpr std::int64_t kUnansweredMax = 300;
base::Task<Rechecked> recheck_new_leads(
    store::Database& db,
    MailDomains& domains,
    std::int64_t campaign_id,
    base::Timestamp now,
    std::int64_t unanswered_max = kUnansweredMax,
    std::function<bool()> wanted = [] { return true; }
);

}  // namespace campaign
