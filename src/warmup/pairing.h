// Who writes to whom in this cycle. A pure decision.
#pragma once
#include <cstdint>
#include <map>
#include <utility>
#include <vector>

#include "base/random.h"

namespace warmup {

struct Pair {
    std::int64_t sender = 0;
    std::int64_t seed = 0;
    auto operator<=>(const Pair&) const = default;
};

// Openings so far by pair; pairs that are absent have 0.
using PairHistory = std::map<Pair, std::int64_t>;

// `per_sender` openings for every sender, to seeds. A sender writes to a seed again only when all
// its other seeds have had their turn; within that, load over the seeds is as even as it can be;
// the rest is drawn by `random`. No pair stands twice in one answer as long as per_sender <= number
// of seeds.
std::vector<Pair> draw_pairs(
    std::vector<std::int64_t> senders,
    std::vector<std::int64_t> seeds,
    PairHistory history,
    int per_sender,
    base::Random& random
);

}  // namespace warmup
