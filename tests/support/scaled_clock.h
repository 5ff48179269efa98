// A clock whose wall time and sleeps run `factor` times as fast as the one below it, while its
// monotonic time stays real: a day of a campaign passes in two minutes (factor 720), a server still
// has its whole deadline to answer.
//
//   now()        since + factor × (time passed since then)
//   monotonic()  real, so spans between two looks at it, and deadlines, are real ones
//   call_at(t)   after (t − monotonic()) / factor: sleeps, and what stands on them
//
// Several processes share one virtual time by sharing `since`. The clock below outlives this one.
// Limit: who waits for a real deadline by sleeping until it is woken early, and has to look again
// (every user of base::Clock does; a timer may ring early on any clock that jumps).
#pragma once
#include "base/clock.h"

namespace support {

class ScaledClock : public base::Clock {
  public:
    ScaledClock(base::Clock& real, base::Timestamp since, std::int64_t factor)
        : real_(real), since_(since), factor_(factor) {}

    base::Timestamp now() const override;
    base::MonotonicTime monotonic() const override { return real_.monotonic(); }
    TimerId call_at(base::MonotonicTime time, std::function<void()> work) override;
    void cancel(TimerId timer) override { real_.cancel(timer); }

  private:
    base::Clock& real_;
    base::Timestamp since_;
    std::int64_t factor_;
};

}  // namespace support
