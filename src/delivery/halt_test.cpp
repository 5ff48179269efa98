#include "delivery/halt.h"

#include "ledger/ledger.h"
#include "store/database.h"
#include "tests/support/manual_loop.h"

namespace {

using store::Connection;
using store::Role;

constexpr base::Timestamp kNow{1'795'438'800'123'456};

class Halt : public testing::Test {
  protected:
    template <class Job>
    auto job(Role role, Job work) {
        return base::run_to_end(loop_, db_->run(role, std::move(work)));
    }
    std::optional<std::string> halted(Role role) {
        return job(role, [](Connection& connection) { return delivery::halted(connection); });
    }

    support::ManualLoop loop_;
    std::unique_ptr<store::Database> db_ = store::open_database(
        {.url = "sqlite::memory:", .inline_jobs = true, .create = true}, loop_
    );
};

TEST_F(Halt, HoldsForEveryRoleUntilItIsTakenAway) {
    EXPECT_EQ(halted(Role::warmup), std::nullopt);
    const auto stop = [](Connection& c) { return delivery::halt(c, "a complaint", kNow); };
    EXPECT_TRUE(job(Role::operator_, stop));
    EXPECT_FALSE(job(Role::operator_, stop));
    for (const Role role : {Role::warmup, Role::campaign, Role::operator_})
        EXPECT_EQ(
            halted(role),
            "all sending was stopped at 2026-11-23T13:00:00Z (a complaint); `pilotlight resume "
            "--all` lets it go on"
        );
    const auto go = [](Connection& c) { return delivery::resume(c, kNow); };
    EXPECT_TRUE(job(Role::operator_, go));
    EXPECT_FALSE(job(Role::operator_, go));
    EXPECT_EQ(halted(Role::campaign), std::nullopt);
    const auto told =
        job(Role::operator_, [](Connection& c) { return ledger::read(c, "service", 0); });
    ASSERT_EQ(told.size(), 2U);
    EXPECT_EQ(told[0].decision, "stopped");
    EXPECT_EQ(told[0].reason, "a complaint");
    EXPECT_EQ(told[1].decision, "resumed");
}

TEST_F(Halt, NoSideCanTakeItAway) {
    job(Role::operator_, [](Connection& c) { return delivery::halt(c, "", kNow); });
    for (const Role role : {Role::warmup, Role::campaign})
        EXPECT_THROW(
            job(role, [](Connection& c) { return delivery::resume(c, kNow); }), store::StoreError
        );
    EXPECT_TRUE(halted(Role::warmup));
}

}  // namespace
