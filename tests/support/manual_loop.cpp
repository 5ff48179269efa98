#include "tests/support/manual_loop.h"

namespace support {
namespace {

constexpr base::Timestamp kStart{1'795'438'800'000'000};  // 2026-11-23T13:00:00Z
constexpr base::MonotonicTime kMonotonicStart{std::chrono::hours(1)};

}  // namespace

base::Timestamp ManualClock::now() const { return kStart + (time_ - kMonotonicStart); }

base::Clock::TimerId ManualClock::call_at(base::MonotonicTime time, std::function<void()> work) {
    const TimerId timer = ++last_;
    if (time == base::MonotonicTime::max()) return timer;  // never comes
    queue_.emplace(Key(time, timer), std::move(work));
    times_.emplace(timer, time);
    return timer;
}

void ManualClock::cancel(TimerId timer) {
    const auto found = times_.find(timer);
    if (found == times_.end()) return;
    const Key key(found->second, timer);
    times_.erase(found);
    // Taken out first: destroying the work may set or cancel other timers.
    const auto node = queue_.extract(key);
}

bool ManualClock::run_next() {
    if (queue_.empty()) return false;
    const auto node = queue_.extract(queue_.begin());
    times_.erase(node.key().second);
    set_monotonic(node.key().first);
    node.mapped()();
    return true;
}

base::MonotonicTime ManualClock::next_time() const {
    return queue_.empty() ? base::MonotonicTime::max() : queue_.begin()->first.first;
}

ManualLoop::~ManualLoop() {
    // Destroying one piece of work may post another.
    while (!ready_.empty()) {
        const std::function<void()> dropped = std::move(ready_.front());
        ready_.pop_front();
    }
}

void ManualLoop::post(std::function<void()> work) { ready_.push_back(std::move(work)); }

bool ManualLoop::run_one() {
    if (ready_.empty()) return false;
    const std::function<void()> work = std::move(ready_.front());
    ready_.pop_front();
    work();
    return true;
}

bool ManualLoop::run_until(const bool& done) {
    while (!done)
        if (!run_one() && !clock_.run_next()) return false;
    return true;
}

void ManualLoop::run_ready() {
    for (;;) {
        if (run_one()) continue;
        if (clock_.next_time() > clock_.monotonic()) return;
        clock_.run_next();
    }
}

void ManualLoop::advance(base::Duration span) {
    const base::MonotonicTime end = clock_.in(span);
    run_ready();
    while (clock_.next_time() <= end) {
        clock_.run_next();
        run_ready();
    }
    clock_.set_monotonic(end);
}

}  // namespace support
