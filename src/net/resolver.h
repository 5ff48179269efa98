// Names to addresses by the system's resolver (getaddrinfo) on a few threads, so that one slow name
// does not hold up the others, let alone the loop.
//
// Life cycle: threads start with the first name that is no number; the destructor waits for the
// look-ups that are under way (the system's resolver cannot be interrupted; it gives up after
// seconds). Errors: network "cannot resolve …", timed_out.
#pragma once
#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>

#include "base/clock.h"
#include "base/loop.h"
#include "base/result.h"
#include "net/address.h"

namespace net {

class Resolver {
  public:
    Resolver(base::Loop& loop, base::Clock& clock) : loop_(loop), clock_(clock) {}
    Resolver(const Resolver&) = delete;
    Resolver& operator=(const Resolver&) = delete;
    ~Resolver();

    // In the order to try them (RFC 6724); never empty.
    base::Task<base::Result<std::vector<Address>>> resolve(
        std::string host, std::uint16_t port, base::MonotonicTime deadline
    );

  private:
    void enqueue(std::function<void()> job);
    void work();

    base::Loop& loop_;
    base::Clock& clock_;
    std::mutex mutex_;
    std::condition_variable changed_;
    std::deque<std::function<void()>> jobs_;
    bool stopping_ = false;
    std::vector<std::jthread> threads_;
};

}  // namespace net
