#include "mailbox/session_places.h"

#include "tests/support/manual_loop.h"

namespace {

using namespace std::chrono_literals;
using mailbox::SessionPlaces;

class PlacesTest : public testing::Test {
  protected:
    static constexpr SessionPlaces::Key kKey{7, mailbox::Protocol::imap};

    // Waits for its turn, writes its name or "late", and keeps what it takes in `kept_`.
    base::Task<> take(std::string name, base::Duration patience) {
        const base::MonotonicTime deadline = loop_.clock().in(patience);
        const bool woken = co_await places_.wait(kKey, SessionPlaces::WaitAt::end, deadline);
        order_ += woken ? name : "(" + name + ")";
        if (woken) kept_.push_back(places_.take(kKey));
    }
    void start(std::string name, base::Duration patience) {
        base::start(take(std::move(name), patience), [](std::exception_ptr) {});
    }

    support::ManualLoop loop_;
    SessionPlaces places_{loop_.clock()};
    std::vector<SessionPlaces::Place> kept_;
    std::string order_;
};

}  // namespace

TEST_F(PlacesTest, CountUntilTheyAreDestroyed) {
    EXPECT_EQ(places_.held(kKey), 0);
    {
        SessionPlaces::Place first = places_.take(kKey);
        SessionPlaces::Place second = places_.take(kKey);
        EXPECT_EQ(places_.held(kKey), 2);
        EXPECT_EQ(places_.held({7, mailbox::Protocol::smtp}), 0);
        const SessionPlaces::Place moved = std::move(first);
        EXPECT_EQ(places_.held(kKey), 2);
        second = {};
        EXPECT_EQ(places_.held(kKey), 1);
    }
    EXPECT_EQ(places_.held(kKey), 0);
}

TEST_F(PlacesTest, AreGivenOnInOrderOneForOne) {
    kept_.push_back(places_.take(kKey));
    for (const char* name : {"a", "b", "c"}) start(name, 1h);
    EXPECT_TRUE(places_.crowded(kKey));
    for (const char* so_far : {"a", "ab", "abc"}) {
        kept_.erase(kept_.begin());
        EXPECT_NE(order_, so_far);  // not from within the destructor
        loop_.run_ready();
        loop_.advance(0s);
        EXPECT_EQ(order_, so_far);
        EXPECT_EQ(places_.held(kKey), 1);
    }
    EXPECT_FALSE(places_.crowded(kKey));
}

TEST_F(PlacesTest, WaitersGoAtTheirDeadlineAndTheQueueMovesOn) {
    kept_.push_back(places_.take(kKey));
    start("a", 1min);
    start("b", 1h);
    loop_.advance(2min);
    EXPECT_EQ(order_, "(a)");
    kept_.clear();
    loop_.advance(0s);
    EXPECT_EQ(order_, "(a)b");
}

TEST_F(PlacesTest, AWaiterThatIsDestroyedLosesNobodysTurn) {
    kept_.push_back(places_.take(kKey));
    auto doomed = std::make_unique<base::Task<bool>>(
        places_.wait(kKey, SessionPlaces::WaitAt::end, loop_.clock().in(1h))
    );
    // Started by hand, so that it can be destroyed while it waits.
    auto awaiter = std::move(*doomed).operator co_await();
    awaiter.handle.resume();
    start("b", 1h);
    kept_.clear();   // wakes the first …
    doomed.reset();  // … which is gone before its turn comes
    loop_.advance(0s);
    EXPECT_EQ(order_, "b");
}

TEST_F(PlacesTest, APlaceMayOutliveTheCount) {
    auto places = std::make_unique<SessionPlaces>(loop_.clock());
    SessionPlaces::Place place = places->take(kKey);
    places.reset();
    place = {};
    loop_.advance(0s);
}
