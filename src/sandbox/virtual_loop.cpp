#include "sandbox/virtual_loop.h"

namespace sandbox {

void VirtualLoop::post(std::function<void()> work) { ready_.push_back(std::move(work)); }

base::Clock::TimerId VirtualLoop::call_at(base::MonotonicTime time, std::function<void()> work) {
    const TimerId id = ++last_id_;
    if (time == base::MonotonicTime::max()) return id;  // never comes
    timers_.emplace(Key{time, id}, std::move(work));
    times_.emplace(id, time);
    return id;
}

void VirtualLoop::cancel(TimerId timer) {
    const auto found = times_.find(timer);
    if (found == times_.end()) return;
    timers_.erase(Key{found->second, timer});
    times_.erase(found);
}

bool VirtualLoop::run_until(const bool& done) {
    while (!done) {
        if (!ready_.empty()) {
            run_one();
        } else if (!timers_.empty()) {
            fire_next_timer();
        } else {
            return false;
        }
    }
    return true;
}

void VirtualLoop::advance_to(base::MonotonicTime time) {
    while (!ready_.empty() || (!timers_.empty() && timers_.begin()->first.first <= time)) {
        if (!ready_.empty()) {
            run_one();
        } else {
            fire_next_timer();
        }
    }
    monotonic_ = std::max(monotonic_, time);
}

void VirtualLoop::run_one() {
    const std::function<void()> work = std::move(ready_.front());
    ready_.pop_front();
    work();
}

void VirtualLoop::fire_next_timer() {
    auto timer = timers_.extract(timers_.begin());
    times_.erase(timer.key().second);
    monotonic_ =
        std::max(monotonic_, timer.key().first);  // a time in the past does not turn it back
    timer.mapped()();
}

}  // namespace sandbox
