// The event loop that coroutines run on: one thread, work in the order it was posted.
#pragma once
#include <functional>
#include <optional>

#include "base/check.h"
#include "base/task.h"

namespace base {

class Loop {
  public:
    virtual ~Loop() = default;
    // Runs `work` on the loop's thread, after what was posted before it. May be called from any
    // thread.
    virtual void post(std::function<void()> work) = 0;
    // Runs until `done` is true (checked after every piece of work).
    // Returns false where nothing can ever happen any more (only the virtual loop knows that).
    virtual bool run_until(const bool& done) = 0;
};

// Runs a task to its end on the loop and returns its result; its exception is thrown here.
template <class T>
T run_to_end(Loop& loop, Task<T> task) {
    bool done = false;
    std::exception_ptr problem;
    if constexpr (std::is_void_v<T>) {
        start(std::move(task), [&](std::exception_ptr error) {
            problem = error;
            done = true;
        });
        CHECK(loop.run_until(done) || done);
        if (problem) std::rethrow_exception(problem);
    } else {
        std::optional<T> result;
        auto keep = [](Task<T> inner, std::optional<T>& out) -> Task<> {
            out.emplace(co_await std::move(inner));
        };
        start(keep(std::move(task), result), [&](std::exception_ptr error) {
            problem = error;
            done = true;
        });
        CHECK(loop.run_until(done) || done);
        if (problem) std::rethrow_exception(problem);
        return std::move(*result);
    }
}

}  // namespace base
