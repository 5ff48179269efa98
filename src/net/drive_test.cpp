#include "net/drive.h"

#include "net/memory_stream.h"
#include "tests/support/manual_loop.h"
#include "tests/support/scripted_dialer.h"

namespace {

using net::Action;
using std::chrono::seconds;

// Answers a list of actions, one after another, and notes what it is told.
class ListSession : public net::Session {
  public:
    explicit ListSession(std::vector<Action> list) : actions(std::move(list)) {}

    Action next() override {
        return over || step == actions.size() ? Action(net::Done{}) : actions[step];
    }
    void on_written() override { note("written"); }
    void on_bytes(std::string_view bytes) override { note(std::string(bytes)); }
    void on_tls_started() override { note("tls"); }
    void on_closed() override { end("closed"); }
    void on_timeout() override { end("timeout"); }
    void on_wake(net::Wake wake) override { note(wake == net::Wake::asked ? "asked" : "time"); }
    void on_failure(base::Error error) override { end(std::string(to_string(error.code))); }
    void resume() override { note("resumed"); }

    std::vector<Action> actions;
    std::size_t step = 0;
    bool over = false;
    bool stubborn = false;  // goes on after a failure, as no session may
    std::vector<std::string> told;

  private:
    void note(std::string what) {
        told.push_back(std::move(what));
        ++step;
    }
    void end(std::string what) {
        told.push_back(std::move(what));
        over = !stubborn;
    }
};

// A stream whose every operation ends with one error.
class BrokenStream : public net::Stream {
  public:
    explicit BrokenStream(base::ErrorCode code) : error_{code, "net.test", "broken", {}, 0, {}} {}
    base::Task<base::Result<std::size_t>> read_some(std::span<char>, base::MonotonicTime) override {
        co_return std::unexpected(error_);
    }
    void cancel_read() override {}
    base::Task<base::Result<>> write_all(std::string, base::MonotonicTime) override {
        co_return std::unexpected(error_);
    }
    base::Task<base::Result<>> start_tls(base::MonotonicTime) override {
        co_return std::unexpected(error_);
    }
    bool encrypted() const override { return false; }
    void close() noexcept override { closed = true; }
    bool closed = false;

  private:
    base::Error error_;
};

using Told = std::vector<std::string>;

class DriveTest : public testing::Test {
  protected:
    net::Stop drive(
        net::Stream& stream,
        net::Session& session,
        base::Duration limit = seconds(600),
        net::Waker* waker = nullptr
    ) {
        const base::MonotonicTime deadline = clock.in(limit);
        return base::run_to_end(loop, net::drive(stream, session, clock, deadline, waker));
    }
    std::string read_all(std::unique_ptr<net::Stream> stream) {
        support::Peer peer(std::move(stream));
        return base::run_to_end(loop, peer.rest());
    }
    void say(net::Stream& stream, std::string bytes) {
        ASSERT_TRUE(base::run_to_end(loop, stream.write_all(std::move(bytes), clock.in(seconds(1))))
        );
    }

    support::ManualLoop loop;
    support::ManualClock& clock = loop.clock();
    net::MemoryPair pair = net::make_memory_pair(loop, clock, false);
};

TEST_F(DriveTest, CarriesOutEveryActionAndClosesAtTheEnd) {
    ListSession session(
        {net::Read{seconds(5)}, net::Write{"EHLO\r\n", seconds(5)}, net::StartTls{seconds(5)}}
    );
    say(*pair.server, "220 hi\r\n");
    EXPECT_EQ(drive(*pair.client, session), net::Stop::done);
    EXPECT_EQ(session.told, (Told{"220 hi\r\n", "written", "tls"}));
    EXPECT_TRUE(pair.server->encrypted());
    EXPECT_EQ(read_all(std::move(pair.server)), "EHLO\r\n");
}

TEST_F(DriveTest, StopsAtABarrierAndGoesOnAfterIt) {
    ListSession session({net::Barrier{"before_dot"}, net::Write{".\r\n", seconds(5)}, net::Ready{}}
    );
    EXPECT_EQ(drive(*pair.client, session), net::Stop::barrier);
    EXPECT_EQ(drive(*pair.client, session), net::Stop::barrier);  // nothing moves without resume()
    session.resume();
    EXPECT_EQ(drive(*pair.client, session), net::Stop::ready);
    EXPECT_EQ(session.told, (Told{"resumed", "written"}));
    // Still open: another command may follow.
    EXPECT_TRUE(base::run_to_end(loop, pair.server->write_all("x", clock.in(seconds(1)))));
}

TEST_F(DriveTest, AStepEndsAtItsOwnTimeout) {
    ListSession session({net::Read{seconds(5)}});
    const base::MonotonicTime begin = clock.monotonic();
    EXPECT_EQ(drive(*pair.client, session), net::Stop::done);
    EXPECT_EQ(session.told, Told{"timeout"});
    EXPECT_EQ(clock.monotonic(), begin + seconds(5));
}

TEST_F(DriveTest, TheWholeEndsAtTheDeadline) {
    ListSession session({net::Read{base::Duration::max()}});
    const base::MonotonicTime begin = clock.monotonic();
    EXPECT_EQ(drive(*pair.client, session, seconds(2)), net::Stop::done);
    EXPECT_EQ(session.told, Told{"timeout"});
    EXPECT_EQ(clock.monotonic(), begin + seconds(2));
}

TEST_F(DriveTest, APassedDeadlineStopsATalkativeServer) {
    ListSession session({net::Read{seconds(5)}});
    say(*pair.server, "* still here\r\n");
    EXPECT_EQ(drive(*pair.client, session, seconds(0)), net::Stop::done);
    EXPECT_EQ(session.told, Told{"timeout"});
}

TEST_F(DriveTest, TellsOfAnOrderlyClose) {
    ListSession session({net::Read{seconds(5)}});
    pair.server.reset();
    EXPECT_EQ(drive(*pair.client, session), net::Stop::done);
    EXPECT_EQ(session.told, Told{"closed"});
}

TEST_F(DriveTest, TellsEveryFailureOfEveryAction) {
    const std::vector<std::pair<base::ErrorCode, std::string>> failures = {
        {base::ErrorCode::timed_out, "timeout"},
        {base::ErrorCode::closed, "closed"},
        {base::ErrorCode::network, "network"},
        {base::ErrorCode::tls, "tls"},
    };
    const std::vector<Action> actions = {
        net::Read{seconds(5)}, net::Write{"x", seconds(5)}, net::StartTls{seconds(5)}
    };
    for (const auto& [code, words] : failures)
        for (const Action& action : actions) {
            ListSession session({action});
            BrokenStream stream(code);
            EXPECT_EQ(drive(stream, session), net::Stop::done);
            EXPECT_EQ(session.told, Told{words}) << action.index();
            EXPECT_TRUE(stream.closed);
        }
}

TEST_F(DriveTest, ASessionThatGoesOnAfterAFailureIsABug) {
    ListSession session({net::Read{seconds(5)}});
    session.stubborn = true;
    BrokenStream stream(base::ErrorCode::network);
    EXPECT_THROW(drive(stream, session), base::BrokenInvariant);
}

TEST_F(DriveTest, PlainBytesBehindTheHandshakeAreNotTakenForEncrypted) {
    ListSession session({net::StartTls{seconds(5)}, net::Read{seconds(5)}});
    say(*pair.server, "250 injected\r\n");
    EXPECT_EQ(drive(*pair.client, session), net::Stop::done);
    EXPECT_EQ(session.told, Told{"tls"});  // on_failure, not on_tls_started
    EXPECT_TRUE(session.over);
}

// How much room each read was given; answers with as many bytes as its list says.
class MeasuredStream : public BrokenStream {
  public:
    explicit MeasuredStream(std::vector<std::size_t> answers)
        : BrokenStream(base::ErrorCode::network), answers_(std::move(answers)) {}
    base::Task<base::Result<std::size_t>> read_some(std::span<char> into, base::MonotonicTime)
        override {
        room.push_back(into.size());
        const std::size_t count = std::min(into.size(), answers_.at(room.size() - 1));
        std::fill_n(into.begin(), count, 'x');
        co_return count;
    }
    std::vector<std::size_t> room;

  private:
    std::vector<std::size_t> answers_;
};

TEST_F(DriveTest, AReadBeginsSmallAndGrowsWhileMoreIsThere) {
    MeasuredStream stream({100, 9000, 9000, 9000, 20, 5});
    const net::Read read{seconds(1)};
    ListSession session({read, read, read, read, read, read});
    EXPECT_EQ(drive(stream, session), net::Stop::done);
    EXPECT_EQ(stream.room, (std::vector<std::size_t>{256, 256, 8192, 8192, 8192, 256}));
    ASSERT_EQ(session.told.size(), 6U);
    EXPECT_EQ(session.told[1].size(), 256U);
    EXPECT_EQ(session.told[2].size(), 8192U);
}

TEST_F(DriveTest, AWaitEndsByTimeAndTheStreamGoesOn) {
    ListSession session({net::Wait{clock.in(seconds(30))}, net::Read{seconds(5)}, net::Ready{}});
    const base::MonotonicTime begin = clock.monotonic();
    clock.call_at(clock.in(seconds(31)), [&] {
        base::start(
            [](net::Stream& stream) -> base::Task<> {
                (void)co_await stream.write_all("later", base::MonotonicTime::max());
            }(*pair.server),
            [](std::exception_ptr problem) { EXPECT_FALSE(problem); }
        );
    });
    EXPECT_EQ(drive(*pair.client, session), net::Stop::ready);
    EXPECT_EQ(session.told, (Told{"time", "later"}));
    EXPECT_EQ(clock.monotonic(), begin + seconds(31));
}

TEST_F(DriveTest, AWaitEndsByAWakeUp) {
    net::Waker waker;
    ListSession session({net::Wait{clock.in(seconds(30))}, net::Ready{}});
    clock.call_at(clock.in(seconds(3)), [&] { waker.wake(); });
    const base::MonotonicTime begin = clock.monotonic();
    EXPECT_EQ(drive(*pair.client, session, seconds(600), &waker), net::Stop::ready);
    EXPECT_EQ(session.told, Told{"asked"});
    EXPECT_EQ(clock.monotonic(), begin + seconds(3));
}

TEST_F(DriveTest, AWakeUpBeforeAWaitEndsItAtOnce) {
    net::Waker waker;
    waker.wake();
    waker.wake();
    ListSession session(
        {net::Wait{clock.in(seconds(30))}, net::Wait{clock.in(seconds(20))}, net::Ready{}}
    );
    EXPECT_EQ(drive(*pair.client, session, seconds(600), &waker), net::Stop::ready);
    EXPECT_EQ(session.told, (Told{"asked", "time"}));
}

TEST_F(DriveTest, BytesAndACloseEndAWaitToo) {
    ListSession session({net::Wait{clock.in(seconds(30))}, net::Wait{clock.in(seconds(30))}});
    say(*pair.server, "* 1 EXISTS\r\n");
    pair.server.reset();
    EXPECT_EQ(drive(*pair.client, session), net::Stop::done);
    EXPECT_EQ(session.told, (Told{"* 1 EXISTS\r\n", "closed"}));
}

TEST_F(DriveTest, TheDeadlineBoundsAWait) {
    ListSession session({net::Wait{base::MonotonicTime::max()}});
    EXPECT_EQ(drive(*pair.client, session, seconds(2)), net::Stop::done);
    EXPECT_EQ(session.told, Told{"timeout"});
}

}  // namespace
