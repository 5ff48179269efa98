#include "net/drive.h"

#include <array>

#include "base/check.h"

namespace net {
namespace {

constexpr std::size_t kReadBytes = 8192;
// Of a Wait: thousands of connections do nothing else all day.
constexpr std::size_t kWaitBytes = 256;

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

base::Task<Failed> read(Stream& stream, Session& session, base::MonotonicTime until) {
    const auto buffer = std::make_unique_for_overwrite<char[]>(kReadBytes);
    const std::span<char> into(buffer.get(), kReadBytes);
    const base::Result<std::size_t> got = co_await stream.read_some(into, until);
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
    std::array<char, kWaitBytes> buffer;
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
    Waker* waker
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
    } else if (const auto* waiting = std::get_if<Wait>(&action)) {
        const Failed failed =
            co_await wait(stream, session, clock, waiting->until, deadline, waker);
        co_return failed;
    } else {
        const base::Duration timeout = std::get<Read>(action).timeout;
        const base::MonotonicTime until = step_deadline(clock, timeout, deadline);
        const Failed failed = co_await read(stream, session, until);
        co_return failed;
    }
    co_return Failed();
}

}  // namespace

base::Task<Stop> drive(
    Stream& stream, Session& session, base::Clock& clock, base::MonotonicTime deadline, Waker* waker
) {
    bool usable = true;
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
        Failed failed = co_await act(stream, session, clock, std::move(action), deadline, waker);
        if (!failed) continue;
        usable = false;
        stream.close();
        tell(session, std::move(*failed));
    }
}

}  // namespace net
