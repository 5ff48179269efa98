#include "warmup/pairing.h"

#include <algorithm>
#include <optional>
#include <tuple>

namespace warmup {

namespace {

// One opening for each sender: a bipartite matching in which a seed takes at most `capacity`
// senders (augmenting paths, Kuhn 1955). Senders and seeds are indices, in shuffled order.
class Round {
  public:
    Round(std::vector<std::vector<std::size_t>> wishes, std::size_t seed_count)
        : wishes_(std::move(wishes)), taken_(seed_count) {}

    // The seed of each sender; nothing where `capacity` is too small.
    std::optional<std::vector<std::size_t>> match(std::size_t capacity) {
        for (auto& takers : taken_) takers.clear();
        for (std::size_t sender = 0; sender < wishes_.size(); ++sender) {
            visited_.assign(taken_.size(), false);
            if (!place(sender, capacity)) return std::nullopt;
        }
        std::vector<std::size_t> chosen(wishes_.size());
        for (std::size_t seed = 0; seed < taken_.size(); ++seed)
            for (const std::size_t sender : taken_[seed]) chosen[sender] = seed;
        return chosen;
    }

  private:
    bool place(std::size_t sender, std::size_t capacity) {
        for (const std::size_t seed : wishes_[sender]) {
            if (visited_[seed]) continue;
            visited_[seed] = true;
            if (taken_[seed].size() < capacity) {
                taken_[seed].push_back(sender);
                return true;
            }
            for (std::size_t& other : taken_[seed]) {
                const std::size_t moved = other;
                if (place(moved, capacity)) {
                    other = sender;
                    return true;
                }
            }
        }
        return false;
    }

    std::vector<std::vector<std::size_t>> wishes_;
    std::vector<std::vector<std::size_t>> taken_;
    std::vector<bool> visited_;
};

// How much each seed has had from these senders.
std::vector<std::int64_t> loads_of(
    const std::vector<std::int64_t>& senders,
    const std::vector<std::int64_t>& seeds,
    PairHistory& history
) {
    std::vector<std::int64_t> loads(seeds.size());
    for (std::size_t i = 0; i < seeds.size(); ++i)
        for (const std::int64_t sender : senders) loads[i] += history[{sender, seeds[i]}];
    return loads;
}

// Whom each sender would write to: those of its seeds that it wrote to least. Of these the ones
// with less load come first, so that the last turns do not find too many senders at one seed; the
// rest is chance.
std::vector<std::vector<std::size_t>> wishes_of(
    const std::vector<std::int64_t>& senders,
    const std::vector<std::int64_t>& seeds,
    PairHistory& history,
    base::Random& random
) {
    const std::vector<std::int64_t> loads = loads_of(senders, seeds, history);
    std::vector<std::vector<std::size_t>> wishes;
    for (const std::int64_t sender : senders) {
        std::int64_t fewest = INT64_MAX;
        for (const std::int64_t seed : seeds) fewest = std::min(fewest, history[{sender, seed}]);
        std::vector<std::tuple<std::int64_t, std::uint64_t, std::size_t>> wanted;
        for (std::size_t i = 0; i < seeds.size(); ++i)
            if (history[{sender, seeds[i]}] == fewest)
                wanted.push_back({loads[i], random.next(), i});
        std::ranges::sort(wanted);
        wishes.emplace_back();
        for (const auto& [load, chance, seed] : wanted) wishes.back().push_back(seed);
    }
    return wishes;
}

}  // namespace

std::vector<Pair> draw_pairs(
    std::vector<std::int64_t> senders,
    std::vector<std::int64_t> seeds,
    PairHistory history,
    int per_sender,
    base::Random& random
) {
    std::vector<Pair> pairs;
    if (senders.empty() || seeds.empty()) return pairs;
    for (int turn = 0; turn < per_sender; ++turn) {
        random.shuffle(senders);
        Round round(wishes_of(senders, seeds, history, random), seeds.size());
        std::size_t capacity = (senders.size() + seeds.size() - 1) / seeds.size();
        auto chosen = round.match(capacity);
        while (!chosen) chosen = round.match(++capacity);
        for (std::size_t i = 0; i < senders.size(); ++i) {
            const Pair pair{senders[i], seeds[(*chosen)[i]]};
            ++history[pair];
            pairs.push_back(pair);
        }
    }
    return pairs;
}

}  // namespace warmup
