#include "tests/support/scripted_dialer.h"

#include "tests/support/manual_loop.h"

namespace {

using std::chrono::seconds;
using support::Peer;

const net::Endpoint kServer{"mx.test", 465, net::Tls::implicit};

base::Task<> echo_line(std::unique_ptr<net::Stream> stream) {
    Peer peer(std::move(stream));
    const std::optional<std::string> line = co_await peer.line();
    std::string answer = "you said " + line.value_or("nothing") + "\r\n";
    co_await peer.say(std::move(answer));
}

base::Task<> broken_server(std::unique_ptr<net::Stream>) {
    throw std::runtime_error("script is wrong");
    co_return;
}

class ScriptedDialerTest : public testing::Test {
  protected:
    base::Result<std::unique_ptr<net::Stream>> dial() {
        return base::run_to_end(loop, dialer.dial(kServer, loop.clock().in(seconds(5))));
    }

    support::ManualLoop loop;
    support::ScriptedDialer dialer{loop, loop.clock()};
};

TEST_F(ScriptedDialerTest, EachDialMeetsTheServerAnew) {
    dialer.serve(kServer, echo_line);
    for (const std::string word : {"one", "two"}) {
        Peer client(dial().value());
        EXPECT_TRUE(client.stream().encrypted());
        base::run_to_end(loop, client.say(word + "\r\n"));
        EXPECT_EQ(base::run_to_end(loop, client.rest()), "you said " + word + "\r\n");
    }
    EXPECT_EQ(dialer.dialed(), (std::vector<net::Endpoint>{kServer, kServer}));
    EXPECT_EQ(dialer.serving(), 0U);
}

TEST_F(ScriptedDialerTest, UnknownRefusedAndSilentServersFail) {
    EXPECT_EQ(dial().error().code, base::ErrorCode::network);
    dialer.refuse(kServer, {base::ErrorCode::tls, "net.tls", "certificate has expired", {}, 0, {}});
    EXPECT_EQ(dial().error().code, base::ErrorCode::tls);
    dialer.hang(kServer);
    const base::MonotonicTime begin = loop.clock().monotonic();
    EXPECT_EQ(dial().error().code, base::ErrorCode::timed_out);
    EXPECT_EQ(loop.clock().monotonic(), begin + seconds(5));
}

TEST_F(ScriptedDialerTest, KeepsWhatAServerThrows) {
    dialer.serve(kServer, broken_server);
    EXPECT_TRUE(dial().has_value());
    EXPECT_EQ(dialer.problems(), std::vector<std::string>{"script is wrong"});
}

TEST_F(ScriptedDialerTest, WaitingServersEndWithTheDialer) {
    auto alive = std::make_shared<int>(0);
    {
        support::ScriptedDialer brief(loop, loop.clock());
        brief.serve(kServer, [alive](std::unique_ptr<net::Stream> stream) -> base::Task<> {
            const std::shared_ptr<int> kept = alive;
            Peer peer(std::move(stream));
            (void)co_await peer.line();
        });
        auto stream = base::run_to_end(loop, brief.dial(kServer, loop.clock().in(seconds(5))));
        EXPECT_EQ(brief.serving(), 1U);
        EXPECT_GT(alive.use_count(), 2);
    }
    EXPECT_EQ(alive.use_count(), 1);
}

TEST(Peer, ReadsLinesBytesAndTheRest) {
    support::ManualLoop loop;
    support::ScriptedDialer dialer(loop, loop.clock());
    dialer.serve(kServer, [](std::unique_ptr<net::Stream> stream) -> base::Task<> {
        Peer server(std::move(stream));
        co_await server.say("one\r\n12345");
        co_await server.say("67\r\nrest");
    });
    Peer client(base::run_to_end(loop, dialer.dial(kServer, base::MonotonicTime::max())).value());
    EXPECT_EQ(base::run_to_end(loop, client.line()), "one");
    EXPECT_EQ(base::run_to_end(loop, client.bytes(7)), "1234567");
    EXPECT_EQ(base::run_to_end(loop, client.line()), "");
    EXPECT_EQ(base::run_to_end(loop, client.rest()), "rest");
    EXPECT_EQ(base::run_to_end(loop, client.line()), std::nullopt);
}

TEST(ManualLoop, TimeMovesOnlyWhenNothingIsReady) {
    support::ManualLoop loop;
    const base::MonotonicTime begin = loop.clock().monotonic();
    const base::Timestamp wall = loop.clock().now();
    std::vector<std::string> seen;
    bool done = false;
    loop.clock().call_at(begin + seconds(2), [&] { done = true; });
    loop.clock().call_at(begin + seconds(1), [&] {
        seen.push_back("timer");
        loop.post([&] { seen.push_back("posted by the timer"); });
    });
    loop.clock().call_at(begin + seconds(1), [&] { seen.push_back("second timer"); });
    const auto dropped = loop.clock().call_at(begin, [&] { seen.push_back("cancelled"); });
    loop.clock().cancel(dropped);
    loop.post([&] { seen.push_back("posted"); });
    EXPECT_TRUE(loop.run_until(done));
    EXPECT_EQ(
        seen, (std::vector<std::string>{"posted", "timer", "posted by the timer", "second timer"})
    );
    EXPECT_EQ(loop.clock().now() - wall, seconds(2));
    done = false;
    EXPECT_FALSE(loop.run_until(done));
}

}  // namespace
