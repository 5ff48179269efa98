#include "net/redirect_listener.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <list>

#include "base/text.h"

namespace net {

namespace {

constexpr std::size_t kConnectionsMax = 16;
constexpr std::size_t kRequestBytesMax = 8 << 10;
constexpr std::chrono::seconds kRequestTime{10};

using Direction = Descriptor::Direction;
using Woken = Descriptor::Woken;

// The head of a request, or what came until the limit, the deadline or the end.
base::Task<std::string> read_head(Descriptor& socket, base::MonotonicTime deadline) {
    std::string head;
    char chunk[2048];
    while (!head.contains("\r\n\r\n") && head.size() < kRequestBytesMax) {
        const ssize_t count = ::recv(socket.fd(), chunk, sizeof chunk, 0);
        if (count > 0) {
            head.append(chunk, static_cast<std::size_t>(count));
            continue;
        }
        if (count == 0 || (errno != EAGAIN && errno != EINTR)) break;
        const Woken woken = co_await socket.wait(Direction::read, deadline);
        if (woken != Woken::ready) break;
    }
    co_return head;
}

base::Task<> write_all(Descriptor& socket, std::string text, base::MonotonicTime deadline) {
    std::string_view rest = text;
    while (!rest.empty()) {
        const ssize_t count = ::send(socket.fd(), rest.data(), rest.size(), MSG_NOSIGNAL);
        if (count > 0) {
            rest.remove_prefix(static_cast<std::size_t>(count));
            continue;
        }
        if (errno != EAGAIN && errno != EINTR) co_return;
        const Woken woken = co_await socket.wait(Direction::write, deadline);
        if (woken != Woken::ready) co_return;
    }
}

// "/?code=…" of "GET /?code=… HTTP/1.1"; empty where it is no such line.
std::string target_of(std::string_view head) {
    const std::string_view line = head.substr(0, head.find("\r\n"));
    const std::vector<std::string> words = base::split(line, ' ');
    const bool good = head.contains("\r\n\r\n") && words.size() == 3 && words[0] == "GET" &&
                      words[1].starts_with('/') && words[2].starts_with("HTTP/1.");
    return good ? words[1] : std::string();
}

std::string response(const RedirectListener::Answer& answer) {
    const std::string page = fmt::format(
        "<!doctype html><meta charset=utf-8><title>Pilotlight</title><p>{}</p>\n", answer.text
    );
    return fmt::format(
        "HTTP/1.1 {} {}\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: {}\r\n"
        "Cache-Control: no-store\r\nReferrer-Policy: no-referrer\r\nContent-Security-Policy: "
        "default-src 'none'\r\nConnection: close\r\n\r\n{}",
        answer.status,
        answer.status == 200 ? "OK" : "Not Found",
        page.size(),
        page
    );
}

}  // namespace

struct RedirectListener::State {
    State(AsioLoop& its_loop, int fd) : loop(its_loop), listener(its_loop, fd) {}

    AsioLoop& loop;
    Descriptor listener;
    std::list<std::unique_ptr<Descriptor>> connections;
    Judge judge;
    base::MonotonicTime deadline;
    std::string target;  // of the request that was done
    std::size_t open = 0;
    bool closing = false;
    base::Completion<base::Unit> all_closed;

    void close_all() {
        closing = true;
        for (const auto& connection : connections) connection->close();
        if (open == 0) all_closed.complete({});
    }
    void on_closed() {
        if (--open == 0 && closing) all_closed.complete({});
    }
};

namespace {

base::Task<> serve(std::shared_ptr<RedirectListener::State> state, Descriptor* socket) {
    const base::MonotonicTime deadline = std::min(state->deadline, state->loop.in(kRequestTime));
    const std::string head = co_await read_head(*socket, deadline);
    const std::string target = target_of(head);
    // Nothing came: a connection that a browser opened in advance.
    if (!head.empty() && state->target.empty()) {
        const RedirectListener::Answer answer =
            target.empty() ? RedirectListener::Answer{404, "There is nothing here.", false}
                           : state->judge(target);
        // Two requests may be done; the first one counts.
        if (answer.done) state->target = target;
        co_await write_all(*socket, response(answer), deadline);
        if (answer.done) state->listener.close();
    }
    std::erase_if(state->connections, [&](const auto& one) { return one.get() == socket; });
}

}  // namespace

base::Result<std::unique_ptr<RedirectListener>> RedirectListener::open(AsioLoop& loop) {
    const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    auto* generic = reinterpret_cast<sockaddr*>(&address);
    const bool listening = fd >= 0 && ::bind(fd, generic, size) == 0 && ::listen(fd, 8) == 0 &&
                           ::getsockname(fd, generic, &size) == 0;
    if (!listening) {
        const std::string words = std::generic_category().message(errno);
        if (fd >= 0) ::close(fd);
        return base::fail(
            base::ErrorCode::network, "net.listen", "no port of 127.0.0.1 can be had: " + words
        );
    }
    return std::unique_ptr<RedirectListener>(new RedirectListener(loop, fd, ntohs(address.sin_port))
    );
}

RedirectListener::RedirectListener(AsioLoop& loop, int fd, std::uint16_t port)
    : port_(port), state_(std::make_shared<State>(loop, fd)) {}

RedirectListener::~RedirectListener() = default;

base::Task<base::Result<std::string>> RedirectListener::wait(
    Judge judge, base::MonotonicTime deadline
) {
    const std::shared_ptr<State> state = state_;
    state->judge = std::move(judge);
    state->deadline = deadline;
    for (;;) {
        const Woken woken = co_await state->listener.wait(Direction::read, deadline);
        if (woken != Woken::ready) break;
        const int fd =
            ::accept4(state->listener.fd(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (fd < 0) continue;
        if (state->open >= kConnectionsMax) {
            ::close(fd);
            continue;
        }
        state->connections.push_back(std::make_unique<Descriptor>(state->loop, fd));
        ++state->open;
        // `serve` throws nothing but what ends the process anyway (no memory).
        base::start(serve(state, state->connections.back().get()), [state](std::exception_ptr) {
            state->on_closed();
        });
    }
    state->close_all();
    co_await state->all_closed;
    if (state->target.empty())
        co_return base::fail(
            base::ErrorCode::timed_out, "net.listen", "the browser did not come back in time"
        );
    co_return state->target;
}

}  // namespace net
