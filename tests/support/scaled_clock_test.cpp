#include "tests/support/scaled_clock.h"

#include "tests/support/manual_loop.h"

namespace support {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

using Timers = ScaledClock::Timers;

constexpr std::int64_t kFactor = 720;

TEST(ScaledClock, ADayPassesInTwoMinutesAndDeadlinesStayReal) {
    ManualLoop loop;
    const base::Timestamp begin = loop.clock().now();
    ScaledClock clock(loop.clock(), begin, kFactor, Timers::scaled);
    EXPECT_EQ(clock.now().micros, begin.micros);
    const base::MonotonicTime deadline = clock.in(seconds(45));
    loop.advance(minutes(2));
    EXPECT_EQ(clock.now() - begin, base::Duration(hours(24)));
    EXPECT_EQ(clock.monotonic() - deadline, base::Duration(seconds(75)));
}

TEST(ScaledClock, SleepsEndAFactorEarlier) {
    ManualLoop loop;
    ScaledClock clock(loop.clock(), loop.clock().now(), kFactor, Timers::scaled);
    bool over = false;
    base::start(clock.sleep_until(clock.in(hours(1))), [&](std::exception_ptr) { over = true; });
    loop.advance(seconds(4));
    EXPECT_FALSE(over);
    loop.advance(seconds(1));
    EXPECT_TRUE(over);
}

TEST(ScaledClock, TheNetworksTimersRingInRealTime) {
    ManualLoop loop;
    ScaledClock clock(loop.clock(), loop.clock().now(), kFactor, Timers::real);
    bool rung = false;
    clock.call_at(clock.in(seconds(10)), [&] { rung = true; });
    loop.advance(seconds(9));
    EXPECT_FALSE(rung);
    loop.advance(seconds(1));
    EXPECT_TRUE(rung);
}

TEST(ScaledClock, ATimerThatIsCancelledNeverRings) {
    ManualLoop loop;
    ScaledClock clock(loop.clock(), loop.clock().now(), kFactor, Timers::scaled);
    int rung = 0;
    const auto never = clock.call_at(clock.in(minutes(1)), [&] { ++rung; });
    clock.call_at(clock.in(minutes(1)), [&] { ++rung; });
    clock.cancel(never);
    loop.advance(minutes(1));
    EXPECT_EQ(rung, 1);
}

TEST(ScaledClock, ProcessesThatShareTheirBeginningShareTheirTime) {
    ManualLoop loop;
    const base::Timestamp since = loop.clock().now() - hours(1);
    ScaledClock one(loop.clock(), since, kFactor, Timers::scaled);
    loop.advance(seconds(7));
    ScaledClock later(loop.clock(), since, kFactor, Timers::real);
    EXPECT_EQ(one.now().micros, later.now().micros);
    EXPECT_EQ(later.now() - since, base::Duration(hours(720)) + seconds(7 * kFactor));
}

}  // namespace
}  // namespace support
