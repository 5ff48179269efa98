#include "net/asio_loop.h"

#include <sys/socket.h>
#include <unistd.h>

#include <csignal>
#include <thread>

namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

TEST(AsioLoop, RunsPostedWorkInOrder) {
    net::AsioLoop loop;
    std::vector<int> seen;
    bool done = false;
    for (int i = 0; i < 3; ++i) loop.post([&seen, i] { seen.push_back(i); });
    loop.post([&] { loop.post([&] { done = true; }); });
    loop.post([&] { seen.push_back(3); });
    EXPECT_TRUE(loop.run_until(done));
    EXPECT_EQ(seen, (std::vector<int>{0, 1, 2, 3}));
}

TEST(AsioLoop, TakesWorkFromOtherThreadsWhileItWaits) {
    net::AsioLoop loop;
    bool done = false;
    std::thread::id where;
    std::jthread other([&] {
        loop.post([&] {
            where = std::this_thread::get_id();
            done = true;
        });
    });
    EXPECT_TRUE(loop.run_until(done));
    EXPECT_EQ(where, std::this_thread::get_id());
}

TEST(AsioLoop, RunsTimersByTimeThenByOrder) {
    net::AsioLoop loop;
    const base::MonotonicTime begin = loop.monotonic();
    std::vector<int> seen;
    bool done = false;
    loop.call_at(begin + milliseconds(6), [&] { done = true; });
    loop.call_at(begin + milliseconds(4), [&] { seen.push_back(2); });
    loop.call_at(begin + milliseconds(4), [&] { seen.push_back(3); });
    loop.call_at(begin + milliseconds(2), [&] { seen.push_back(1); });
    loop.call_at(base::MonotonicTime::max(), [&] { seen.push_back(4); });
    loop.call_at(base::MonotonicTime::max() - milliseconds(1), [&] { seen.push_back(5); });
    const auto dropped = loop.call_at(begin, [&] { seen.push_back(6); });
    loop.cancel(dropped);
    loop.cancel(dropped);
    EXPECT_TRUE(loop.run_until(done));
    EXPECT_EQ(seen, (std::vector<int>{1, 2, 3}));
    EXPECT_GE(loop.monotonic(), begin + milliseconds(6));
}

TEST(AsioLoop, GoesOnAfterATimerThatThrew) {
    net::AsioLoop loop;
    bool done = false;
    loop.call_at(loop.monotonic(), [] { throw std::runtime_error("broken"); });
    loop.call_at(loop.monotonic(), [&] { done = true; });
    EXPECT_THROW(loop.run_until(done), std::runtime_error);
    EXPECT_TRUE(loop.run_until(done));
}

TEST(AsioLoop, SleepsAndTellsTheTime) {
    net::AsioLoop loop;
    const base::Timestamp wall = loop.now();
    const base::MonotonicTime until = loop.in(milliseconds(3));
    base::run_to_end(loop, loop.sleep_until(until));
    EXPECT_GE(loop.monotonic(), until);
    EXPECT_GT(wall, base::from_iso("2020-01-01T00:00:00Z"));
}

TEST(AsioLoop, HandsSignalsOnEachTimeTheyCome) {
    net::AsioLoop loop;
    int count = 0;
    bool done = false;
    loop.on_signal(SIGUSR1, [] { ADD_FAILURE() << "was replaced"; });
    loop.on_signal(SIGUSR1, [&] {
        done = ++count == 2;
        if (!done) std::raise(SIGUSR1);
    });
    std::raise(SIGUSR1);
    EXPECT_TRUE(loop.run_until(done));
    EXPECT_EQ(count, 2);
}

class DescriptorTest : public testing::Test {
  protected:
    using Woken = net::Descriptor::Woken;
    DescriptorTest() {
        EXPECT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, fds), 0);
        descriptor = std::make_unique<net::Descriptor>(loop, fds[0]);
    }
    ~DescriptorTest() override { ::close(fds[1]); }

    Woken wait(net::Descriptor::Direction direction, base::Duration limit) {
        return base::run_to_end(loop, descriptor->wait(direction, loop.in(limit)));
    }

    net::AsioLoop loop;
    int fds[2] = {-1, -1};
    std::unique_ptr<net::Descriptor> descriptor;
};

TEST_F(DescriptorTest, WakesWhenReadyOrLate) {
    using enum net::Descriptor::Direction;
    EXPECT_EQ(wait(write, seconds(10)), Woken::ready);
    EXPECT_EQ(wait(read, milliseconds(2)), Woken::timed_out);
    EXPECT_EQ(::write(fds[1], "x", 1), 1);
    EXPECT_EQ(wait(read, seconds(10)), Woken::ready);
    EXPECT_EQ(wait(read, seconds(10)), Woken::ready);  // readiness is a level, not an event
}

TEST_F(DescriptorTest, ACloseEndsAPendingWait) {
    loop.post([&] { descriptor->close(); });
    EXPECT_EQ(wait(net::Descriptor::Direction::read, seconds(10)), Woken::closed);
    EXPECT_EQ(wait(net::Descriptor::Direction::read, seconds(10)), Woken::closed);
}

}  // namespace
