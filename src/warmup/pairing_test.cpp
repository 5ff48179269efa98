#include "warmup/pairing.h"

namespace {

using warmup::Pair;
using warmup::PairHistory;

std::vector<std::int64_t> ids(std::int64_t first, int count) {
    std::vector<std::int64_t> out;
    for (int i = 0; i < count; ++i) out.push_back(first + i);
    return out;
}

}  // namespace

TEST(DrawPairs, NoPairRepeatsWhileAnotherOfItsSenderHasNotHadItsTurn) {
    for (std::uint64_t seed = 0; seed < 50; ++seed) {
        base::SeededRandom random(seed);
        PairHistory history;
        for (int cycle = 0; cycle < 23; ++cycle) {
            for (const Pair& pair : warmup::draw_pairs(ids(1, 8), ids(100, 5), history, 1, random))
                ++history[pair];
            for (const std::int64_t sender : ids(1, 8)) {
                std::int64_t least = INT64_MAX;
                std::int64_t most = 0;
                for (const std::int64_t to : ids(100, 5)) {
                    least = std::min(least, history[{sender, to}]);
                    most = std::max(most, history[{sender, to}]);
                }
                ASSERT_LE(most - least, 1);
            }
        }
    }
}

TEST(DrawPairs, LoadOverTheSeedsIsEvenInEveryCycle) {
    for (std::uint64_t seed = 0; seed < 50; ++seed) {
        base::SeededRandom random(seed);
        PairHistory history;
        for (int cycle = 0; cycle < 20; ++cycle) {
            std::map<std::int64_t, int> load;
            for (const Pair& pair :
                 warmup::draw_pairs(ids(1, 8), ids(100, 5), history, 1, random)) {
                ++history[pair];
                ++load[pair.seed];
            }
            // Eight mails over five seeds: two each, three where the turns leave no other way.
            for (const auto& [to, count] : load) EXPECT_LE(count, 3) << "cycle " << cycle;
        }
        std::map<std::int64_t, std::int64_t> total;
        for (const auto& [pair, count] : history) total[pair.seed] += count;
        for (const auto& [to, count] : total) EXPECT_EQ(count, 32);
    }
}

TEST(DrawPairs, SameSeedSamePairsAndAnotherSeedOthers) {
    base::SeededRandom one(1);
    base::SeededRandom two(1);
    base::SeededRandom three(3);
    const auto first = warmup::draw_pairs(ids(1, 8), ids(100, 5), {}, 2, one);
    EXPECT_EQ(first, warmup::draw_pairs(ids(1, 8), ids(100, 5), {}, 2, two));
    EXPECT_NE(first, warmup::draw_pairs(ids(1, 8), ids(100, 5), {}, 2, three));
}

TEST(DrawPairs, ManyOpeningsASenderUseDifferentSeedsFirst) {
    base::SeededRandom random(1);
    const auto pairs = warmup::draw_pairs({1}, ids(100, 4), {}, 4, random);
    EXPECT_EQ(std::set<Pair>(pairs.begin(), pairs.end()).size(), 4U);
}

TEST(DrawPairs, NobodyToWriteToIsNoPairs) {
    base::SeededRandom random(1);
    EXPECT_TRUE(warmup::draw_pairs({}, ids(1, 3), {}, 1, random).empty());
    EXPECT_TRUE(warmup::draw_pairs(ids(1, 3), {}, {}, 1, random).empty());
}
