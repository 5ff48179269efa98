#include "mailbox/session_places.h"

#include <algorithm>

#include "base/check.h"

namespace mailbox {

struct SessionPlaces::State {
    explicit State(base::Clock& its_clock) : clock(its_clock) {}

    void wake_first(Key key);

    base::Clock& clock;
    std::map<Key, int> held;
    std::map<Key, std::deque<Waiter*>> waiting;
};

// Lives in the waiting task's frame; a destroyed task leaves the queue.
class SessionPlaces::Waiter {
  public:
    Waiter(std::shared_ptr<State> state, Key key, WaitAt where, base::MonotonicTime deadline)
        : state_(std::move(state)), key_(key), where_(where), deadline_(deadline) {}
    Waiter(const Waiter&) = delete;
    Waiter& operator=(const Waiter&) = delete;
    ~Waiter() {
        state_->clock.cancel(timer_);
        std::erase(state_->waiting[key_], this);
        // Destroyed between its waking and its turn: the turn is the next one's.
        if (woken_ && !resumed_) state_->wake_first(key_);
    }

    bool await_ready() const { return state_->clock.monotonic() >= deadline_; }
    void await_suspend(std::coroutine_handle<> task) {
        task_ = task;
        std::deque<Waiter*>& queue = state_->waiting[key_];
        if (where_ == WaitAt::front)
            queue.push_front(this);
        else
            queue.push_back(this);
        timer_ = state_->clock.call_at(deadline_, [this] { resume(); });
    }
    bool await_resume() const { return woken_; }

    void wake() {
        woken_ = true;
        state_->clock.cancel(timer_);
        timer_ = state_->clock.call_at(state_->clock.monotonic(), [this] { resume(); });
    }

  private:
    void resume() {
        timer_ = 0;
        resumed_ = true;
        std::erase(state_->waiting[key_], this);
        task_.resume();
    }

    std::shared_ptr<State> state_;
    Key key_;
    WaitAt where_;
    base::MonotonicTime deadline_;
    std::coroutine_handle<> task_;
    base::Clock::TimerId timer_ = 0;
    bool woken_ = false;
    bool resumed_ = false;
};

void SessionPlaces::State::wake_first(Key key) {
    std::deque<Waiter*>& queue = waiting[key];
    if (queue.empty()) return;
    Waiter* first = queue.front();
    queue.pop_front();
    first->wake();
}

SessionPlaces::SessionPlaces(base::Clock& clock) : state_(std::make_shared<State>(clock)) {}

SessionPlaces::Place& SessionPlaces::Place::operator=(Place&& other) noexcept {
    if (this != &other) {
        give_back();
        state_ = std::move(other.state_);
        key_ = other.key_;
    }
    return *this;
}

void SessionPlaces::Place::give_back() {
    if (!state_) return;
    const auto state = std::static_pointer_cast<State>(std::exchange(state_, nullptr));
    --state->held[key_];
    state->wake_first(key_);
}

int SessionPlaces::held(Key key) const {
    const auto count = state_->held.find(key);
    return count == state_->held.end() ? 0 : count->second;
}

bool SessionPlaces::crowded(Key key) const {
    const auto queue = state_->waiting.find(key);
    return queue != state_->waiting.end() && !queue->second.empty();
}

SessionPlaces::Place SessionPlaces::take(Key key) {
    ++state_->held[key];
    Place place;
    place.state_ = state_;
    place.key_ = key;
    return place;
}

base::Task<bool> SessionPlaces::wait(Key key, WaitAt where, base::MonotonicTime deadline) {
    Waiter waiter(state_, key, where, deadline);
    const bool woken = co_await waiter;
    co_return woken;
}

void SessionPlaces::wake_first(Key key) { state_->wake_first(key); }

}  // namespace mailbox
