// Asks again about leads whose domain gave no answer when they came in (status new): they become
// ready or stopped, or stay as they are. Run by the service and by `campaign leads --recheck`.
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
// All such leads of a campaign, 100 at a time, until `wanted` says no.
base::Task<Rechecked> recheck_new_leads(
    store::Database& db,
    MailDomains& domains,
    std::int64_t campaign_id,
    base::Timestamp now,
    std::function<bool()> wanted = [] { return true; }
);

}  // namespace campaign
