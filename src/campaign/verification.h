// Asks the verifier about leads that are ready and not verified yet, and records what it says.
// Called before first mails are written: by the service, `campaign generate`, and
// `campaign leads --verify`.
#pragma once
#include <cstdint>

#include "base/clock.h"
#include "campaign/verifier.h"
#include "store/database.h"

namespace campaign {

struct Verified {
    std::int64_t valid = 0;
    std::int64_t risky = 0;
    std::int64_t invalid = 0;
    std::int64_t unknown = 0;
};
// At most `count_max` leads of the campaign (in order of id), 5 questions at a time.
base::Task<Verified> verify_leads(
    store::Database& db,
    Verifier& verifier,
    base::Clock& clock,
    std::int64_t campaign_id,
    int count_max
);

}  // namespace campaign
