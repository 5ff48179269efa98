// Counts the open sessions of each account, and queues those who want one more.
//
//   if (places.held(key) < allowed && !places.crowded(key)) place = places.take(key);
//   else woken = co_await places.wait(key, WaitAt::end, deadline);   // then look again
//
// A Place counts until it is destroyed; the first in the queue is then woken, on the loop, never
// from within the destructor. Waiting tasks and places may be destroyed at any time, places after
// this object too. On the loop's thread only.
#pragma once
#include <deque>
#include <map>
#include <memory>

#include "base/clock.h"
#include "mailbox/governor.h"

namespace mailbox {

class SessionPlaces {
  public:
    using Key = std::pair<std::int64_t, Protocol>;

    explicit SessionPlaces(base::Clock& clock);

    class Place {
      public:
        Place() = default;
        Place(Place&& other) noexcept = default;
        Place& operator=(Place&& other) noexcept;
        ~Place() { give_back(); }

      private:
        friend class SessionPlaces;
        void give_back();
        std::shared_ptr<void> state_;
        Key key_{};
    };

    int held(Key key) const;
    // Others wait already: whoever comes now stands behind them.
    bool crowded(Key key) const;
    Place take(Key key);

    enum class WaitAt { end, front };
    // True when it is this caller's turn to look again; false at the deadline.
    base::Task<bool> wait(Key key, WaitAt where, base::MonotonicTime deadline);
    // Wakes the first in the queue: something may be free now.
    void wake_first(Key key);

  private:
    struct State;
    class Waiter;
    std::shared_ptr<State> state_;
};

}  // namespace mailbox
