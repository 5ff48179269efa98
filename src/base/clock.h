// Time, handed in. The real one is net/asio_loop.cpp, the virtual one sandbox/virtual_loop.cpp.
//
// A clock offers one primitive, the timer (`call_at`, `cancel`); `sleep_until` stands on it, once
// for all clocks. Timers belong to one loop: call everything but now() and monotonic() on its
// thread.
#pragma once
#include <cstdint>
#include <functional>

#include "base/task.h"
#include "base/time.h"

namespace base {

class Clock {
  public:
    // Never reused within one clock; 0 is no timer.
    using TimerId = std::uint64_t;

    virtual ~Clock() = default;
    // Wall-clock UTC; may jump.
    virtual Timestamp now() const = 0;
    // Never jumps; for deadlines and durations.
    virtual MonotonicTime monotonic() const = 0;
    // Runs `work` on the loop's thread at or after `time`, once, and never from within call_at
    // itself. Timers of one time run in the order they were set. MonotonicTime::max() never comes.
    virtual TimerId call_at(MonotonicTime time, std::function<void()> work) = 0;
    // After this the work never runs and its captures are destroyed. Nothing happens where it has
    // run (or is running), and for 0.
    virtual void cancel(TimerId timer) = 0;

    // Completes at or after `time`; at once where it has passed. The sleeping task may be
    // destroyed.
    Task<> sleep_until(MonotonicTime time);
    MonotonicTime in(Duration span) const { return monotonic() + span; }
};

}  // namespace base
