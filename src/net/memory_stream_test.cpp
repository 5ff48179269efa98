#include "net/memory_stream.h"

#include "tests/support/manual_loop.h"

namespace {

using std::chrono::seconds;
constexpr base::MonotonicTime kNever = base::MonotonicTime::max();

// What a read gave: its bytes, or the name of its error.
base::Task<std::string> read_text(net::Stream& stream, base::MonotonicTime deadline) {
    std::array<char, 64> buffer;
    const base::Result<std::size_t> got = co_await stream.read_some(buffer, deadline);
    if (!got) co_return std::string(to_string(got.error().code));
    co_return std::string(buffer.data(), *got);
}

base::Task<> read_into(net::Stream& stream, base::MonotonicTime deadline, std::string& out) {
    out = co_await read_text(stream, deadline);
}

class MemoryStreamTest : public testing::Test {
  protected:
    net::MemoryPair make(bool encrypted = false) {
        return net::make_memory_pair(loop, loop.clock(), encrypted);
    }
    std::string write(net::Stream& stream, std::string bytes, base::MonotonicTime until = kNever) {
        const base::Result<> done =
            base::run_to_end(loop, stream.write_all(std::move(bytes), until));
        return done ? "ok" : std::string(to_string(done.error().code));
    }
    std::string read(net::Stream& stream, base::MonotonicTime until = kNever) {
        return base::run_to_end(loop, read_text(stream, until));
    }
    // Starts a read; what it gives will stand in `out`.
    void start_read(net::Stream& stream, base::MonotonicTime until, std::string& out) {
        out = "waiting";
        base::start(read_into(stream, until, out), [](std::exception_ptr problem) {
            EXPECT_FALSE(problem);
        });
    }

    support::ManualLoop loop;
};

TEST_F(MemoryStreamTest, BytesArriveInBothDirections) {
    net::MemoryPair pair = make();
    EXPECT_EQ(write(*pair.client, "EHLO\r\n"), "ok");
    EXPECT_EQ(write(*pair.client, "NOOP\r\n"), "ok");
    EXPECT_EQ(write(*pair.server, "220 hi\r\n"), "ok");
    EXPECT_EQ(read(*pair.server), "EHLO\r\nNOOP\r\n");
    EXPECT_EQ(read(*pair.client), "220 hi\r\n");
}

TEST_F(MemoryStreamTest, AReadTakesNoMoreThanItsRoom) {
    net::MemoryPair pair = make();
    EXPECT_EQ(write(*pair.client, std::string(100, 'a')), "ok");
    EXPECT_EQ(write(*pair.client, ""), "ok");
    EXPECT_EQ(read(*pair.server).size(), 64U);
    EXPECT_EQ(write(*pair.client, "b"), "ok");
    EXPECT_EQ(read(*pair.server), std::string(36, 'a') + "b");
}

TEST_F(MemoryStreamTest, AReadWaitsForBytesAndLeavesNoTimer) {
    net::MemoryPair pair = make();
    std::string got;
    start_read(*pair.client, loop.clock().in(seconds(10)), got);
    loop.run_ready();
    EXPECT_EQ(got, "waiting");
    EXPECT_EQ(loop.clock().timers(), 1U);
    EXPECT_EQ(write(*pair.server, "220 hi\r\n"), "ok");
    EXPECT_EQ(got, "waiting");  // woken through the loop, not from within the write
    loop.run_ready();
    EXPECT_EQ(got, "220 hi\r\n");
    EXPECT_EQ(loop.clock().timers(), 0U);
}

TEST_F(MemoryStreamTest, AReadEndsAtItsDeadline) {
    net::MemoryPair pair = make();
    const base::MonotonicTime begin = loop.clock().monotonic();
    EXPECT_EQ(read(*pair.client, begin + seconds(5)), "timed_out");
    EXPECT_EQ(loop.clock().monotonic(), begin + seconds(5));
}

TEST_F(MemoryStreamTest, APassedDeadlineStopsEvenWhatWouldNotWait) {
    net::MemoryPair pair = make();
    EXPECT_EQ(write(*pair.server, "endless"), "ok");
    const base::MonotonicTime now = loop.clock().monotonic();
    EXPECT_EQ(read(*pair.client, now), "timed_out");
    EXPECT_EQ(write(*pair.client, "x", now), "timed_out");
    EXPECT_EQ(
        base::run_to_end(loop, pair.client->start_tls(now)).error().code, base::ErrorCode::timed_out
    );
}

TEST_F(MemoryStreamTest, ACloseComesAfterTheBufferedBytes) {
    net::MemoryPair pair = make();
    EXPECT_EQ(write(*pair.server, "221 bye\r\n"), "ok");
    pair.server->close();
    EXPECT_EQ(write(*pair.client, "QUIT\r\n"), "closed");
    EXPECT_EQ(read(*pair.client), "221 bye\r\n");
    EXPECT_EQ(read(*pair.client), "");
    EXPECT_EQ(write(*pair.server, "x"), "closed");
    EXPECT_EQ(read(*pair.server), "closed");
}

TEST_F(MemoryStreamTest, ADroppedPeerEndsAPendingRead) {
    net::MemoryPair pair = make();
    std::string got;
    start_read(*pair.client, kNever, got);
    pair.server.reset();
    loop.run_ready();
    EXPECT_EQ(got, "");
}

TEST_F(MemoryStreamTest, AStreamMayBeClosedOrDroppedWithItsOwnReadPending) {
    for (const bool drop : {false, true}) {
        net::MemoryPair pair = make();
        std::string got;
        start_read(*pair.client, kNever, got);
        if (drop)
            pair.client.reset();
        else
            pair.client->close();
        loop.run_ready();
        EXPECT_EQ(got, "closed") << drop;
        EXPECT_EQ(read(*pair.server), "") << drop;
    }
}

TEST_F(MemoryStreamTest, ADestroyedReaderIsForgotten) {
    net::MemoryPair pair = make();
    {
        std::string got;
        base::Task<> reader = read_into(*pair.client, loop.clock().in(seconds(1)), got);
        auto awaiter = std::move(reader).operator co_await();
        awaiter.await_suspend(std::noop_coroutine()).resume();
        EXPECT_EQ(write(*pair.server, "late"), "ok");  // its wake-up is posted already
    }
    EXPECT_EQ(loop.clock().timers(), 0U);
    loop.advance(seconds(2));
    EXPECT_EQ(read(*pair.client), "late");
}

TEST_F(MemoryStreamTest, TlsMarksBothEnds) {
    net::MemoryPair pair = make();
    EXPECT_FALSE(pair.client->encrypted());
    EXPECT_TRUE(base::run_to_end(loop, pair.client->start_tls(kNever)).has_value());
    EXPECT_TRUE(pair.client->encrypted());
    EXPECT_TRUE(pair.server->encrypted());
    EXPECT_TRUE(make(true).server->encrypted());
}

TEST_F(MemoryStreamTest, PlainBytesBeforeTheHandshakeBreakIt) {
    net::MemoryPair pair = make();
    EXPECT_EQ(write(*pair.server, "220 go\r\n250 injected\r\n"), "ok");
    const base::Result<> started = base::run_to_end(loop, pair.client->start_tls(kNever));
    ASSERT_FALSE(started);
    EXPECT_EQ(started.error().code, base::ErrorCode::tls);
    pair.server.reset();
    EXPECT_EQ(
        base::run_to_end(loop, pair.client->start_tls(kNever)).error().code, base::ErrorCode::closed
    );
}

TEST_F(MemoryStreamTest, AReadCanBeCalledOff) {
    net::MemoryPair pair = make();
    pair.client->cancel_read();  // none is under way
    std::string first;
    start_read(*pair.client, kNever, first);
    pair.client->cancel_read();
    EXPECT_EQ(first, "waiting") << "not from within the call";
    loop.run_ready();
    EXPECT_EQ(first, "cancelled");
    EXPECT_EQ(write(*pair.server, "later"), "ok");
    EXPECT_EQ(read(*pair.client), "later");
    std::string second;
    start_read(*pair.client, kNever, second);
    pair.client->cancel_read();
    EXPECT_EQ(write(*pair.server, "at once"), "ok");
    loop.run_ready();
    EXPECT_EQ(second, "at once") << "what came is not held back";
}

}  // namespace
