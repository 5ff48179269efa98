#include "campaign/pregenerate.h"

#include <numeric>

namespace campaign {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(DraftPlan, FillsTheCapacityThatLacks) {
    EXPECT_THAT(plan_drafts({{1, 10, 500}}, {50, 0, 300}), ElementsAre(Order{1, 40}));
    EXPECT_THAT(plan_drafts({{1, 50, 500}}, {50, 0, 300}), IsEmpty());
    EXPECT_THAT(plan_drafts({{1, 0, 7}}, {50, 0, 300}), ElementsAre(Order{1, 7}));
    EXPECT_THAT(plan_drafts({}, {50, 0, 300}), IsEmpty());
}

TEST(DraftPlan, KeepsToTheDay) {
    EXPECT_THAT(plan_drafts({{1, 0, 500}}, {480, 0, 300}), ElementsAre(Order{1, 300}));
    EXPECT_THAT(plan_drafts({{1, 0, 500}}, {480, 290, 300}), ElementsAre(Order{1, 10}));
    EXPECT_THAT(plan_drafts({{1, 0, 500}}, {480, 400, 300}), IsEmpty());
}

TEST(DraftPlan, SharesAmongCampaigns) {
    EXPECT_THAT(
        plan_drafts({{1, 5, 100}, {2, 0, 100}, {3, 0, 2}}, {20, 0, 300}),
        testing::UnorderedElementsAre(Order{1, 6}, Order{2, 7}, Order{3, 2})
    );
    // The one with the smallest stock comes first where little is left.
    EXPECT_THAT(plan_drafts({{1, 5, 100}, {2, 0, 100}}, {6, 0, 300}), ElementsAre(Order{2, 1}));
}

TEST(DraftPlan, NeverOrdersMoreThanItMay) {
    base::SeededRandom random(3);
    for (int i = 0; i < 2000; ++i) {
        std::vector<Stock> stocks;
        int ready = 0;
        for (std::int64_t id = 1; id <= random.between(0, 6); ++id) {
            stocks.push_back(
                {id, static_cast<int>(random.below(60)), static_cast<int>(random.below(200))}
            );
            ready += stocks.back().ready;
        }
        const PlanLimits limits{
            static_cast<int>(random.below(500)), static_cast<int>(random.below(400)), 300
        };
        const auto orders = plan_drafts(stocks, limits);
        int ordered = 0;
        for (const Order& order : orders) {
            EXPECT_GT(order.count, 0);
            EXPECT_LE(
                order.count, stocks[static_cast<std::size_t>(order.campaign_id) - 1].leads_waiting
            );
            ordered += order.count;
        }
        EXPECT_LE(ordered, std::max(0, limits.capacity - ready));
        EXPECT_LE(ordered, std::max(0, 300 - limits.written_today));
    }
}

}  // namespace
}  // namespace campaign
