// The real event loop and the real clock, over one boost::asio::io_context (which only
// asio_loop.cpp and asio_impl.cpp see).
//
//   net::AsioLoop loop;
//   loop.on_signal(SIGINT, [&] { stop = true; });
//   base::run_to_end(loop, work(loop));
//
// Life cycle: made first, destroyed last; everything that uses it lives in between. One thread runs
// it; only post() may be called from others. SIGPIPE is ignored from the first loop on, since
// OpenSSL writes to sockets without MSG_NOSIGNAL. Timers have the resolution of microseconds and
// run in the order (time, order of setting).
#pragma once
#include <memory>

#include "base/clock.h"
#include "base/loop.h"

namespace net {

class AsioLoop : public base::Loop, public base::Clock {
  public:
    AsioLoop();
    AsioLoop(const AsioLoop&) = delete;
    AsioLoop& operator=(const AsioLoop&) = delete;
    ~AsioLoop() override;

    void post(std::function<void()> work) override;
    // Waits for work where there is none; so it returns true, always.
    bool run_until(const bool& done) override;

    base::Timestamp now() const override;
    base::MonotonicTime monotonic() const override;
    TimerId call_at(base::MonotonicTime time, std::function<void()> work) override;
    void cancel(TimerId timer) override;

    // From now on `work` runs on the loop, each time the process gets this signal, instead of what
    // the signal did before. A later call for the same signal replaces the work.
    void on_signal(int signal, std::function<void()> work);

    struct Impl;

  private:
    friend class Descriptor;
    std::unique_ptr<Impl> impl_;
};

// A nonblocking socket whose readiness the loop watches. It owns the file descriptor.
class Descriptor {
  public:
    enum class Direction { read, write };
    enum class Woken { ready, timed_out, closed };

    Descriptor(AsioLoop& loop, int fd);
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    ~Descriptor();

    int fd() const { return fd_; }
    // Waits until a call in this direction would not block (it may all the same: try, then wait
    // again). The object lives until the wait is over or destroyed.
    base::Task<Woken> wait(Direction direction, base::MonotonicTime deadline);
    // Pending waits end with Woken::closed, through the loop; after cancel() others may follow.
    void cancel();
    void close() noexcept;

  private:
    struct Impl;
    AsioLoop& loop_;
    int fd_;
    std::unique_ptr<Impl> impl_;
};

}  // namespace net
