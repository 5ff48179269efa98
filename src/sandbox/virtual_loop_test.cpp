#include "sandbox/virtual_loop.h"

namespace sandbox {
namespace {

using namespace std::chrono_literals;

constexpr base::Timestamp kStart{1'700'000'000'000'000};

TEST(VirtualLoop, RunsPostedWorkInOrderAndLeavesTheClockAlone) {
    VirtualLoop loop(kStart);
    std::vector<int> order;
    bool done = false;
    loop.post([&] {
        order.push_back(1);
        loop.post([&] {
            order.push_back(3);
            done = true;
        });
    });
    loop.post([&] { order.push_back(2); });
    EXPECT_TRUE(loop.run_until(done));
    EXPECT_EQ(order, (std::vector{1, 2, 3}));
    EXPECT_EQ(loop.now(), kStart);
}

TEST(VirtualLoop, FiresTimersByTimeAndThenBySequence) {
    VirtualLoop loop(kStart);
    std::vector<int> order;
    bool done = false;
    loop.call_at(loop.in(2h), [&] {
        order.push_back(4);
        done = true;
    });
    loop.call_at(loop.in(1h), [&] { order.push_back(2); });
    loop.call_at(loop.in(1h), [&] { order.push_back(3); });
    loop.call_at(loop.in(-1h), [&] { order.push_back(1); });
    EXPECT_TRUE(loop.run_until(done));
    EXPECT_EQ(order, (std::vector{1, 2, 3, 4}));
    EXPECT_EQ(loop.now(), kStart + 2h);
    EXPECT_EQ(loop.monotonic().time_since_epoch(), 2h);
}

TEST(VirtualLoop, LetsWorkThatATimerPostedRunBeforeTimeMoves) {
    VirtualLoop loop(kStart);
    bool done = false;
    base::Timestamp seen;
    loop.call_at(loop.in(1s), [&] { loop.post([&] { seen = loop.now(); }); });
    loop.call_at(loop.in(2s), [&] { done = true; });
    EXPECT_TRUE(loop.run_until(done));
    EXPECT_EQ(seen, kStart + 1s);
}

TEST(VirtualLoop, AnswersFalseWhereNothingCanEverHappen) {
    VirtualLoop loop(kStart);
    const bool done = false;
    EXPECT_FALSE(loop.run_until(done));
    loop.call_at(base::MonotonicTime::max(), [] { FAIL() << "never comes"; });
    EXPECT_FALSE(loop.run_until(done));
    EXPECT_EQ(loop.now(), kStart);
}

TEST(VirtualLoop, ForgetsACancelledTimerAndItsCaptures) {
    VirtualLoop loop(kStart);
    auto held = std::make_shared<int>(1);
    const auto timer = loop.call_at(loop.in(1s), [held] { FAIL() << "was cancelled"; });
    loop.cancel(timer);
    EXPECT_EQ(held.use_count(), 1);
    loop.cancel(timer);
    loop.cancel(0);
    const bool done = false;
    EXPECT_FALSE(loop.run_until(done));
}

TEST(VirtualLoop, SleepsWithoutWaiting) {
    VirtualLoop loop(kStart);
    auto sleep = [](base::Clock& clock) -> base::Task<base::Timestamp> {
        const base::MonotonicTime end = clock.in(24h * 7);
        co_await clock.sleep_until(end);
        co_return clock.now();
    };
    EXPECT_EQ(base::run_to_end(loop, sleep(loop)), kStart + 24h * 7);
}

TEST(VirtualLoop, AdvancesExactlyToATime) {
    VirtualLoop loop(kStart);
    int fired = 0;
    loop.call_at(loop.in(1h), [&] { ++fired; });
    loop.call_at(loop.in(3h), [&] { ++fired; });
    loop.advance(2h);
    EXPECT_EQ(fired, 1);
    EXPECT_EQ(loop.now(), kStart + 2h);
    loop.advance(1h);
    EXPECT_EQ(fired, 2);
}

TEST(VirtualLoop, GoesOnAfterAnExceptionOfAPieceOfWork) {
    VirtualLoop loop(kStart);
    bool done = false;
    loop.post([] { throw std::runtime_error("broken"); });
    loop.post([&] { done = true; });
    EXPECT_THROW(loop.run_until(done), std::runtime_error);
    EXPECT_TRUE(loop.run_until(done));
}

}  // namespace
}  // namespace sandbox
