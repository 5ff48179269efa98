// A loop and its clock for unit tests: virtual time, one thread, no waiting.
//
//   support::ManualLoop loop;
//   auto got = base::run_to_end(loop, work(loop.clock()));   // time moves only when nothing is
//   ready loop.run_ready();                                        // what is ready now, time
//   stands still loop.advance(std::chrono::seconds(5));                   // and what comes due on
//   the way
//
// Work and timers that are still there at the end are destroyed with the loop, unrun.
#pragma once
#include <deque>
#include <map>

#include "base/clock.h"
#include "base/loop.h"

namespace support {

// Time starts at 2026-11-23T13:00:00Z; monotonic() at one hour, so that "now minus a bit" is fine.
class ManualClock : public base::Clock {
  public:
    base::Timestamp now() const override;
    base::MonotonicTime monotonic() const override { return time_; }
    TimerId call_at(base::MonotonicTime time, std::function<void()> work) override;
    void cancel(TimerId timer) override;

    // Moves to the next timer's time (never backwards) and runs that one timer; false without
    // timers.
    bool run_next();
    // Timers that are set and not cancelled.
    std::size_t timers() const { return queue_.size(); }
    // The next timer's time, or MonotonicTime::max().
    base::MonotonicTime next_time() const;
    // Moves the hands without running anything.
    void set_monotonic(base::MonotonicTime time) { time_ = std::max(time_, time); }

  private:
    using Key =
        std::pair<base::MonotonicTime, TimerId>;  // timers of one time run in order of setting

    base::MonotonicTime time_{std::chrono::hours(1)};
    TimerId last_ = 0;
    std::map<Key, std::function<void()>> queue_;
    std::map<TimerId, base::MonotonicTime> times_;
};

class ManualLoop : public base::Loop {
  public:
    ManualLoop() = default;
    ManualLoop(const ManualLoop&) = delete;
    ManualLoop& operator=(const ManualLoop&) = delete;
    ~ManualLoop() override;

    // On this thread only.
    void post(std::function<void()> work) override;
    bool run_until(const bool& done) override;

    ManualClock& clock() { return clock_; }
    // Runs what is ready, and what gets ready thereby, at the present time.
    void run_ready();
    // Lets `span` pass and runs everything that comes due.
    void advance(base::Duration span);

  private:
    bool run_one();

    ManualClock clock_;
    std::deque<std::function<void()>> ready_;
};

}  // namespace support
