// Asks the verifier about leads that wait for its word (status new, verified_at NULL) and records
// what it says: only then are they ready, and written to. Called by the service and by
// `campaign leads --verify`. Whether a lead waits is asked of its campaign each time, so that a
// verifier that is added later, or taken away, holds or frees those that are there.
#pragma once
#include <cstdint>
#include <functional>

#include "base/clock.h"
#include "campaign/records.h"
#include "campaign/verifier.h"
#include "store/database.h"

namespace campaign {

// Six hours lie between two questions about one lead.
inline constexpr int kTriesMax = 12;

struct Verified {
    std::int64_t valid = 0;
    std::int64_t risky = 0;
    std::int64_t invalid = 0;
    std::int64_t unknown = 0;
};
// At most `count_max` leads of the campaign, those first that were never asked about or the longest
// ago, 5 questions at a time. One that the verifier knows nothing of kTriesMax times is stopped.
// Ends early once `wanted` says no.
base::Task<Verified> verify_leads(
    store::Database& db,
    Verifier& verifier,
    base::Clock& clock,
    std::int64_t campaign_id,
    int count_max,
    std::function<bool()> wanted = [] { return true; }
);

// True for a campaign whose leads are verified; one whose settings can't be read counts too.
bool has_verifier(store::Connection& connection, std::int64_t campaign_id);
// True where its campaign has a verifier, and that has not spoken about this lead.
bool awaits_verifier(store::Connection& connection, const Lead& lead);

// A campaign was given a verifier: its leads that are ready and have had no mail wait for its word
// from now on. One without a verifier: nothing. A page after `after`, inside a job; the last id, 0
// at the end.
std::int64_t hold_unverified(
    store::Connection& connection, std::int64_t campaign_id, std::int64_t after
);

}  // namespace campaign
