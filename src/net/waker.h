// Wakes a session that waits for its server to speak (net::Wait), from elsewhere on the loop's
// thread: a service that stops, a job that needs the connection.
//
//   net::Waker waker;
//   … co_await net::drive(stream, session, clock, deadline, &waker);   // waits
//   waker.wake();                                                      // elsewhere: it waits no
//   more
//
// Life cycle: outlives the wait; serves one wait at a time. A wake-up that meets no wait is kept
// for the next one, once, so that none is lost between two.
#pragma once
#include <functional>
#include <utility>

#include "base/check.h"

namespace net {

class Waker {
  public:
    Waker() = default;
    Waker(const Waker&) = delete;
    Waker& operator=(const Waker&) = delete;

    void wake() {
        woken_ = true;
        if (on_wake_) on_wake_();
    }
    // True where a wake-up is there; it is used up by that.
    bool take() { return std::exchange(woken_, false); }

    // For the waiting side: `on_wake` runs within wake() for as long as the Watch lives.
    class Watch {
      public:
        Watch(Waker* waker, std::function<void()> on_wake) : waker_(waker) {
            if (waker_ == nullptr) return;
            CHECK(!waker_->on_wake_);  // one wait at a time
            waker_->on_wake_ = std::move(on_wake);
        }
        Watch(const Watch&) = delete;
        Watch& operator=(const Watch&) = delete;
        ~Watch() {
            if (waker_ != nullptr) waker_->on_wake_ = nullptr;
        }

      private:
        Waker* waker_;
    };

  private:
    bool woken_ = false;
    std::function<void()> on_wake_;
};

}  // namespace net
