#include "base/clock.h"

namespace base {
namespace {

// Lives in the sleeper's frame, so that a destroyed sleeper takes its timer along.
class Sleep {
  public:
    Sleep(Clock& clock, MonotonicTime time) : clock_(clock), time_(time) {}
    Sleep(const Sleep&) = delete;
    Sleep& operator=(const Sleep&) = delete;
    ~Sleep() { clock_.cancel(timer_); }

    bool await_ready() const { return clock_.monotonic() >= time_; }
    void await_suspend(std::coroutine_handle<> sleeper) {
        timer_ = clock_.call_at(time_, [this, sleeper] {
            timer_ = 0;
            sleeper.resume();
        });
    }
    void await_resume() const {}

  private:
    Clock& clock_;
    MonotonicTime time_;
    Clock::TimerId timer_ = 0;
};

}  // namespace

Task<> Clock::sleep_until(MonotonicTime time) {
    Sleep sleep(*this, time);
    co_await sleep;
}

}  // namespace base
