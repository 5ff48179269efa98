// Task<T>: a lazy coroutine that one awaiter consumes. Asio's awaitable would do the same, but its
// headers cost seconds in every file; ours lets Asio stay in one adapter file
// (docs/architecture.md).
//
//   Task<int> answer() { co_return 42; }
//   int value = co_await answer();
//
// Life cycle: nothing runs before the await; the frame dies with the Task. Exceptions reach the
// awaiter. A Task is awaited at most once. `when_all` starts tasks in order and ends with the last.
// `Completion<T>` turns a callback into something to await: complete() may come before the await.
#pragma once
#include <coroutine>
#include <exception>
#include <functional>
#include <optional>
#include <utility>
#include <vector>

#include "base/check.h"

namespace base {

template <class T = void>
class Task;

namespace detail {

struct FinalAwaiter {
    bool await_ready() const noexcept { return false; }
    template <class Promise>
    std::coroutine_handle<> await_suspend(std::coroutine_handle<Promise> finished) noexcept {
        const std::coroutine_handle<> next = finished.promise().continuation;
        return next ? next : std::noop_coroutine();
    }
    void await_resume() const noexcept {}
};

struct PromiseBase {
    std::coroutine_handle<> continuation;
    std::exception_ptr problem;

    std::suspend_always initial_suspend() noexcept { return {}; }
    FinalAwaiter final_suspend() noexcept { return {}; }
    void unhandled_exception() { problem = std::current_exception(); }
};

template <class T>
struct Promise : PromiseBase {
    std::optional<T> value;
    Task<T> get_return_object();
    template <class U = T>
    void return_value(U&& result) {
        value.emplace(std::forward<U>(result));
    }
    T take() {
        if (problem) std::rethrow_exception(problem);
        return std::move(*value);
    }
};

template <>
struct Promise<void> : PromiseBase {
    Task<void> get_return_object();
    void return_void() {}
    void take() {
        if (problem) std::rethrow_exception(problem);
    }
};

}  // namespace detail

template <class T>
class [[nodiscard]] Task {
  public:
    using promise_type = detail::Promise<T>;
    using Handle = std::coroutine_handle<promise_type>;

    Task() = default;
    explicit Task(Handle handle) : handle_(handle) {}
    Task(Task&& other) noexcept : handle_(std::exchange(other.handle_, {})) {}
    Task& operator=(Task&& other) noexcept {
        if (this != &other) {
            if (handle_) handle_.destroy();
            handle_ = std::exchange(other.handle_, {});
        }
        return *this;
    }
    ~Task() {
        if (handle_) handle_.destroy();
    }

    struct Awaiter {
        Handle handle;
        bool await_ready() const noexcept { return false; }
        std::coroutine_handle<> await_suspend(std::coroutine_handle<> awaiting) noexcept {
            handle.promise().continuation = awaiting;
            return handle;
        }
        T await_resume() { return handle.promise().take(); }
    };
    Awaiter operator co_await() && noexcept { return Awaiter{handle_}; }

  private:
    Handle handle_;
};

namespace detail {

template <class T>
Task<T> Promise<T>::get_return_object() {
    return Task<T>(std::coroutine_handle<Promise<T>>::from_promise(*this));
}
inline Task<void> Promise<void>::get_return_object() {
    return Task<void>(std::coroutine_handle<Promise<void>>::from_promise(*this));
}

// A coroutine that owns itself: it runs a task and tells how it ended.
struct Root {
    struct promise_type {
        Root get_return_object() { return {}; }
        std::suspend_never initial_suspend() noexcept { return {}; }
        std::suspend_never final_suspend() noexcept { return {}; }
        void return_void() {}
        void unhandled_exception() { std::terminate(); }
    };
};

inline Root run_root(Task<> task, std::function<void(std::exception_ptr)> on_end) {
    std::exception_ptr problem;
    try {
        co_await std::move(task);
    } catch (...) {
        problem = std::current_exception();
    }
    on_end(problem);
}

}  // namespace detail

// Starts a task at once; `on_end` gets its exception or null. Use `run_to_end` or `when_all`
// instead wherever someone can wait.
inline void start(Task<> task, std::function<void(std::exception_ptr)> on_end) {
    detail::run_root(std::move(task), std::move(on_end));
}

// Something a coroutine waits for until a callback completes it, once, on the loop's thread.
template <class T>
class Completion {
  public:
    Completion() = default;
    Completion(const Completion&) = delete;
    Completion& operator=(const Completion&) = delete;

    void complete(T value) {
        CHECK(!value_.has_value());
        value_.emplace(std::move(value));
        if (waiting_) std::exchange(waiting_, {}).resume();
    }
    bool completed() const { return value_.has_value(); }

    bool await_ready() const noexcept { return value_.has_value(); }
    void await_suspend(std::coroutine_handle<> awaiting) noexcept { waiting_ = awaiting; }
    T await_resume() { return std::move(*value_); }

  private:
    std::optional<T> value_;
    std::coroutine_handle<> waiting_;
};

struct Unit {};

// Runs all tasks concurrently, started in order; the results stand in the same order. The first
// exception (by position) is thrown after all have ended.
template <class T>
Task<std::vector<T>> when_all(std::vector<Task<T>> tasks) {
    std::vector<std::optional<T>> results(tasks.size());
    std::vector<std::exception_ptr> problems(tasks.size());
    std::size_t open = tasks.size();
    Completion<Unit> all;
    auto keep = [](Task<T> task, std::optional<T>& result) -> Task<> {
        result.emplace(co_await std::move(task));
    };
    for (std::size_t i = 0; i < tasks.size(); ++i) {
        start(keep(std::move(tasks[i]), results[i]), [&, i](std::exception_ptr problem) {
            problems[i] = problem;
            if (--open == 0) all.complete({});
        });
    }
    if (!results.empty()) co_await all;
    for (const std::exception_ptr& problem : problems)
        if (problem) std::rethrow_exception(problem);
    std::vector<T> values;
    values.reserve(results.size());
    for (std::optional<T>& result : results) values.push_back(std::move(*result));
    co_return values;
}

inline Task<> when_all(std::vector<Task<>> tasks) {
    std::vector<Task<Unit>> units;
    auto as_unit = [](Task<> task) -> Task<Unit> {
        co_await std::move(task);
        co_return Unit{};
    };
    for (Task<>& task : tasks) units.push_back(as_unit(std::move(task)));
    co_await when_all(std::move(units));
}

}  // namespace base
