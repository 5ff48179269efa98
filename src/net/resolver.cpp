#include "net/resolver.h"

#include <netdb.h>

#include "net/late.h"

namespace net {
namespace {

constexpr std::size_t kThreadsMax = 4;

using Found = base::Result<std::vector<Address>>;

Found look_up(const std::string& host, std::uint16_t port, int flags) {
    addrinfo hints{};
    hints.ai_family = AF_UNSPEC;
    hints.ai_socktype = SOCK_STREAM;
    hints.ai_flags = flags | AI_NUMERICSERV;
    addrinfo* list = nullptr;
    const int status = ::getaddrinfo(host.c_str(), std::to_string(port).c_str(), &hints, &list);
    if (status != 0)
        return base::fail(
            base::ErrorCode::network,
            "net.resolve",
            fmt::format("cannot resolve {}: {}", host, ::gai_strerror(status))
        );
    std::vector<Address> addresses;
    for (const addrinfo* entry = list; entry != nullptr; entry = entry->ai_next) {
        Address address;
        address.size = entry->ai_addrlen;
        std::memcpy(&address.storage, entry->ai_addr, entry->ai_addrlen);
        addresses.push_back(address);
    }
    ::freeaddrinfo(list);
    return addresses;
}

}  // namespace

Resolver::~Resolver() {
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
        jobs_.clear();
    }
    changed_.notify_all();
}

base::Task<Found> Resolver::resolve(
    std::string host, std::uint16_t port, base::MonotonicTime deadline
) {
    if (is_numeric(host)) co_return look_up(host, port, AI_NUMERICHOST);
    const auto late = std::make_shared<Late<Found>>();
    enqueue([&loop = loop_, late, host, port] {
        loop.post([late, found = look_up(host, port, 0)] { late->give(found); });
    });
    LateWait<Found> wait(late, clock_, deadline);
    std::optional<Found> found = co_await wait;
    if (found) co_return std::move(*found);
    co_return base::fail(
        base::ErrorCode::timed_out,
        "net.resolve",
        fmt::format("cannot resolve {}: no answer in time", host)
    );
}

void Resolver::enqueue(std::function<void()> job) {
    {
        const std::lock_guard lock(mutex_);
        jobs_.push_back(std::move(job));
    }
    changed_.notify_one();
    if (threads_.size() < kThreadsMax) threads_.emplace_back([this] { work(); });
}

void Resolver::work() {
    for (;;) {
        std::unique_lock lock(mutex_);
        changed_.wait(lock, [this] { return stopping_ || !jobs_.empty(); });
        if (stopping_) return;
        const std::function<void()> job = std::move(jobs_.front());
        jobs_.pop_front();
        lock.unlock();
        job();
    }
}

}  // namespace net
