// How much of what warmup sends can be looked for: which seed mailboxes are watched, by provider,
// and what each one that is not would add. Pure.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "mailbox/mailbox.h"

namespace cli {

struct SeedFacts {
    mailbox::Mailbox mailbox;
    std::optional<base::Timestamp> searched_at;  // all its folders
    int sent = 0;                                // openings to it in the days that are shown
    int unknown = 0;  // of these, how many were never found and could not be looked for
};

struct ProviderCoverage {
    std::string provider;  // preset name; "other"
    int configured = 0;
    int watched = 0;
};

struct UnwatchedSeed {
    std::string email;
    std::string provider;
    std::string reason;  // with the mend
    std::string adds;    // what watching it would tell
};

struct ImapCoverage {
    int configured = 0;  // seed mailboxes that were not removed
    int watched = 0;
    std::vector<ProviderCoverage> providers;  // by name
    std::vector<UnwatchedSeed> unwatched;     // in the order of the seeds
};

// `last_cycle` is when the last cycle that came to its end began: a seed that was not searched
// since is out of reach.
ImapCoverage coverage_of(
    const std::vector<SeedFacts>& seeds, std::optional<base::Timestamp> last_cycle
);

}  // namespace cli
