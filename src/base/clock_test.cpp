#include "base/clock.h"

namespace {

// A clock whose hands are set by the test.
class HandClock : public base::Clock {
  public:
    base::Timestamp now() const override { return {}; }
    base::MonotonicTime monotonic() const override { return time; }
    TimerId call_at(base::MonotonicTime at, std::function<void()> work) override {
        timers.emplace(++last, std::make_pair(at, std::move(work)));
        return last;
    }
    void cancel(TimerId timer) override { timers.erase(timer); }

    void advance(base::Duration span) {
        time += span;
        for (auto it = timers.begin(); it != timers.end();) {
            if (it->second.first > time) {
                ++it;
                continue;
            }
            const std::function<void()> work = std::move(it->second.second);
            it = timers.erase(it);
            work();
        }
    }

    base::MonotonicTime time{};
    TimerId last = 0;
    std::map<TimerId, std::pair<base::MonotonicTime, std::function<void()>>> timers;
};

}  // namespace

TEST(Clock, SleepEndsWhenItsTimeComes) {
    HandClock clock;
    bool awake = false;
    base::start(clock.sleep_until(clock.in(base::Duration(10))), [&](std::exception_ptr) {
        awake = true;
    });
    clock.advance(base::Duration(9));
    EXPECT_FALSE(awake);
    clock.advance(base::Duration(1));
    EXPECT_TRUE(awake);
    EXPECT_TRUE(clock.timers.empty());
}

TEST(Clock, SleepUntilThePastNeedsNoTimer) {
    HandClock clock;
    clock.advance(base::Duration(5));
    bool awake = false;
    base::start(clock.sleep_until(base::MonotonicTime(base::Duration(5))), [&](std::exception_ptr) {
        awake = true;
    });
    EXPECT_TRUE(awake);
    EXPECT_EQ(clock.last, 0U);
}

TEST(Clock, ADestroyedSleeperTakesItsTimerAlong) {
    HandClock clock;
    {
        base::Task<> sleeper = clock.sleep_until(clock.in(base::Duration(10)));
        auto awaiter = std::move(sleeper).operator co_await();
        awaiter.await_suspend(std::noop_coroutine()).resume();
        EXPECT_EQ(clock.timers.size(), 1U);
    }
    EXPECT_TRUE(clock.timers.empty());
    clock.advance(base::Duration(20));
}
