#include "campaign/retention.h"

namespace campaign {
namespace {

constexpr base::Timestamp kNow{1'000'000'000'000'000};

TEST(Retention, CutsBodiesAt90DaysAndLeadsAt12Months) {
    const Cutoffs cut = cutoffs({}, kNow);
    EXPECT_EQ(kNow - cut.bodies_before, std::chrono::days(90));
    EXPECT_EQ(kNow - cut.leads_before, std::chrono::days(365));
}

TEST(Retention, EndsLeadsWhoNeverAnswered) {
    const base::Timestamp old = kNow - std::chrono::days(400);
    const base::Timestamp recent = kNow - std::chrono::days(10);
    const base::Timestamp before = cutoffs({}, kNow).leads_before;
    for (const char* status :
         {"new", "needs_basis", "ready", "active", "stopped", "finished", "bounced", "unsubscribed"
         }) {
        EXPECT_TRUE(is_over({status, false, old, std::nullopt}, before)) << status;
        EXPECT_FALSE(is_over({status, false, old, recent}, before)) << status;
        EXPECT_FALSE(is_over({status, true, old, old}, before)) << status;
        EXPECT_FALSE(is_over({status, false, recent, std::nullopt}, before)) << status;
    }
    EXPECT_TRUE(is_over({"finished", false, old, old}, before));
    EXPECT_FALSE(is_over({"replied", false, old, old}, before));
    EXPECT_FALSE(is_over({"erased", false, old, old}, before));
    EXPECT_FALSE(is_over({"finished", false, before, before}, before));
}

}  // namespace
}  // namespace campaign
