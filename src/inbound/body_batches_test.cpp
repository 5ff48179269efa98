#include "inbound/body_batches.h"

#include <gtest/gtest.h>

#include <set>

namespace {

using inbound::body_batches;
using inbound::BodyBatch;
using inbound::Sized;

}  // namespace

TEST(BodyBatches, FetchSmallMailsTogether) {
    std::vector<Sized> messages;
    for (std::uint32_t uid = 1; uid <= 120; ++uid) messages.push_back({uid, 4000});
    const std::vector<BodyBatch> batches = body_batches(messages);
    ASSERT_EQ(batches.size(), 3U);
    EXPECT_EQ(batches[0].uids.size(), 50U);
    EXPECT_EQ(batches[2].uids.size(), 20U);
    EXPECT_FALSE(batches[0].cut);
}

TEST(BodyBatches, AreBoundedInBytesAndHoldEveryMessageOnce) {
    std::vector<Sized> messages;
    for (std::uint32_t uid = 1; uid <= 300; ++uid)
        messages.push_back({uid, (uid * 7919ULL * 613) % (3 << 20)});
    std::set<std::uint32_t> seen;
    for (const BodyBatch& batch : body_batches(messages)) {
        std::uint64_t bytes = 0;
        for (const std::uint32_t uid : batch.uids) {
            EXPECT_TRUE(seen.insert(uid).second) << uid;
            bytes += messages[uid - 1].bytes;
        }
        if (batch.cut)
            EXPECT_EQ(batch.uids.size(), 1U);
        else
            EXPECT_LE(bytes, inbound::kBatchBytesMax);
    }
    EXPECT_EQ(seen.size(), messages.size());
}

TEST(BodyBatches, CutWhatIsTooLargeOrOfUnknownSize) {
    const std::vector<BodyBatch> batches = body_batches({{1, 0}, {2, 40 << 20}, {3, 100}});
    ASSERT_EQ(batches.size(), 3U);
    EXPECT_TRUE(batches[0].cut);
    EXPECT_TRUE(batches[1].cut);
    EXPECT_FALSE(batches[2].cut);
}

TEST(BodyBatches, OfNothingAreNone) { EXPECT_TRUE(body_batches({}).empty()); }
