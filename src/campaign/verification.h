// Asks the verifier about leads that wait for its word (status new, kUnverified in the reason) and
// records what it says: only then are they ready, and written to. Called by the service and by
// `campaign leads --verify`.
#pragma once
#include <cstdint>
#include <functional>

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
// At most `count_max` leads of the campaign (in order of id), 5 questions at a time, until `wanted`
// says no.
base::Task<Verified> verify_leads(
    store::Database& db,
    Verifier& verifier,
    base::Clock& clock,
    std::int64_t campaign_id,
    int count_max,
    std::function<bool()> wanted = [] { return true; }
);

// A campaign was given a verifier: its leads that are ready and have had no mail wait for its word
// from now on. A page after `after`, inside a job; the last id, 0 at the end.
std::int64_t hold_unverified(
    store::Connection& connection, std::int64_t campaign_id, std::int64_t after
);

}  // namespace campaign
