#include "engine/scheduler.h"

namespace {

using engine::Occurrence;
using std::chrono::hours;

base::Timestamp at(int hour) { return base::Timestamp{} + hours(hour); }

}  // namespace

TEST(Scheduler, GivesEachOccurrenceOnce) {
    engine::Scheduler scheduler({{"cycle", hours(4), at(0)}});
    EXPECT_EQ(scheduler.step(at(0)), (std::vector<Occurrence>{{"cycle", at(0)}}));
    EXPECT_TRUE(scheduler.step(at(0)).empty());
    EXPECT_TRUE(scheduler.step(at(3)).empty());
    EXPECT_EQ(scheduler.next(), at(4));
    EXPECT_EQ(scheduler.step(at(4)), (std::vector<Occurrence>{{"cycle", at(4)}}));
}

TEST(Scheduler, CatchesUpOnceAndKeepsItsBeat) {
    engine::Scheduler scheduler({{"cycle", hours(4), at(0)}});
    EXPECT_EQ(scheduler.step(at(25)), (std::vector<Occurrence>{{"cycle", at(24)}}));
    EXPECT_EQ(scheduler.next(), at(28));
}

TEST(Scheduler, AClockThatJumpsBackRepeatsNothing) {
    engine::Scheduler scheduler({{"cycle", hours(4), at(0)}});
    scheduler.step(at(8));
    EXPECT_TRUE(scheduler.step(at(2)).empty());
    EXPECT_EQ(scheduler.next(), at(12));
}

TEST(Scheduler, SortsByDueTimeThenByTask) {
    engine::Scheduler scheduler(
        {{"b", hours(4), at(2)}, {"a", hours(4), at(1)}, {"c", hours(4), at(1)}}
    );
    EXPECT_EQ(
        scheduler.step(at(3)), (std::vector<Occurrence>{{"a", at(1)}, {"c", at(1)}, {"b", at(2)}})
    );
}
