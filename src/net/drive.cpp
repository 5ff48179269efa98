#include "net/drive.h"

#include <array>

#include "base/check.h"

namespace net {
namespace {

constexpr std::size_t kReadBytes = 8192;

base::MonotonicTime step_deadline(
    const base::Clock& clock, base::Duration timeout, base::MonotonicTime deadline
) {
    const base::MonotonicTime now = clock.monotonic();
    // Compared as spans: now + timeout may overflow where a session has no limit of its own.
    return timeout < deadline - now ? now + timeout : deadline;
}

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

}  // namespace

base::Task<Stop> drive(
    Stream& stream, Session& session, base::Clock& clock, base::MonotonicTime deadline
) {
    std::array<char, kReadBytes> buffer;
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
        std::optional<base::Error> failure;
        if (auto* write = std::get_if<Write>(&action)) {
            const base::MonotonicTime until = step_deadline(clock, write->timeout, deadline);
            const base::Result<> written =
                co_await stream.write_all(std::move(write->bytes), until);
            if (written) session.on_written();
            if (!written) failure = written.error();
        } else if (const auto* read = std::get_if<Read>(&action)) {
            const base::MonotonicTime until = step_deadline(clock, read->timeout, deadline);
            const base::Result<std::size_t> got = co_await stream.read_some(buffer, until);
            if (got && *got > 0) session.on_bytes(std::string_view(buffer.data(), *got));
            if (!got) failure = got.error();
            if (got && *got == 0) {
                usable = false;
                session.on_closed();
            }
        } else if (const auto* tls = std::get_if<StartTls>(&action)) {
            const base::MonotonicTime until = step_deadline(clock, tls->timeout, deadline);
            const base::Result<> started = co_await stream.start_tls(until);
            if (started) session.on_tls_started();
            if (!started) failure = started.error();
        }
        if (failure) {
            usable = false;
            stream.close();
            tell(session, std::move(*failure));
        }
    }
}

}  // namespace net
