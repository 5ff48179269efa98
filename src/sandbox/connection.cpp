#include "sandbox/connection.h"

#include <array>

namespace sandbox {

namespace {

constexpr base::MonotonicTime kNever = base::MonotonicTime::max();

// Sends the answer and does what it asks for. False: the connection is over.
base::Task<bool> carry_out(net::Stream& stream, ServerSession& session, ServerAnswer answer) {
    if (!answer.bytes.empty()) {
        const base::Result<> written = co_await stream.write_all(std::move(answer.bytes), kNever);
        if (!written) co_return false;
    }
    if (answer.then == Then::close) co_return false;
    if (answer.then == Then::start_tls) {
        const base::Result<> secured = co_await stream.start_tls(kNever);
        if (!secured) co_return false;
        session.on_tls();
    }
    co_return true;
}

}  // namespace

Connection serve(
    std::unique_ptr<net::Stream> stream,
    std::unique_ptr<ServerSession> session,
    base::Clock& clock,
    Tap tap
) {
    session->nudge = [&reading = *stream] { reading.cancel_read(); };
    ServerAnswer answer = session->greet();
    std::vector<char> buffer(16 * 1024);
    bool silent = false;
    while (true) {
        silent = silent || answer.then == Then::fall_silent;
        const bool open = co_await carry_out(*stream, *session, std::move(answer));
        if (!open) break;
        std::string news = silent ? std::string() : session->take_news();
        if (!news.empty()) {
            answer = {std::move(news), Then::read_on};
            continue;
        }
        const base::MonotonicTime deadline = silent ? kNever : clock.in(session->idle_limit());
        const base::Result<std::size_t> count = co_await stream->read_some(buffer, deadline);
        if (!count && count.error().code == base::ErrorCode::timed_out) {
            answer = {session->on_idle(), Then::close};
            continue;
        }
        if (!count && count.error().code == base::ErrorCode::cancelled) {
            answer = {};  // nudged
            continue;
        }
        if (!count || *count == 0) break;
        const std::string_view bytes(buffer.data(), *count);
        if (tap) tap(bytes);
        answer = silent ? ServerAnswer{} : session->on_bytes(bytes);
    }
    stream->close();
    session.reset();  // its place among the account's sessions is free from here on
}

}  // namespace sandbox
