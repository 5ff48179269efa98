#include "engine/service.h"

#include "base/log.h"
#include "base/random.h"
#include "delivery/halt.h"
#include "tests/support/manual_loop.h"

namespace engine {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

// The loop's clock, whose wall time can be set.
class SettableClock : public base::Clock {
  public:
    explicit SettableClock(base::Clock& real) : real_(real) {}
    base::Timestamp now() const override { return real_.now() + ahead; }
    base::MonotonicTime monotonic() const override { return real_.monotonic(); }
    TimerId call_at(base::MonotonicTime time, std::function<void()> work) override {
        return real_.call_at(time, std::move(work));
    }
    void cancel(TimerId timer) override { real_.cancel(timer); }

    base::Duration ahead{0};

  private:
    base::Clock& real_;
};

class ServiceTest : public testing::Test {
  protected:
    ServiceTest()
        : sink_before_(base::log::set_sink([this](const base::log::Line& line) {
              log_ += line.text + "\n";
          })) {}
    ~ServiceTest() override {
        end();
        base::log::set_sink(sink_before_);
    }

    // A task that notes its runs, and takes `span_` of time or hangs.
    ServiceTask task(const std::string& name, base::Duration every, bool sends = false) {
        ServiceTask made{name, every, minutes(5), sends, {}};
        made.run = [this, name](Wanted wanted) { return work(name, std::move(wanted)); };
        return made;
    }
    // What hangs comes to its end before the loop does, else its frames would stay.
    void TearDown() override {
        hanging_.clear();
        for (auto& [name, never] : never_) never.complete({});
        end();
        loop_.advance(hours(2));
    }
    void begin(std::vector<ServiceTask> tasks) {
        ServiceHooks hooks;
        hooks.hold = [this](const std::optional<std::string>& why) {
            held_.push_back(why.value_or(""));
        };
        hooks.alive = [this] { ++alive_; };
        services_.push_back(std::make_unique<Service>(
            Service::Parts{*db_, clock_}, std::move(tasks), std::move(hooks)
        ));
        service_ = services_.back().get();
        ended_.reset();
        base::start(keep(), [](std::exception_ptr problem) {
            if (problem) std::rethrow_exception(problem);
        });
        loop_.run_ready();
    }
    // As SIGTERM does; a service that hangs is left behind.
    void end() {
        if (service_ == nullptr || ended_) return;
        service_->stop("test");
        loop_.advance(kGrace + seconds(1));
    }
    int runs(const std::string& name) const {
        return static_cast<int>(std::ranges::count(ran_, name));
    }
    template <class Job>
    auto job(Job work) {
        return base::run_to_end(loop_, db_->run(store::Role::operator_, std::move(work)));
    }
    std::vector<ServiceRun> rows() {
        return job([](store::Connection& connection) {
            return connection.select<ServiceRun>(
                "SELECT task, due, started_at, finished_at, result, words FROM service_runs "
                "ORDER BY task, due"
            );
        });
    }

    support::ManualLoop loop_;
    SettableClock clock_{loop_.clock()};
    std::unique_ptr<store::Database> db_ = store::open_database(
        {.url = "sqlite::memory:", .inline_jobs = true, .create = true}, loop_
    );
    std::vector<std::string> ran_;
    std::vector<std::string> held_;
    std::set<std::string> hanging_;
    std::set<std::string> failing_;
    std::set<std::string> throwing_;
    std::set<std::string> by_pieces_;  // a second each, as long as they are wanted
    int pieces_ = 0;
    std::map<std::string, base::Duration> takes_;
    int alive_ = 0;
    std::string log_;
    // Earlier ones stay: in a process of its own nothing goes on after the end, here it may.
    std::vector<std::unique_ptr<Service>> services_;
    Service* service_ = nullptr;
    std::optional<ServiceEnd> ended_;

  private:
    base::Task<> keep() { ended_ = co_await service_->run(); }
    base::Task<base::Result<std::string>> work(std::string name, Wanted wanted) {
        ran_.push_back(name);
        while (wanted() && by_pieces_.contains(name)) {
            const base::MonotonicTime until = loop_.clock().in(seconds(1));
            co_await loop_.clock().sleep_until(until);
            ++pieces_;
        }
        if (hanging_.contains(name)) co_await never_[name];
        if (takes_.contains(name)) {
            const base::MonotonicTime until = loop_.clock().in(takes_[name]);
            co_await loop_.clock().sleep_until(until);
        }
        if (throwing_.contains(name)) throw std::runtime_error("it broke at ann@example.com");
        if (failing_.contains(name))
            co_return base::fail(base::ErrorCode::unavailable, "test", "not now");
        co_return "ran " + name;
    }

    base::log::Sink sink_before_;
    std::map<std::string, base::Completion<base::Unit>> never_;  // each has one that waits
};

TEST_F(ServiceTest, RunsEachTaskAtItsBeat) {
    begin({task("often", minutes(1)), task("seldom", hours(1))});
    EXPECT_EQ(ran_, (std::vector<std::string>{"often", "seldom"}));
    loop_.advance(hours(2));
    EXPECT_EQ(runs("often"), 121);
    EXPECT_EQ(runs("seldom"), 3);
    const std::vector<ServiceRun> kept = rows();
    EXPECT_EQ(std::ranges::count(kept, "often", &ServiceRun::task), 101);
    for (const ServiceRun& run : kept) {
        EXPECT_EQ(run.result, "done");
        EXPECT_EQ(run.words, "ran " + run.task);
    }
}

TEST_F(ServiceTest, OneThatHangsDelaysNoOtherAndIsNotStartedTwice) {
    hanging_ = {"stuck"};
    begin({task("stuck", minutes(1)), task("fine", minutes(1))});
    loop_.advance(hours(1));
    EXPECT_EQ(runs("stuck"), 1);
    EXPECT_EQ(runs("fine"), 61);
    EXPECT_NE(log_.find("stuck has not ended at its deadline"), std::string::npos) << log_;
    EXPECT_FALSE(service_->healthy());
    const int alive = alive_;
    loop_.advance(hours(1));
    EXPECT_EQ(alive_, alive);
}

TEST_F(ServiceTest, AFailureIsNotedWithoutAddressesAndTheNextRunComes) {
    throwing_ = {"a"};
    begin({task("a", minutes(10)), task("b", minutes(10))});
    throwing_.clear();
    loop_.advance(minutes(10));
    const std::vector<ServiceRun> all = rows();
    ASSERT_EQ(all.size(), 4U);
    EXPECT_EQ(all[0].result, "failed");
    EXPECT_EQ(all[0].words, "it broke at [address]");
    EXPECT_EQ(all[1].result, "done");
    EXPECT_EQ(all[2].result, "done");
}

TEST_F(ServiceTest, ATaskThatKeepsFailingRestsAndIsTriedAgain) {
    failing_ = {"a"};
    begin({task("a", minutes(1)), task("b", minutes(1))});
    loop_.advance(hours(24));
    EXPECT_EQ(runs("b"), 24 * 60 + 1);
    EXPECT_GT(runs("a"), 24);
    EXPECT_LT(runs("a"), 40);
    EXPECT_NE(log_.find("times in a row, and rests for 60 min"), std::string::npos);
    failing_.clear();
    loop_.advance(hours(2));
    EXPECT_NE(log_.find("a works again"), std::string::npos);
    const int before = runs("a");
    loop_.advance(minutes(10));
    EXPECT_EQ(runs("a"), before + 10);
}

TEST(RestAfter, GrowsFromTheBeatToAnHour) {
    EXPECT_EQ(rest_after(1, seconds(10)), seconds(0));
    EXPECT_EQ(rest_after(kFailuresFree, seconds(10)), seconds(0));
    EXPECT_EQ(rest_after(kFailuresFree + 1, seconds(10)), minutes(1));
    EXPECT_EQ(rest_after(kFailuresFree + 2, minutes(5)), minutes(10));
    EXPECT_EQ(rest_after(1000, minutes(5)), hours(1));
    EXPECT_EQ(rest_after(kFailuresFree + 1, hours(24)), hours(1));
}

TEST_F(ServiceTest, ALongRunIsFollowedByOneThatWasMissedNotByAll) {
    takes_["a"] = minutes(35);
    begin({task("a", minutes(10))});
    loop_.advance(minutes(34));
    EXPECT_EQ(runs("a"), 1);
    loop_.advance(minutes(2));
    EXPECT_EQ(runs("a"), 2);
    EXPECT_EQ(rows()[1].due - rows()[0].due, minutes(30));
}

TEST_F(ServiceTest, ARestartNeitherRepeatsNorForgets) {
    begin({task("cycle", hours(4))});
    loop_.advance(hours(5));
    EXPECT_EQ(runs("cycle"), 2);
    end();
    begin({task("cycle", hours(4))});  // soon after: nothing is due
    EXPECT_EQ(runs("cycle"), 2);
    end();
    loop_.advance(hours(30));  // down for more than a day: made up for once
    begin({task("cycle", hours(4))});
    EXPECT_EQ(runs("cycle"), 3);
    loop_.advance(minutes(1));
    EXPECT_EQ(runs("cycle"), 3);
    loop_.advance(hours(4));
    EXPECT_EQ(runs("cycle"), 4);
    for (const ServiceRun& run : rows())  // it keeps its beat
        EXPECT_EQ((run.due - rows()[0].due) % base::Duration(hours(4)), base::Duration(0));
}

// Whatever the moments of the restarts: no occurrence twice, none missed while it was up.
TEST_F(ServiceTest, RestartsAtRandomLoseNothing) {
    base::SeededRandom random(20'261'124);
    base::Duration up{0};
    int restarts = 0;
    takes_["cycle"] = seconds(20);
    while (up < hours(24 * 14)) {
        begin({task("cycle", hours(4))});
        const base::Duration span = random.between(seconds(1), hours(20));
        loop_.advance(span);
        up += span;
        end();
        loop_.advance(random.between(base::Duration(0), hours(3)));
        ++restarts;
    }
    const std::vector<ServiceRun> all = rows();
    EXPECT_EQ(all.size(), ran_.size());
    for (std::size_t i = 1; i < all.size(); ++i) {
        EXPECT_EQ((all[i].due - all[0].due) % base::Duration(hours(4)), base::Duration(0));
        // Down for 3 h and the grace at most, so never more than one beat is left out.
        EXPECT_LE(all[i].due - all[i - 1].due, hours(8));
    }
    EXPECT_GT(restarts, 15);
    EXPECT_GT(all.size(), 60U);
}

TEST_F(ServiceTest, WhatACrashLeftOpenIsInterrupted) {
    hanging_ = {"cycle"};
    begin({task("cycle", hours(4))});
    end();
    ASSERT_TRUE(ended_);
    EXPECT_EQ(ended_->unfinished, std::vector<std::string>{"cycle"});
    EXPECT_EQ(rows()[0].result, "");
    hanging_.clear();
    begin({task("cycle", hours(4))});
    EXPECT_EQ(rows()[0].result, "interrupted");
    EXPECT_EQ(runs("cycle"), 1);
}

TEST_F(ServiceTest, AClockThatWasFarAheadDoesNotKeepATaskAsleep) {
    const base::Timestamp far = loop_.clock().now() + hours(24 * 365);
    job([far](store::Connection& connection) { return begin_run(connection, "cycle", far, far); });
    begin({task("cycle", hours(4))});
    EXPECT_EQ(runs("cycle"), 0);
    loop_.advance(hours(4) + minutes(1));
    EXPECT_EQ(runs("cycle"), 1);
}

TEST_F(ServiceTest, AnOccurrenceThatAnotherHasBegunIsLeftToIt) {
    const base::Timestamp now = loop_.clock().now();
    begin({});
    end();
    const base::Timestamp due = now + hours(1);
    begin({task("a", hours(1))});
    EXPECT_EQ(runs("a"), 1);
    const base::Timestamp next = rows()[0].due + hours(1);
    job([next](store::Connection& connection) { return begin_run(connection, "a", next, next); });
    loop_.advance(hours(1) + seconds(5));
    EXPECT_EQ(runs("a"), 1);
    loop_.advance(hours(1));
    EXPECT_EQ(runs("a"), 2);
    EXPECT_LE(due, next);
}

TEST_F(ServiceTest, StopAllHoldsWithinFiveSecondsAndOverRestarts) {
    begin({task("send", minutes(1), true), task("watch", minutes(1))});
    loop_.advance(minutes(5));
    const base::Timestamp now = loop_.clock().now();
    job([now](store::Connection& connection) { return delivery::halt(connection, "x", now); });
    loop_.advance(seconds(5));
    ASSERT_EQ(held_.size(), 1U);
    EXPECT_NE(held_[0].find("all sending was stopped"), std::string::npos);
    const int sent = runs("send");
    loop_.advance(hours(1));
    EXPECT_EQ(runs("send"), sent);
    EXPECT_GT(runs("watch"), 60);
    end();
    begin({task("send", minutes(1), true), task("watch", minutes(1))});
    loop_.advance(hours(1));
    EXPECT_EQ(runs("send"), sent);
    job([now](store::Connection& connection) { return delivery::resume(connection, now); });
    loop_.advance(seconds(5));
    EXPECT_EQ(runs("send"), sent + 1);
    EXPECT_EQ(held_.back(), "");
}

TEST_F(ServiceTest, StopsWhenWhatIsUnderWayHasEnded) {
    takes_["a"] = seconds(10);
    begin({task("a", hours(1)), task("b", hours(1))});
    loop_.advance(seconds(1));
    service_->stop("SIGTERM");
    service_->stop("SIGINT");
    loop_.run_ready();
    EXPECT_FALSE(ended_);
    EXPECT_EQ(held_, std::vector<std::string>{"the service stops"});
    loop_.advance(seconds(9));
    ASSERT_TRUE(ended_);
    EXPECT_EQ(ended_->why, "SIGTERM");
    EXPECT_TRUE(ended_->stuck.empty());
    EXPECT_EQ(rows()[0].result, "done");
}

TEST_F(ServiceTest, StopsWithinTheGraceWhateverHangs) {
    hanging_ = {"a"};
    begin({task("a", hours(1)), task("b", hours(1))});
    loop_.advance(minutes(5));
    hanging_ = {"b"};
    loop_.advance(minutes(56));
    service_->stop("SIGTERM");
    loop_.advance(seconds(30));
    ASSERT_TRUE(ended_);
    EXPECT_EQ(ended_->stuck, std::vector<std::string>{"a"});
    EXPECT_EQ(ended_->unfinished, std::vector<std::string>{"b"}) << "it had four minutes left";
}

TEST_F(ServiceTest, LongWorkByPiecesEndsWithTheServiceAndAtItsDeadline) {
    by_pieces_ = {"a"};
    begin({task("a", hours(1))});
    loop_.advance(minutes(30));
    EXPECT_EQ(pieces_, 5 * 60);
    EXPECT_EQ(rows()[0].result, "done");
    EXPECT_EQ(log_.find("deadline"), std::string::npos) << log_;
    loop_.advance(minutes(31));
    service_->stop("SIGTERM");
    loop_.advance(seconds(1));
    ASSERT_TRUE(ended_) << "a piece is a second";
    EXPECT_TRUE(ended_->stuck.empty());
    EXPECT_TRUE(ended_->unfinished.empty());
    EXPECT_EQ(rows()[1].result, "done");
}

TEST_F(ServiceTest, AClockThatIsSetBackProlongsNoRest) {
    failing_ = {"a"};
    begin({task("a", minutes(1))});
    // The fifth failure, and two minutes of rest; it is due again within them.
    loop_.advance(minutes(5) + seconds(30));
    const int before = runs("a");
    EXPECT_EQ(before, 5);
    failing_.clear();
    clock_.ahead -= hours(2);
    loop_.advance(minutes(5));
    EXPECT_GT(runs("a"), before);
}

TEST_F(ServiceTest, SaysTheSameOnceInTheLog) {
    const base::log::Level before = base::log::level();
    base::log::set_level(base::log::Level::info);
    begin({task("a", seconds(15))});
    loop_.advance(minutes(5));
    base::log::set_level(before);
    EXPECT_EQ(runs("a"), 21);
    EXPECT_EQ(log_, "a: ran a\n");
}

TEST_F(ServiceTest, SaysThatItIsWellAtEachTick) {
    begin({task("a", hours(1))});
    loop_.advance(minutes(1));
    EXPECT_GE(alive_, 30);
}

}  // namespace
}  // namespace engine
