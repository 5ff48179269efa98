// The owner's brake (`stop --all`) and the service's end: nothing leaves, nobody is to blame, and
// afterwards everything goes on as if nothing had been.
#include "delivery/halt.h"

#include "tests/warmup/warmup_world.h"

namespace {

using std::chrono::seconds;

void pull(tests::WarmupWorld& world) {
    world.as(store::Role::operator_, [&](store::Connection& connection) {
        return delivery::halt(connection, "test", world.loop.now());
    });
}
void let_go(tests::WarmupWorld& world) {
    world.as(store::Role::operator_, [&](store::Connection& connection) {
        return delivery::resume(connection, world.loop.now());
    });
}

TEST(HaltedWarmup, SendsNothingAndSaysWhy) {
    tests::WarmupWorld world({.senders = 3, .gmail = 1, .outlook = 1});
    pull(world);
    const warmup::CycleResult result = world.cycle();
    EXPECT_EQ(result.sent, 0);
    EXPECT_EQ(result.cycle, 0);
    EXPECT_NE(result.note.find("pilotlight resume --all"), std::string::npos) << result.note;
    EXPECT_TRUE(world.world.delivered().empty());
    let_go(world);
    EXPECT_EQ(world.cycle().sent, 3);
}

// Pulls the brake right before the n-th job.
class BrakingStore : public store::Database {
  public:
    BrakingStore(tests::WarmupWorld& world, long at) : world_(world), at_(at) {}
    std::string_view engine() const override { return world_.db->engine(); }
    long jobs() const { return jobs_; }

  protected:
    void submit(Work work) override {
        if (++jobs_ == at_) pull(world_);
        base::start(hand_on(*world_.db, std::move(work)), [](std::exception_ptr problem) {
            if (problem) std::rethrow_exception(problem);
        });
    }

  private:
    static base::Task<> hand_on(store::Database& inner, Work work) {
        std::function<void(store::Connection&)> job = std::move(work.job);
        if (work.read_only)
            co_await inner.read(work.role, std::move(job));
        else
            co_await inner.run(work.role, std::move(job), work.urgency);
        work.on_end(nullptr);
    }

    tests::WarmupWorld& world_;
    long at_;
    long jobs_ = 0;
};

// How many openings left though the brake was pulled before job `at`; the number of jobs.
std::pair<int, long> cycle_with_brake(long at) {
    tests::WarmupWorld world({.senders = 2, .gmail = 1, .outlook = 0});
    world.settings.sends_per_cycle = 2;
    BrakingStore braking(world, at);
    warmup::Context context = {
        braking,
        world.connector,
        world.model,
        world.loop,
        world.random,
        world.vault,
        world.mint,
        world.settings
    };
    warmup::Warmup warmup(context);
    const auto result = world.run(warmup.run_bidirectional_warmup_cycle(seconds(1)));
    EXPECT_TRUE(result.failures.empty()) << at;
    EXPECT_EQ(result.mailboxes_failed, 0);
    int left = 0;
    for (const tests::EmailRow& row : world.emails()) {
        left += row.status == "accepted" ? 1 : 0;
        if (row.status == "accepted") continue;
        EXPECT_EQ(row.status, "prepared") << at;
        EXPECT_EQ(row.attempts, 0);
        EXPECT_EQ(row.error_message, std::nullopt);
    }
    EXPECT_EQ(world.broken_promise(), "");
    let_go(world);
    world.cycle();
    for (const tests::EmailRow& row : world.emails()) EXPECT_EQ(row.status, "accepted") << at;
    return {left, braking.jobs()};
}

TEST(HaltedWarmup, ABrakeAtAnyMomentHoldsBackWhatHasNotLeft) {
    const auto [all, jobs] = cycle_with_brake(0);
    EXPECT_GE(all, 4);
    std::set<int> numbers;
    for (long at = 1; at <= jobs; ++at) numbers.insert(cycle_with_brake(at).first);
    // From nothing at all to everything, and what lies between.
    EXPECT_TRUE(numbers.contains(0));
    EXPECT_TRUE(numbers.contains(all));
    EXPECT_GE(numbers.size(), 4U);
}

TEST(HeldWarmup, ACycleEndsSoonAfterTheServiceIsToldToStop) {
    tests::WarmupWorld world({.senders = 3, .gmail = 1, .outlook = 1});
    const base::MonotonicTime start = world.loop.monotonic();
    world.loop.call_at(world.loop.in(seconds(2)), [&] {
        world.connector.hold_sending("the service stops");
    });
    const warmup::CycleResult result = world.cycle();
    EXPECT_LT(world.loop.monotonic() - start, seconds(25));
    EXPECT_TRUE(result.failures.empty());
    for (const tests::EmailRow& row : world.emails())
        EXPECT_TRUE(row.status == "accepted" || row.status == "prepared") << row.status;
}

}  // namespace
