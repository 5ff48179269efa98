// Late<T>: a value that something outside the coroutine gives later, awaited with a deadline.
//
//   auto late = std::make_shared<Late<int>>();
//   elsewhere([late] { late->give(42); });              // on the loop's thread
//   LateWait<int> wait(late, clock, deadline);
//   const std::optional<int> value = co_await wait;     // nothing: the deadline came first
//
// Life cycle: giver and waiter share it and either may go first. A waiter that is destroyed is
// forgotten, and a value nobody waits for is dropped. One waiter, one value; later ones are
// ignored.
#pragma once
#include <memory>

#include "base/clock.h"

namespace net {

template <class T>
class LateWait;

template <class T>
class Late {
  public:
    void give(T value) {
        if (given_) return;
        given_ = true;
        value_.emplace(std::move(value));
        if (waiting_) std::exchange(waiting_, {}).resume();
    }

  private:
    friend class LateWait<T>;
    bool given_ = false;
    std::optional<T> value_;
    std::coroutine_handle<> waiting_;
};

template <class T>
class LateWait {
  public:
    LateWait(std::shared_ptr<Late<T>> late, base::Clock& clock, base::MonotonicTime deadline)
        : late_(std::move(late)), clock_(&clock), deadline_(deadline) {}
    // Without a deadline, where the giver has one of its own.
    explicit LateWait(std::shared_ptr<Late<T>> late) : late_(std::move(late)) {}
    LateWait(const LateWait&) = delete;
    LateWait& operator=(const LateWait&) = delete;
    ~LateWait() {
        late_->waiting_ = {};
        if (timer_ != 0) clock_->cancel(timer_);
    }

    bool await_ready() const { return late_->given_; }
    void await_suspend(std::coroutine_handle<> awaiting) {
        late_->waiting_ = awaiting;
        if (deadline_ == base::MonotonicTime::max()) return;
        timer_ = clock_->call_at(deadline_, [this] {
            timer_ = 0;
            std::exchange(late_->waiting_, {}).resume();
        });
    }
    std::optional<T> await_resume() { return std::exchange(late_->value_, {}); }

  private:
    std::shared_ptr<Late<T>> late_;
    base::Clock* clock_ = nullptr;
    base::MonotonicTime deadline_ = base::MonotonicTime::max();
    base::Clock::TimerId timer_ = 0;
};

}  // namespace net
