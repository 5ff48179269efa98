#include "tests/support/scaled_clock.h"

namespace support {

base::Timestamp ScaledClock::now() const { return since_ + (real_.now() - since_) * factor_; }

base::Clock::TimerId ScaledClock::call_at(base::MonotonicTime time, std::function<void()> work) {
    if (timers_ == Timers::real || time == base::MonotonicTime::max())
        return real_.call_at(time, std::move(work));
    const base::MonotonicTime from = real_.monotonic();
    // Rounded up: a sleep that ended before its time would be begun anew for ever.
    const base::Duration span = std::max(time - from, base::Duration(0));
    const base::Duration shorter((span.count() + factor_ - 1) / factor_);
    return real_.call_at(from + shorter, std::move(work));
}

}  // namespace support
