// IDLE (RFC 2177): a wait that news, time or somebody ends.
#include "imap/test_sessions.h"

namespace imap {
namespace {

using support::Dialogue;

support::Dialogue::Call idle() { return give(Idle{base::MonotonicTime(std::chrono::minutes(9))}); }

support::Dialogue::Call expect_idled(Idled idled) {
    return check([idled](Session& imap) {
        const base::Result<Reply> reply = imap.take_reply();
        ASSERT_TRUE(reply) << reply.error().describe();
        EXPECT_EQ(reply->idled, idled);
        EXPECT_TRUE(imap.usable());
    });
}

// Idling, with all that belongs before it.
Dialogue idling() {
    return plain_server().ready(idle()).client("A002 IDLE\r\n").server("+ idling\r\n");
}

TEST(SessionIdle, EndsByNews) {
    for (const std::string news :
         {"* 4 EXISTS\r\n", "* 2 EXPUNGE\r\n", "* 1 FETCH (FLAGS (\\Seen))\r\n"})
        expect_follows_and_fails(idling()
                                     .server("* OK Still here\r\n")
                                     .server("* 1 RECENT\r\n")
                                     .server(news)
                                     .client("DONE\r\n")
                                     .server("A002 OK IDLE terminated\r\n")
                                     .ready(expect_idled(Idled::changed)));
}

TEST(SessionIdle, EndsByTimeAndBySomebody) {
    expect_follows_and_fails(idling()
                                 .wakes(net::Wake::time)
                                 .client("DONE\r\n")
                                 .server("A002 OK IDLE terminated\r\n")
                                 .ready(expect_idled(Idled::timed_out))
                                 .ready(idle())
                                 .client("A003 IDLE\r\n")
                                 .server("+ \r\n")
                                 .wakes(net::Wake::asked)
                                 .client("DONE\r\n")
                                 .server("A003 OK\r\n")
                                 .ready(expect_idled(Idled::woken)));
}

TEST(SessionIdle, WaitsUntilTheTimeItWasGiven) {
    auto imap = session();
    ASSERT_EQ(idling().run(*imap), "");
    const net::Action action = imap->next();
    const auto* wait = std::get_if<net::Wait>(&action);
    ASSERT_NE(wait, nullptr);
    EXPECT_EQ(wait->until, base::MonotonicTime(std::chrono::minutes(9)));
}

TEST(SessionIdle, TellsOfNewsThatCrossedOurDone) {
    expect_follows(idling()
                       .wakes(net::Wake::time)
                       .client("DONE\r\n")
                       .server("* 5 EXISTS\r\nA002 OK IDLE terminated\r\n")
                       .ready(expect_idled(Idled::changed)));
}

TEST(SessionIdle, TellsOfNewsThatCameBeforeTheServerWasReady) {
    expect_follows(plain_server()
                       .ready(idle())
                       .client("A002 IDLE\r\n")
                       .server("* 5 EXISTS\r\n")
                       .server("+ idling\r\n")
                       .client("DONE\r\n")
                       .server("A002 OK IDLE terminated\r\n")
                       .ready(expect_idled(Idled::changed)));
}

TEST(SessionIdle, IsRefusedByServersThatDoNotWait) {
    const auto refused = check([](Session& imap) {
        const base::Result<Reply> reply = imap.take_reply();
        ASSERT_FALSE(reply);
        EXPECT_EQ(reply.error().code, base::ErrorCode::refused);
        EXPECT_EQ(reply.error().stage, "imap.idle");
        EXPECT_TRUE(imap.usable());
    });
    expect_follows(plain_server()
                       .ready(idle())
                       .client("A002 IDLE\r\n")
                       .server("A002 NO not now\r\n")
                       .ready(refused));
    expect_follows(plain_server()
                       .ready(idle())
                       .client("A002 IDLE\r\n")
                       .server("A002 OK waited enough\r\n")
                       .ready(refused));
    expect_follows(idling().server("A002 OK waited enough\r\n").ready(refused));
}

TEST(SessionIdle, TakesAnEndThatCrossesOurDone) {
    // Both in one piece: DONE is not written any more.
    auto imap = session();
    EXPECT_EQ(
        idling()
            .server("* 5 EXISTS\r\nA002 OK enough\r\n")
            .ready(expect_idled(Idled::changed))
            .run(*imap),
        ""
    );
}

TEST(SessionIdle, EndsWithAServerThatGoesAway) {
    const base::Error error =
        error_of(idling().server("* BYE shutting down\r\n").closes().done(), kImplicit);
    EXPECT_EQ(error.code, base::ErrorCode::closed);
    EXPECT_EQ(error.stage, "imap.idle");
    EXPECT_EQ(error.server_words, "shutting down");
}

TEST(SessionIdle, EndsWithAServerThatAsksForMore) {
    EXPECT_EQ(
        error_of(idling().server("+ again\r\n").done(), kImplicit).code, base::ErrorCode::protocol
    );
    EXPECT_EQ(
        error_of(
            idling().wakes(net::Wake::time).client("DONE\r\n").server("+ again\r\n").done(),
            kImplicit
        )
            .code,
        base::ErrorCode::protocol
    );
}

TEST(SessionIdle, HasALimitForAServerThatTalksForEver) {
    auto imap = session();
    ASSERT_EQ(idling().run(*imap), "");
    std::size_t sent = 0;
    const std::string line = "* OK still here\r\n";
    while (imap->state() != State::over && sent < (8U << 20)) {
        imap->on_bytes(line);
        sent += line.size();
    }
    ASSERT_TRUE(imap->error());
    EXPECT_EQ(imap->error()->code, base::ErrorCode::limit_exceeded);
    EXPECT_LE(sent, (1U << 20) + line.size());
}

}  // namespace
}  // namespace imap
