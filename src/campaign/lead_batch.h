// What the store knows about rows of a lead file, and adding those that may become leads. Inside a
// job, at most kBatchRows at once: a job of 20 ms.
#pragma once
#include <vector>

#include "campaign/lead_checks.h"
#include "campaign/suppression.h"
#include "store/connection.h"

namespace campaign {

inline constexpr std::size_t kBatchRows = 100;

struct LeadCandidate {
    std::int64_t line = 0;
    Lead lead;
    SuppressionKeys keys;
};

struct BatchOrder {
    std::int64_t campaign_id = 0;
    bool allow_known = false;  // leads that another campaign has
};

// known, known_elsewhere, suppressed or none, for each candidate in order.
std::vector<Refused> judge_batch(
    store::Connection& connection,
    const std::vector<LeadCandidate>& candidates,
    const BatchOrder& order
);
// The same, and adds those without objection to the campaign.
std::vector<Refused> add_batch(
    store::Connection& connection,
    const std::vector<LeadCandidate>& candidates,
    const BatchOrder& order
);

}  // namespace campaign
