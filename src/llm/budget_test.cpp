#include "llm/budget.h"

#include "tests/support/manual_loop.h"
#include "tests/support/temporary_folder.h"

namespace llm {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using Kind = Permit::Kind;

struct UsageRow {
    std::string day;
    std::string purpose;
    std::string model;
    std::int64_t requests;
    std::int64_t failures;
    std::int64_t tokens_in;
    std::int64_t tokens_out;
    std::int64_t blocked_until;
};
BOOST_DESCRIBE_STRUCT(
    UsageRow, (), (day, purpose, model, requests, failures, tokens_in, tokens_out, blocked_until)
)

// A store in a file, so that it can be opened again as after a restart. Time starts at 13:00 UTC.
class BudgetTest : public testing::Test {
  protected:
    void SetUp() override { restart(); }
    void restart() {
        database_.reset();
        store::OpenOptions options;
        options.url = "sqlite:" + folder_.file("store.db");
        options.inline_jobs = true;
        options.create = true;
        database_ = store::open_database(options, loop_);
    }
    Budget budget(
        std::int64_t requests_per_day,
        const std::string& purpose = "warmup",
        base::Duration gap = base::Duration(0)
    ) {
        const auto role = purpose == "warmup" ? store::Role::warmup : store::Role::campaign;
        return Budget({purpose, role, requests_per_day, gap}, loop_.clock(), database_.get());
    }
    Kind reserve(Budget& budget, const char* model = "m") {
        return base::run_to_end(loop_, budget.reserve(model)).kind;
    }
    void record(Budget& budget, Usage usage, const char* model = "m") {
        base::run_to_end(loop_, budget.record(model, usage));
    }
    std::int64_t used(Budget& budget) { return base::run_to_end(loop_, budget.used_today()); }
    std::vector<UsageRow> rows() {
        auto job = [](store::Connection& connection) {
            return connection.select<UsageRow>(
                "SELECT day, purpose, model, requests, failures, tokens_in, tokens_out, "
                "blocked_until "
                "FROM llm_usage ORDER BY day, purpose, model"
            );
        };
        return base::run_to_end(loop_, database_->read(store::Role::operator_, job));
    }

    support::ManualLoop loop_;
    support::TemporaryFolder folder_;
    std::unique_ptr<store::Database> database_;
};

TEST_F(BudgetTest, CountsRequestsBeforeAndOutcomesAfter) {
    Budget warmup = budget(10);
    EXPECT_EQ(reserve(warmup), Kind::granted);
    ASSERT_EQ(rows().size(), 1u);
    EXPECT_EQ(rows()[0].requests, 1);  // counted though no outcome is known yet
    record(warmup, {.failed = true, .tokens_in = 5});
    EXPECT_EQ(reserve(warmup), Kind::granted);
    record(warmup, {.tokens_in = 7, .tokens_out = 9});
    const UsageRow row = rows().at(0);
    EXPECT_EQ(row.day, "2026-11-23");
    EXPECT_EQ(row.purpose, "warmup");
    EXPECT_EQ(row.model, "m");
    EXPECT_EQ(row.requests, 2);
    EXPECT_EQ(row.failures, 1);
    EXPECT_EQ(row.tokens_in, 12);
    EXPECT_EQ(row.tokens_out, 9);
    EXPECT_EQ(row.blocked_until, 0);
}

TEST_F(BudgetTest, TheLimitHoldsForAllModelsAndAcrossRestarts) {
    Budget before = budget(3);
    EXPECT_EQ(reserve(before, "a"), Kind::granted);
    EXPECT_EQ(reserve(before, "b"), Kind::granted);
    restart();
    Budget after = budget(3);
    EXPECT_EQ(used(after), 2);
    EXPECT_EQ(reserve(after, "a"), Kind::granted);
    const Permit permit = base::run_to_end(loop_, after.reserve("b"));
    EXPECT_EQ(permit.kind, Kind::used_up);
    EXPECT_EQ(base::to_iso(permit.until), "2026-11-24T00:00:00Z");
    EXPECT_EQ(used(after), 3);  // a refused request is not counted
}

TEST_F(BudgetTest, TheDayEndsAtMidnightUtc) {
    Budget warmup = budget(1);
    EXPECT_EQ(reserve(warmup), Kind::granted);
    loop_.advance(hours(11) - minutes(1));
    EXPECT_EQ(reserve(warmup), Kind::used_up);
    loop_.advance(minutes(1));
    EXPECT_EQ(used(warmup), 0);
    EXPECT_EQ(reserve(warmup), Kind::granted);
    EXPECT_EQ(reserve(warmup), Kind::used_up);
}

TEST_F(BudgetTest, ABlockHoldsForItsModelAcrossRestartsAndMidnight) {
    Budget before = budget(100);
    EXPECT_EQ(reserve(before, "a"), Kind::granted);
    const base::Timestamp until = loop_.clock().now() + hours(12);  // one hour into tomorrow
    record(before, {.failed = true, .blocked_until = until}, "a");
    record(before, {.failed = true, .blocked_until = until - hours(6)}, "a");  // never shortened
    restart();
    Budget after = budget(100);
    const Permit permit = base::run_to_end(loop_, after.reserve("a"));
    EXPECT_EQ(permit.kind, Kind::blocked);
    EXPECT_EQ(permit.until, until);
    EXPECT_EQ(reserve(after, "b"), Kind::granted);
    loop_.advance(hours(11) + minutes(30));
    EXPECT_EQ(reserve(after, "a"), Kind::blocked);
    loop_.advance(minutes(30));
    EXPECT_EQ(reserve(after, "a"), Kind::granted);
}

TEST_F(BudgetTest, PurposesDoNotShareALimit) {
    Budget warmup = budget(1);
    Budget campaign = budget(1, "campaign");
    EXPECT_EQ(reserve(warmup), Kind::granted);
    EXPECT_EQ(reserve(campaign), Kind::granted);
    EXPECT_EQ(reserve(warmup), Kind::used_up);
    EXPECT_EQ(reserve(campaign), Kind::used_up);
    EXPECT_EQ(rows().size(), 2u);
}

TEST_F(BudgetTest, ARoleCanNotCountForTheOtherSide) {
    Budget wrong({"campaign", store::Role::warmup, 10}, loop_.clock(), database_.get());
    EXPECT_THROW(reserve(wrong), store::StoreError);
    EXPECT_TRUE(rows().empty());
}

TEST_F(BudgetTest, NothingIsGrantedWithALimitOfZero) {
    Budget warmup = budget(0);
    EXPECT_EQ(reserve(warmup), Kind::used_up);
    EXPECT_TRUE(rows().empty());
}

TEST(BudgetWithoutStore, CountsInMemory) {
    support::ManualLoop loop;
    Budget budget({"warmup", store::Role::warmup, 2}, loop.clock(), nullptr);
    const auto reserve = [&](const char* model) {
        return base::run_to_end(loop, budget.reserve(model)).kind;
    };
    EXPECT_EQ(reserve("a"), Kind::granted);
    base::run_to_end(loop, budget.record("a", {.blocked_until = loop.clock().now() + minutes(1)}));
    EXPECT_EQ(reserve("a"), Kind::blocked);
    EXPECT_EQ(reserve("b"), Kind::granted);
    EXPECT_EQ(reserve("b"), Kind::used_up);
    EXPECT_EQ(base::run_to_end(loop, budget.used_today()), 2);
    loop.advance(hours(24));
    EXPECT_EQ(base::run_to_end(loop, budget.used_today()), 0);
    EXPECT_EQ(reserve("a"), Kind::granted);
}

TEST_F(BudgetTest, KeepsTheGapAcrossProcessesAndCountsNothingThatWaits) {
    Budget one = budget(10, "campaign", std::chrono::seconds(4));
    Budget two = budget(10, "campaign", std::chrono::seconds(4));
    EXPECT_EQ(reserve(one), Kind::granted);
    EXPECT_EQ(reserve(two, "other"), Kind::paced);
    restart();
    Budget three = budget(10, "campaign", std::chrono::seconds(4));
    const Permit later = base::run_to_end(loop_, three.reserve("m"));
    EXPECT_EQ(later.kind, Kind::paced);
    EXPECT_EQ(later.until, loop_.clock().now() + std::chrono::seconds(4));
    EXPECT_EQ(used(three), 1);
    Budget warmup = budget(10);
    EXPECT_EQ(reserve(warmup), Kind::granted);
    loop_.advance(std::chrono::seconds(4));
    EXPECT_EQ(reserve(three), Kind::granted);
    EXPECT_EQ(reserve(three), Kind::paced);
    Budget memory({"campaign", store::Role::campaign, 10, minutes(1)}, loop_.clock(), nullptr);
    EXPECT_EQ(reserve(memory), Kind::granted);
    EXPECT_EQ(reserve(memory), Kind::paced);
    loop_.advance(minutes(1));
    EXPECT_EQ(reserve(memory), Kind::granted);
}

}  // namespace
}  // namespace llm
