// Runs a ServerSession over a stream until either side closes.
//
// Life cycle: serve() starts at once and the Connection owns the running coroutine; destroying it
// ends the conversation wherever it stands (the memory stream allows that) and closes the stream.
// The clock and what the session refers to outlive it. Errors: a broken invariant inside the
// session leaves through whoever ran the loop.
#pragma once
#include <coroutine>
#include <functional>
#include <memory>
#include <utility>

#include "base/clock.h"
#include "net/stream.h"
#include "sandbox/server_session.h"

namespace sandbox {

class Connection {
  public:
    struct promise_type {
        Connection get_return_object() {
            return Connection(std::coroutine_handle<promise_type>::from_promise(*this));
        }
        std::suspend_never initial_suspend() noexcept { return {}; }
        std::suspend_always final_suspend() noexcept { return {}; }
        void return_void() {}
        void unhandled_exception() { throw; }
    };

    Connection(Connection&& other) noexcept : handle_(std::exchange(other.handle_, {})) {}
    Connection& operator=(Connection&& other) noexcept {
        std::swap(handle_, other.handle_);
        return *this;
    }
    ~Connection() {
        if (handle_) handle_.destroy();
    }
    bool over() const { return handle_.done(); }

  private:
    explicit Connection(std::coroutine_handle<promise_type> handle) : handle_(handle) {}
    std::coroutine_handle<promise_type> handle_;
};

// `tap` sees all bytes that the client wrote, as they are read; may be empty.
using Tap = std::function<void(std::string_view)>;
Connection serve(
    std::unique_ptr<net::Stream> stream,
    std::unique_ptr<ServerSession> session,
    base::Clock& clock,
    Tap tap
);

}  // namespace sandbox
