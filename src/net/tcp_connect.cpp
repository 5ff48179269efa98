#include "net/tcp_connect.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include "base/check.h"

namespace net {
namespace {

using Connected = base::Result<std::unique_ptr<Descriptor>>;

base::Error connect_error(
    base::ErrorCode code, const std::string& name, const Address& address, std::string_view words
) {
    return {
        code,
        "net.connect",
        fmt::format("{}: cannot connect to {}: {}", name, address.str(), words),
        {},
        0,
        {}
    };
}

base::Error system_error(const std::string& name, const Address& address, int number) {
    return connect_error(
        base::ErrorCode::network, name, address, std::generic_category().message(number)
    );
}

// Lines are written whole, so waiting to fill packets only adds delay; keep-alive finds dead peers.
void set_options(int fd) {
    const int on = 1;
    ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    ::setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof on);
}

base::Task<Connected> connect_one(
    AsioLoop& loop, Address address, std::string name, base::MonotonicTime deadline
) {
    const int fd = ::socket(
        address.storage.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, IPPROTO_TCP
    );
    if (fd < 0) co_return std::unexpected(system_error(name, address, errno));
    auto socket = std::make_unique<Descriptor>(loop, fd);
    set_options(fd);
    if (::connect(fd, address.get(), address.size) == 0) co_return socket;
    if (errno != EINPROGRESS) co_return std::unexpected(system_error(name, address, errno));
    const Descriptor::Woken woken = co_await socket->wait(Descriptor::Direction::write, deadline);
    if (woken != Descriptor::Woken::ready)
        co_return std::unexpected(
            connect_error(base::ErrorCode::timed_out, name, address, "no answer in time")
        );
    int number = 0;
    socklen_t size = sizeof number;
    if (::getsockopt(fd, SOL_SOCKET, SO_ERROR, &number, &size) != 0) number = errno;
    if (number != 0) co_return std::unexpected(system_error(name, address, number));
    co_return socket;
}

}  // namespace

base::Task<Connected> connect_tcp(
    AsioLoop& loop, std::vector<Address> addresses, std::string name, base::MonotonicTime deadline
) {
    CHECK(!addresses.empty());
    for (std::size_t i = 0;; ++i) {
        const auto left = static_cast<std::int64_t>(addresses.size() - i);
        const base::MonotonicTime now = loop.monotonic();
        if (now >= deadline)
            co_return std::unexpected(
                connect_error(base::ErrorCode::timed_out, name, addresses[i], "no time left")
            );
        const base::MonotonicTime until = left == 1 ? deadline : now + (deadline - now) / left;
        Connected connected = co_await connect_one(loop, addresses[i], name, until);
        if (connected || left == 1) co_return connected;
    }
}

}  // namespace net
