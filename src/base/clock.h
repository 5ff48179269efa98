// Time, handed in. The real one is net/asio_loop.cpp, the virtual one sandbox/virtual_loop.cpp.
#pragma once
#include "base/task.h"
#include "base/time.h"

namespace base {

class Clock {
  public:
    virtual ~Clock() = default;
    // Wall-clock UTC; may jump.
    virtual Timestamp now() const = 0;
    // Never jumps; for deadlines and durations.
    virtual MonotonicTime monotonic() const = 0;
    // Completes at or after `time`; at once where it has passed.
    virtual Task<> sleep_until(MonotonicTime time) = 0;

    MonotonicTime in(Duration span) const { return monotonic() + span; }
};

}  // namespace base
