#include "net/late.h"

#include "tests/support/manual_loop.h"

namespace {

using net::Late;
using net::LateWait;
using std::chrono::seconds;

base::Task<> wait_for(
    std::shared_ptr<Late<int>> late, base::Clock& clock, base::MonotonicTime deadline, int& out
) {
    LateWait<int> wait(late, clock, deadline);
    const std::optional<int> got = co_await wait;
    out = got.value_or(-1);
}

class LateTest : public testing::Test {
  protected:
    void start() {
        base::start(wait_for(late, loop.clock(), loop.clock().in(seconds(5)), got), [](auto) {});
    }
    support::ManualLoop loop;
    std::shared_ptr<Late<int>> late = std::make_shared<Late<int>>();
    int got = 0;
};

TEST_F(LateTest, GivesAValueThatCameBeforeOrAfterTheWait) {
    late->give(1);
    start();
    EXPECT_EQ(got, 1);
    late = std::make_shared<Late<int>>();
    start();
    EXPECT_EQ(loop.clock().timers(), 1U);
    late->give(2);
    late->give(3);
    EXPECT_EQ(got, 2);
    EXPECT_EQ(loop.clock().timers(), 0U);
}

TEST_F(LateTest, GivesNothingAfterTheDeadline) {
    start();
    loop.advance(seconds(5));
    EXPECT_EQ(got, -1);
    late->give(2);
    EXPECT_EQ(got, -1);
}

TEST_F(LateTest, ForgetsADestroyedWaiter) {
    {
        base::Task<> task = wait_for(late, loop.clock(), loop.clock().in(seconds(5)), got);
        auto awaiter = std::move(task).operator co_await();
        awaiter.await_suspend(std::noop_coroutine()).resume();
    }
    EXPECT_EQ(loop.clock().timers(), 0U);
    late->give(2);
    EXPECT_EQ(got, 0);
}

}  // namespace
