// The event loop and clock of the sandbox: time moves only when nothing is ready.
//
//   VirtualLoop loop(start);
//   base::run_to_end(loop, story(loop));   // a week passes in the time its work takes
//
// Posted work runs in the order it was posted. Timers run in the order (time, sequence); when no
// work is left, time jumps to the earliest one. The wall clock starts at `start` and the monotonic
// one at zero; both move together. One thread only: nothing here may be called from another.
//
// Errors: run_until() answers false where neither work nor timers are left and `done` is still
// false. An exception of a piece of work leaves run_until(); the loop can go on afterwards.
#pragma once
#include <deque>
#include <map>

#include "base/clock.h"
#include "base/loop.h"

namespace sandbox {

class VirtualLoop final : public base::Loop, public base::Clock {
  public:
    explicit VirtualLoop(base::Timestamp start) : start_(start) {}
    VirtualLoop(const VirtualLoop&) = delete;
    VirtualLoop& operator=(const VirtualLoop&) = delete;

    void post(std::function<void()> work) override;
    bool run_until(const bool& done) override;

    base::Timestamp now() const override { return start_ + monotonic_.time_since_epoch(); }
    base::MonotonicTime monotonic() const override { return monotonic_; }
    TimerId call_at(base::MonotonicTime time, std::function<void()> work) override;
    void cancel(TimerId timer) override;

    // Runs everything up to `time`, then lets the clock stand there.
    void advance_to(base::MonotonicTime time);
    void advance(base::Duration span) { advance_to(monotonic_ + span); }

  private:
    using Key = std::pair<base::MonotonicTime, std::uint64_t>;

    void run_one();
    void fire_next_timer();

    base::Timestamp start_;
    base::MonotonicTime monotonic_{};
    std::deque<std::function<void()>> ready_;
    std::map<Key, std::function<void()>> timers_;
    std::map<TimerId, base::MonotonicTime> times_;  // to find a timer by its id
    std::uint64_t last_id_ = 0;
};

}  // namespace sandbox
