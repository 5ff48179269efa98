#include "campaign/basis.h"

#include "campaign/lead_checks.h"
#include "tests/leads/leads_fixture.h"

namespace tests {
namespace {

class Basis : public LeadsTest {
  protected:
    campaign::BasisOrder order() { return {campaign_id_, "consent", "Ann Lee", kNow}; }
};
INSTANTIATE_LEADS_TEST(Basis);

TEST_P(Basis, FreesAllThatWaitForIt) {
    const std::int64_t waiting = add_lead("a@shop.example", "needs_basis");
    const std::int64_t ready = add_lead("b@shop.example", "ready");
    const std::int64_t replied = add_lead("c@shop.example", "replied");
    const std::int64_t unanswered = add_lead("d@shop.example", "needs_basis");
    execute(
        Role::campaign,
        "UPDATE leads SET status_reason = :reason WHERE id = :id",
        values("DE asks; " + std::string(campaign::kNoAnswer), unanswered)
    );
    const std::int64_t elsewhere =
        add_lead("e@shop.example", "needs_basis", make_campaign("second"));
    campaign::BasisCount total;
    std::int64_t after = 0;
    do {
        const auto page = run(Role::campaign, [o = order(), after](Connection& c) {
            return campaign::record_basis_page(c, o, after);
        });
        total.recorded += page.recorded;
        total.freed += page.freed;
        after = page.last_id;
    } while (after != 0);
    EXPECT_EQ(total.recorded, 3);
    EXPECT_EQ(total.freed, 2);
    EXPECT_EQ(lead(waiting).status, "ready");
    EXPECT_EQ(lead(waiting).basis, "consent");
    EXPECT_EQ(lead(waiting).basis_by, "Ann Lee");
    EXPECT_EQ(lead(waiting).basis_at, kNow);
    EXPECT_EQ(lead(ready).basis, "consent");
    EXPECT_EQ(lead(replied).basis, "");
    EXPECT_EQ(lead(unanswered).status, "new");
    EXPECT_EQ(lead(unanswered).status_reason, campaign::kNoAnswer);
    EXPECT_EQ(lead(elsewhere).status, "needs_basis");
}

TEST_P(Basis, TakesTheAddressesItIsGiven) {
    const std::int64_t given = add_lead("a@shop.example", "needs_basis");
    const std::int64_t other = add_lead("b@shop.example", "needs_basis");
    const auto count = run(Role::campaign, [o = order()](Connection& c) {
        return campaign::record_basis_for(c, o, {"a@shop.example", "nobody@shop.example"});
    });
    EXPECT_EQ(count.recorded, 1);
    EXPECT_EQ(count.unknown, 1);
    EXPECT_EQ(lead(given).status, "ready");
    EXPECT_EQ(lead(other).status, "needs_basis");
    // What stands there stays.
    auto later = order();
    later.basis = "another";
    const auto again = run(Role::campaign, [later](Connection& c) {
        return campaign::record_basis_for(c, later, {"a@shop.example"});
    });
    EXPECT_EQ(again.kept, 1);
    EXPECT_EQ(lead(given).basis, "consent");
}

}  // namespace
}  // namespace tests
