#include "net/tcp_listener.h"

#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <fmt/format.h>

#include "base/log.h"
#include "net/address.h"
#include "net/socket_stream.h"

namespace net {

namespace {

constexpr int kBacklog = 64;
constexpr std::chrono::milliseconds kRest{100};

std::unexpected<base::Error> cannot(const std::string& address, std::string_view why) {
    return base::fail(
        base::ErrorCode::network, "net.listen", fmt::format("can't listen on {}: {}", address, why)
    );
}

// Host and port of "HOST:PORT" or "[HOST]:PORT".
std::pair<std::string, std::string> halves(const std::string& address) {
    const std::size_t colon = address.rfind(':');
    if (colon == std::string::npos) return {};
    std::string host = address.substr(0, colon);
    if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
    return {host, address.substr(colon + 1)};
}

std::uint16_t port_of(const Address& address) {
    const auto* storage = &address.storage;
    return ntohs(
        address.storage.ss_family == AF_INET6
            ? reinterpret_cast<const sockaddr_in6*>(storage)->sin6_port
            : reinterpret_cast<const sockaddr_in*>(storage)->sin_port
    );
}

// A listening socket, or errno.
int listen_on(const addrinfo& where) {
    const int fd =
        ::socket(where.ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, IPPROTO_TCP);
    if (fd < 0) return -1;
    const int on = 1;
    ::setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);  // at once after a restart
    if (::bind(fd, where.ai_addr, where.ai_addrlen) == 0 && ::listen(fd, kBacklog) == 0) return fd;
    const int number = errno;
    ::close(fd);
    errno = number;
    return -1;
}

}  // namespace

struct TcpListener::State {
    State(AsioLoop& its_loop, int fd) : loop(its_loop), listener(its_loop, fd) {}
    AsioLoop& loop;
    Descriptor listener;
    OnConnection on_connection;
    bool closed = false;
};

namespace {

// Takes all that wait; false where the process is out of descriptors.
bool take_all(TcpListener::State& state) {
    while (!state.closed) {
        Address peer;
        peer.size = sizeof peer.storage;
        const int fd = ::accept4(
            state.listener.fd(),
            reinterpret_cast<sockaddr*>(&peer.storage),
            &peer.size,
            SOCK_NONBLOCK | SOCK_CLOEXEC
        );
        if (fd < 0 && (errno == EINTR || errno == ECONNABORTED)) continue;
        if (fd < 0) return errno == EAGAIN || errno == EWOULDBLOCK;
        const int on = 1;
        ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        const std::string name = peer.str();
        auto stream = make_socket_stream(
            state.loop, std::make_unique<Descriptor>(state.loop, fd), nullptr, name, port_of(peer)
        );
        state.on_connection(std::move(stream), name);
    }
    return true;
}

base::Task<> accept_connections(std::shared_ptr<TcpListener::State> state) {
    while (!state->closed) {
        const Descriptor::Woken woken =
            co_await state->listener.wait(Descriptor::Direction::read, base::MonotonicTime::max());
        if (woken != Descriptor::Woken::ready || take_all(*state)) continue;
        base::log::warn("net", "no descriptor left for a connection; see `ulimit -n`");
        co_await state->loop.sleep_until(state->loop.in(kRest));
    }
}

}  // namespace

base::Result<std::unique_ptr<TcpListener>> TcpListener::open(
    AsioLoop& loop, const std::string& address, OnConnection on_connection
) {
    const auto [host, port] = halves(address);
    if (host.empty() || port.empty())
        return base::fail(
            base::ErrorCode::invalid_input, "net.listen", address + " is not HOST:PORT"
        );
    addrinfo hints{};
    hints.ai_socktype = SOCK_STREAM;
    hints.ai_flags = AI_PASSIVE | AI_NUMERICSERV;
    addrinfo* found = nullptr;
    const int problem = ::getaddrinfo(host.c_str(), port.c_str(), &hints, &found);
    if (problem != 0) return cannot(address, ::gai_strerror(problem));
    const int fd = listen_on(*found);
    const int number = errno;
    ::freeaddrinfo(found);
    if (fd < 0) return cannot(address, std::generic_category().message(number));
    Address own;
    own.size = sizeof own.storage;
    ::getsockname(fd, reinterpret_cast<sockaddr*>(&own.storage), &own.size);
    const std::string shown = own.storage.ss_family == AF_INET6 ? "[" + own.str() + "]" : own.str();
    auto state = std::make_shared<State>(loop, fd);
    state->on_connection = std::move(on_connection);
    // It throws nothing but what ends the process anyway (no memory).
    base::start(accept_connections(state), [](std::exception_ptr) {});
    return std::unique_ptr<TcpListener>(
        new TcpListener(state, fmt::format("{}:{}", shown, port_of(own)), port_of(own))
    );
}

TcpListener::TcpListener(std::shared_ptr<State> state, std::string address, std::uint16_t port)
    : state_(std::move(state)), address_(std::move(address)), port_(port) {}

TcpListener::~TcpListener() { close(); }

void TcpListener::close() {
    if (state_->closed) return;
    state_->closed = true;
    state_->listener.close();
    state_->on_connection = nullptr;
}

}  // namespace net
