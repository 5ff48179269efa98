// A clock whose wall time runs `factor` times as fast as the one below it, while its monotonic time
// stays real: a day of a campaign passes in two minutes (factor 720), a server still has its whole
// deadline to answer.
//
//   now()        since + factor × (time passed since then)
//   monotonic()  real, so spans between two looks at it, and deadlines, are real ones
//   call_at(t)   Timers::scaled: after (t − monotonic()) / factor, for what sleeps until its
//                work is due; Timers::real: at t, for the network, whose timers are deadlines
//
// Several processes share one virtual time by sharing `since`. The clock below outlives this one.
#pragma once
#include "base/clock.h"

namespace support {

class ScaledClock : public base::Clock {
  public:
    enum class Timers { scaled, real };

    ScaledClock(base::Clock& real, base::Timestamp since, std::int64_t factor, Timers timers)
        : real_(real), since_(since), factor_(factor), timers_(timers) {}

    base::Timestamp now() const override;
    base::MonotonicTime monotonic() const override { return real_.monotonic(); }
    TimerId call_at(base::MonotonicTime time, std::function<void()> work) override;
    void cancel(TimerId timer) override { real_.cancel(timer); }

  private:
    base::Clock& real_;
    base::Timestamp since_;
    std::int64_t factor_;
    Timers timers_;
};

}  // namespace support
