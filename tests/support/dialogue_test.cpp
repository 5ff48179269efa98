#include "tests/support/dialogue.h"

namespace {

using std::chrono::seconds;
using support::Dialogue;
using support::Failure;

// Asks for a greeting line, says hello in two writes, starts TLS, waits at a barrier, is ready.
class Hello : public net::Session {
  public:
    net::Action next() override {
        if (!error.empty()) return net::Done{};
        switch (state) {
            case 0:
                return net::Read{seconds(30)};
            case 1:
                return net::Write{"hello ", seconds(10)};
            case 2:
                return net::Write{"there\r\n", seconds(10)};
            case 3:
                return net::StartTls{seconds(10)};
            case 4:
                return net::Barrier{"secret"};
            case 5:
                return net::Ready{};
            default:
                return net::Read{seconds(30)};
        }
    }
    void on_written() override { ++state; }
    void on_bytes(std::string_view bytes) override {
        greeting += bytes;
        if (greeting.ends_with("\n")) ++state;
    }
    void on_tls_started() override { ++state; }
    void on_closed() override { fail("closed"); }
    void on_timeout() override { fail("timeout"); }
    void on_failure(base::Error problem) override { fail(problem.message); }
    void resume() override { ++state; }
    void wait() { state = 6; }

    void fail(std::string words) {
        if (!stubborn) error = std::move(words);
    }

    int state = 0;
    bool stubborn = false;
    std::string greeting;
    std::string error;
};

Dialogue whole() {
    return Dialogue()
        .server("hi\r\n")
        .within(seconds(30))
        .client("hello there\r\n")
        .tls()
        .barrier("secret")
        .ready<Hello>([](Hello& hello) { hello.wait(); })
        .closes()
        .done();
}

TEST(Dialogue, PlaysASessionToItsEnd) {
    Hello session;
    EXPECT_EQ(whole().run(session), "");
    EXPECT_EQ(session.greeting, "hi\r\n");
    EXPECT_EQ(session.error, "closed");
    Hello slow;
    EXPECT_EQ(whole().run_bytewise(slow), "");
    EXPECT_EQ(slow.greeting, "hi\r\n");
}

TEST(Dialogue, NamesTheStepThatWentOtherwise) {
    const auto run = [](const Dialogue& dialogue) {
        Hello session;
        return dialogue.run(session);
    };
    EXPECT_EQ(run(Dialogue().client("x")), "step 1: expected write \"x\", got read");
    EXPECT_EQ(
        run(Dialogue().server("\r\n").client("hello you")),
        "step 2: expected write \"you\", got write \"there\\r\\n\""
    );
    EXPECT_EQ(
        run(Dialogue().server("\r\n").client("hell")),
        "step 3: expected the end of the transcript, got write \"o \""
    );
    EXPECT_EQ(run(Dialogue().tls()), "step 1: expected tls, got read");
    EXPECT_EQ(
        run(Dialogue().server("\r\n").within(seconds(1))),
        "step 1: expected a timeout of 1000000 us, got 30000000 us for read"
    );
    EXPECT_EQ(
        run(Dialogue().server("\n").client("hello there\r\n").tls().barrier("other")),
        "step 4: expected barrier other, got barrier secret"
    );
}

TEST(Dialogue, LetsEveryOperationFailInTurn) {
    std::vector<std::string> seen;
    const auto make = [] { return std::make_unique<Hello>(); };
    const auto note = [&](Hello& session, const Failure& failure) {
        EXPECT_FALSE(session.error.empty()) << failure.str();
        seen.push_back(failure.str());
    };
    EXPECT_EQ(whole().fail_at_each_step(make, note), "");
    ASSERT_EQ(seen.size(), 15U);  // 2 reads, 2 writes, 1 handshake, 3 ways
    EXPECT_EQ(seen.front(), "operation 0, read: closed");
    EXPECT_EQ(seen[4], "operation 1, write \"hello \": timed_out");
}

TEST(Dialogue, ReportsASessionThatGoesOnAfterAFailure) {
    const auto make = [] {
        auto session = std::make_unique<Hello>();
        session->stubborn = true;
        return session;
    };
    const auto ignore = [](Hello&, const Failure&) {};
    EXPECT_EQ(
        Dialogue().server("hi\r\n").fail_at_each_step(make, ignore),
        "operation 0, read: closed: then the session asks for I/O: read"
    );
}

TEST(ForEachSplit, CutsEverywhereOnce) {
    std::vector<std::size_t> counts;
    support::for_each_split("abc", [&](const std::vector<std::string_view>& pieces) {
        std::string whole_text;
        for (const std::string_view piece : pieces) whole_text += piece;
        EXPECT_EQ(whole_text, "abc");
        counts.push_back(pieces.size());
    });
    EXPECT_EQ(counts, (std::vector<std::size_t>{1, 2, 2, 3}));
}

}  // namespace
