#include "net/asio_loop.h"

#include <unistd.h>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <csignal>

#include "base/check.h"
#include "net/late.h"

namespace net {
namespace asio = boost::asio;
namespace {

using SteadyTime = std::chrono::steady_clock::time_point;

// Both clocks count from the same start; far times are cut, since nanoseconds overflow first.
SteadyTime to_steady(base::MonotonicTime time) {
    constexpr base::Duration kFar = std::chrono::hours(24 * 365 * 100);
    return SteadyTime(std::min(time.time_since_epoch(), kFar));
}

}  // namespace

struct AsioLoop::Impl {
    using Key = std::pair<base::MonotonicTime, TimerId>;

    void set_alarm(base::MonotonicTime time);
    void on_alarm();
    void wait_for(int number);

    asio::io_context context{1};
    asio::executor_work_guard<asio::io_context::executor_type> guard{context.get_executor()};

    asio::steady_timer alarm{context};
    base::MonotonicTime alarm_time = base::MonotonicTime::max();  // what `alarm` is set to
    TimerId last_timer = 0;
    std::map<Key, std::function<void()>> timers;
    std::map<TimerId, base::MonotonicTime> times;

    struct Signal {
        explicit Signal(asio::io_context& context) : set(context) {}
        asio::signal_set set;
        std::function<void()> work;
    };
    std::map<int, Signal> signals;
};

// One Asio timer serves all: it stands at the earliest time. A cancelled timer leaves it ringing in
// vain, which costs less than setting it back.
void AsioLoop::Impl::set_alarm(base::MonotonicTime time) {
    if (time >= alarm_time) return;
    alarm_time = time;
    alarm.expires_at(to_steady(time));
    alarm.async_wait([this](const boost::system::error_code& error) {
        if (error) return;  // set anew
        alarm_time = base::MonotonicTime::max();
        on_alarm();
    });
}

void AsioLoop::Impl::on_alarm() {
    if (timers.empty()) return;
    const auto now = base::MonotonicTime(std::chrono::duration_cast<base::Duration>(
        std::chrono::steady_clock::now().time_since_epoch()
    ));
    if (timers.begin()->first.first > now) return set_alarm(timers.begin()->first.first);
    const auto node = timers.extract(timers.begin());
    times.erase(node.key().second);
    // The next alarm is set before the work: that may throw, and one work is all a turn may run.
    if (!timers.empty()) set_alarm(timers.begin()->first.first);
    node.mapped()();
}

void AsioLoop::Impl::wait_for(int number) {
    signals.at(number).set.async_wait([this, number](const boost::system::error_code& error, int) {
        if (error) return;
        wait_for(number);
        const std::function<void()> work = signals.at(number).work;
        work();
    });
}

AsioLoop::AsioLoop() : impl_(std::make_unique<Impl>()) { std::signal(SIGPIPE, SIG_IGN); }

AsioLoop::~AsioLoop() = default;

void AsioLoop::post(std::function<void()> work) { asio::post(impl_->context, std::move(work)); }

bool AsioLoop::run_until(const bool& done) {
    while (!done) impl_->context.run_one();
    return true;
}

base::Timestamp AsioLoop::now() const {
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    return {std::chrono::duration_cast<base::Duration>(now).count()};
}

base::MonotonicTime AsioLoop::monotonic() const {
    const auto now = std::chrono::steady_clock::now().time_since_epoch();
    return base::MonotonicTime(std::chrono::duration_cast<base::Duration>(now));
}

base::Clock::TimerId AsioLoop::call_at(base::MonotonicTime time, std::function<void()> work) {
    const TimerId timer = ++impl_->last_timer;
    if (time == base::MonotonicTime::max()) return timer;  // never comes
    impl_->timers.emplace(Impl::Key(time, timer), std::move(work));
    impl_->times.emplace(timer, time);
    impl_->set_alarm(time);
    return timer;
}

void AsioLoop::cancel(TimerId timer) {
    const auto found = impl_->times.find(timer);
    if (found == impl_->times.end()) return;
    const Impl::Key key(found->second, timer);
    impl_->times.erase(found);
    // Taken out first: destroying the work may set or cancel other timers.
    const auto node = impl_->timers.extract(key);
}

void AsioLoop::on_signal(int signal, std::function<void()> work) {
    const auto [place, added] = impl_->signals.try_emplace(signal, impl_->context);
    place->second.work = std::move(work);
    if (!added) return;
    place->second.set.add(signal);
    impl_->wait_for(signal);
}

struct Descriptor::Impl {
    asio::posix::stream_descriptor descriptor;
};

Descriptor::Descriptor(AsioLoop& loop, int fd)
    : loop_(loop),
      fd_(fd),
      impl_(new Impl{asio::posix::stream_descriptor(loop.impl_->context, fd)}) {}

Descriptor::~Descriptor() { close(); }

base::Task<Descriptor::Woken> Descriptor::wait(Direction direction, base::MonotonicTime deadline) {
    if (!impl_->descriptor.is_open()) co_return Woken::closed;
    const auto late = std::make_shared<Late<Woken>>();
    impl_->descriptor.async_wait(
        direction == Direction::read ? asio::posix::descriptor_base::wait_read
                                     : asio::posix::descriptor_base::wait_write,
        [late](const boost::system::error_code& error) {
            late->give(error ? Woken::closed : Woken::ready);
        }
    );
    LateWait<Woken> wait(late, loop_, deadline);
    const std::optional<Woken> woken = co_await wait;
    co_return woken.value_or(Woken::timed_out);
}

void Descriptor::cancel() {
    if (impl_->descriptor.is_open()) impl_->descriptor.cancel();
}

void Descriptor::close() noexcept {
    // close(2) gives the descriptor back whatever it answers, so there is nothing to do about an
    // error.
    boost::system::error_code ignored;
    impl_->descriptor.close(ignored);
}

}  // namespace net
