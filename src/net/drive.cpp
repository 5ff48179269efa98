#include "net/drive.h"

#include <array>

#include "base/check.h"

namespace net {
namespace {

// Thousands of connections wait for a few bytes all day, so a read begins small; where more was
// there than went in, the next one is large.
constexpr std::size_t kSmallReadBytes = 256;
constexpr std::size_t kLargeReadBytes = 8192;

base::MonotonicTime step_deadline(
    const base::Clock& clock, base::Duration timeout, base::MonotonicTime deadline
) {
    const base::MonotonicTime now = clock.monotonic();
    // Compared as spans: now + timeout may overflow where a session has no limit of its own.
    return timeout < deadline - now ? now + timeout : deadline;
}

// A timer that is gone with its scope.
class Alarm {
  public:
    Alarm(base::Clock& clock, base::MonotonicTime time, std::function<void()> work)
        : clock_(clock), timer_(clock.call_at(time, std::move(work))) {}
    Alarm(const Alarm&) = delete;
    Alarm& operator=(const Alarm&) = delete;
    ~Alarm() { clock_.cancel(timer_); }

  private:
    base::Clock& clock_;
    base::Clock::TimerId timer_;
};

void tell(Session& session, base::Error error) {
    switch (error.code) {
        case base::ErrorCode::timed_out:
            session.on_timeout();
            break;
        case base::ErrorCode::closed:
            session.on_closed();
            break;
        default:
            session.on_failure(std::move(error));
    }
}

// Nothing where it ended well.
using Failed = std::optional<base::Error>;

Failed told_bytes(Session& session, const char* buffer, const base::Result<std::size_t>& got) {
    if (!got) return got.error();
    if (*got == 0)
        return base::Error{base::ErrorCode::closed, "net.read", "the other side closed", {}, 0, {}};
    session.on_bytes(std::string_view(buffer, *got));
    return {};
}

base::Task<Failed> read(
    Stream& stream, Session& session, base::MonotonicTime until, std::size_t& read_bytes
) {
    const auto buffer = std::make_unique_for_overwrite<char[]>(read_bytes);
    const std::span<char> into(buffer.get(), read_bytes);
    const base::Result<std::size_t> got = co_await stream.read_some(into, until);
    read_bytes = got && *got >= kSmallReadBytes ? kLargeReadBytes : kSmallReadBytes;
    co_return told_bytes(session, buffer.get(), got);
}

base::Task<Failed> wait(
    Stream& stream,
    Session& session,
    base::Clock& clock,
    base::MonotonicTime until,
    base::MonotonicTime deadline,
    Waker* waker
) {
    const auto over = [&]() -> std::optional<Wake> {
        if (waker != nullptr && waker->take()) return Wake::asked;
        return clock.monotonic() >= until ? std::optional(Wake::time) : std::nullopt;
    };
    const std::optional<Wake> at_once = over();
    if (at_once) {
        session.on_wake(*at_once);
        co_return Failed();
    }
    const auto stop = [&stream] { stream.cancel_read(); };
    const Alarm alarm(clock, until, stop);
    const Waker::Watch watch(waker, stop);
    std::array<char, kSmallReadBytes> buffer;
    const base::Result<std::size_t> got = co_await stream.read_some(buffer, deadline);
    if (!got && got.error().code == base::ErrorCode::cancelled) {
        // A clock that rang a moment early is on time.
        session.on_wake(over().value_or(Wake::time));
        co_return Failed();
    }
    co_return told_bytes(session, buffer.data(), got);
}

base::Task<Failed> act(
    Stream& stream,
    Session& session,
    base::Clock& clock,
    Action action,
    base::MonotonicTime deadline,
    std::size_t& read_bytes
) {
    if (auto* write = std::get_if<Write>(&action)) {
        const base::MonotonicTime until = step_deadline(clock, write->timeout, deadline);
        const base::Result<> written = co_await stream.write_all(std::move(write->bytes), until);
        if (!written) co_return written.error();
        session.on_written();
    } else if (const auto* tls = std::get_if<StartTls>(&action)) {
        const base::MonotonicTime until = step_deadline(clock, tls->timeout, deadline);
        const base::Result<> started = co_await stream.start_tls(until);
        if (!started) co_return started.error();
        session.on_tls_started();
    } else {
        const base::Duration timeout = std::get<Read>(action).timeout;
        const base::MonotonicTime until = step_deadline(clock, timeout, deadline);
        const Failed failed = co_await read(stream, session, until, read_bytes);
        co_return failed;
    }
    co_return Failed();
}

}  // namespace

base::Task<Stop> drive(
    Stream& stream, Session& session, base::Clock& clock, base::MonotonicTime deadline, Waker* waker
) {
    bool usable = true;
    std::size_t read_bytes = kSmallReadBytes;
    for (;;) {
        Action action = session.next();
        if (std::holds_alternative<Barrier>(action)) co_return Stop::barrier;
        if (std::holds_alternative<Ready>(action)) co_return Stop::ready;
        if (std::holds_alternative<Done>(action)) {
            stream.close();
            co_return Stop::done;
        }
        // A session that asks for I/O after a failure would keep us here for ever.
        CHECK(usable);
        base::Task<Failed> step =
            std::holds_alternative<Wait>(action)
                ? wait(stream, session, clock, std::get<Wait>(action).until, deadline, waker)
                : act(stream, session, clock, std::move(action), deadline, read_bytes);
        Failed failed = co_await std::move(step);
        if (!failed) continue;
        usable = false;
        stream.close();
        tell(session, std::move(*failed));
    }
}

}  // namespace net
