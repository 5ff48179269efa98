#include "base/random.h"
#include "smtp/session.h"
#include "smtp/test_dialogue.h"

namespace smtp {
namespace {

using test::check_over;
using test::kNoLogin;
using test::kSettings;
using test::Lines;
using test::lines_of;
using test::Talk;
using Ending = Transaction::Ending;

const Lines kPipelined = lines_of(R"(
        S: 220 hi
        C: EHLO [192.0.2.1]
        S: 250-hi
        S: 250 STARTTLS
        C: STARTTLS
        S: 220 go
        TLS
        C: EHLO [192.0.2.1]
        S: 250-hi
        S: 250-PIPELINING
        S: 250 AUTH LOGIN
        C: AUTH LOGIN
        S: 334 VXNlcm5hbWU6
        C: $USER
        S: 334 UGFzc3dvcmQ6
        C: $PASSWORD
        S: 235 ok
        SEND
        C: MAIL FROM:<ann@example.com>
        C: RCPT TO:<ben@example.org>
        C: DATA
        S: 250 ok
        S: 250 ok
        S: 354 go
        C: Subject: hi
        C:
        C: Hello
        C: ..
        BARRIER
        C: .
        S: 250-queued
        S: 250 ok
        QUIT
        C: QUIT
        S: 221 bye
    )");

Lines one_by_one() {
    Lines lines(kPipelined.begin(), kPipelined.begin() + 9);
    const Lines rest = lines_of(R"(
        S: 250 AUTH PLAIN
        C: AUTH PLAIN $PLAIN
        S: 235 ok
        SEND
        C: MAIL FROM:<ann@example.com>
        S: 250 ok
        C: RCPT TO:<ben@example.org>
        S: 250 ok
        C: DATA
        S: 354 go
        C: Subject: hi
        C:
        C: Hello
        C: ..
        BARRIER
        C: .
        S: 250 ok
        QUIT
        C: QUIT
        S: 221 bye
    )");
    lines.insert(lines.end(), rest.begin(), rest.end());
    return lines;
}

struct Fault {
    const char* name;
    void (*strike)(Talk&);
    Ending in_transaction;  // what it makes of a message that is under way
};

const Fault kFaults[] = {
    {"closed", [](Talk& d) { d.session.on_closed(); }, Ending::failed},
    {"timeout", [](Talk& d) { d.session.on_timeout(); }, Ending::failed},
    {"reset",
     [](Talk& d) {
         d.session.on_failure({base::ErrorCode::network, "net", "connection reset", {}, 0, {}});
     },
     Ending::failed},
    {"garbage", [](Talk& d) { d.hear("\x16\x03\x01 what\r\n"); }, Ending::failed},
    {"long line", [](Talk& d) { d.hear("250 " + std::string(9000, 'x')); }, Ending::failed},
    {"endless reply",
     [](Talk& d) {
         for (int i = 0; i < 300; ++i) d.hear("250-again\r\n");
     },
     Ending::failed},
    {"code change", [](Talk& d) { d.hear("250-a\r\n550 b\r\n"); }, Ending::failed},
    {"1xx", [](Talk& d) { d.hear("150 about to\r\n"); }, Ending::failed},
    {"221", [](Talk& d) { d.hear("221 closing\r\n"); }, Ending::failed},
    {"421", [](Talk& d) { d.hear("421 4.7.0 try later\r\n"); }, Ending::refused},
};

std::size_t find(const Lines& lines, const char* line) {
    return static_cast<std::size_t>(std::ranges::find(lines, line) - lines.begin());
}

// Strikes just before line `at` and checks what became of the session and its message.
void fail_at(const Lines& lines, std::size_t at, const Fault& fault) {
    SCOPED_TRACE(fault.name + std::string(" at line ") + std::to_string(at) + " " + lines[at]);
    Talk talk(kSettings, net::Tls::starttls);
    ASSERT_EQ(talk.play(lines, at), "");
    talk.pump();
    const bool decided = at > find(lines, "QUIT");
    fault.strike(talk);
    ASSERT_TRUE(std::holds_alternative<net::Done>(talk.session.next()));
    const Transaction& last = talk.session.last();
    if (decided) {
        EXPECT_EQ(last.ending, Ending::accepted);
        EXPECT_FALSE(talk.session.error().has_value()) << "a failed goodbye is no error";
        return;
    }
    EXPECT_EQ(check_over(talk.session), "");
    EXPECT_EQ(last.ending, at < find(lines, "SEND") ? Ending::none : fault.in_transaction);
    EXPECT_EQ(last.dot_begun, at > find(lines, "BARRIER"));
}

TEST(SessionFailure, EndsTheSessionAtEachStepInTurn) {
    for (const Lines& lines : {kPipelined, one_by_one()}) {
        for (std::size_t at = 0; at < lines.size(); ++at) {
            // Only the first line of a reply: half a reply is looked at below.
            const bool continues = at > 0 && lines[at - 1].starts_with("S: 250-");
            if (!lines[at].starts_with("S: ") || continues) continue;
            for (const Fault& fault : kFaults) fail_at(lines, at, fault);
        }
    }
}

// Every write, read and handshake in turn, each way a stream can fail.
TEST(SessionFailure, EndsTheSessionAtEachOperationInTurn) {
    for (const Lines& lines : {kPipelined, one_by_one()}) {
        const auto make = [] {
            return std::make_unique<Session>(kSettings, net::Tls::starttls, false);
        };
        std::size_t failures = 0;
        const auto check = [&](Session& session, const support::Failure& failure) {
            SCOPED_TRACE(failure.str());
            ++failures;
            const Transaction& last = session.last();
            if (last.ending == Ending::accepted) return;
            EXPECT_EQ(check_over(session), "");
            EXPECT_NE(last.ending, Ending::refused);
            // The dot's write is the first operation that leaves doubt.
            if (failure.at == "write \".\\r\\n\"") EXPECT_TRUE(last.dot_begun);
        };
        EXPECT_EQ(test::transcript(lines).fail_at_each_step(make, check), "");
        EXPECT_GT(failures, 60U);
    }
}

TEST(SessionFailure, HalfAReplyIsNoReply) {
    for (std::size_t at = 1; at < kPipelined.size(); ++at) {
        if (!kPipelined[at - 1].starts_with("S: 250-")) continue;
        Talk talk(kSettings, net::Tls::starttls);
        ASSERT_EQ(talk.play(kPipelined, at), "");
        talk.session.on_closed();
        EXPECT_EQ(check_over(talk.session), "");
        EXPECT_NE(talk.session.last().ending, Ending::accepted);
        EXPECT_EQ(talk.session.last().dot_begun, at > find(kPipelined, "BARRIER"));
    }
}

TEST(SessionFailure, ARefusalBeforeTheMessageEndsInOrder) {
    for (const Lines& lines : {kPipelined, one_by_one()}) {
        for (std::size_t at = 0; at < find(lines, "SEND"); ++at) {
            const bool continues = at > 0 && lines[at - 1].starts_with("S: 250-");
            if (!lines[at].starts_with("S: ") || continues) continue;
            for (const char* refusal : {"450 4.3.0 later\r\n", "550 5.7.1 no\r\n", "999"}) {
                Talk talk(kSettings, net::Tls::starttls);
                ASSERT_EQ(talk.play(lines, at), "");
                talk.pump();
                talk.hear(refusal);
                if (refusal[0] != '9') {
                    talk.pump();
                    EXPECT_EQ(talk.writes.back(), "QUIT\r\n");
                    talk.hear("221 bye\r\n");
                }
                EXPECT_EQ(check_over(talk.session), "") << lines[at];
            }
        }
    }
}

TEST(SessionFailure, ClosesWhenTheServerSpeaksOutOfTurn) {
    Talk greeting(kSettings, net::Tls::starttls);
    greeting.hear("220 hi\r\n250-hi\r\n250 STARTTLS\r\n");
    EXPECT_EQ(check_over(greeting.session), "");
    Talk hello(kSettings, net::Tls::starttls);
    hello.hear("220 hi\r\n");
    hello.pump();
    hello.hear("250-hi\r\n250 STARTTLS\r\n220 go\r\n");
    EXPECT_EQ(check_over(hello.session), "");
    Talk data(kNoLogin, net::Tls::implicit);
    data.send_usual(true);
    data.session.on_bytes("250 ok\r\n250 ok\r\n354 go\r\n250 queued\r\n");
    EXPECT_EQ(check_over(data.session), "");
    EXPECT_EQ(data.session.last().ending, Ending::failed);
    EXPECT_FALSE(data.session.last().dot_begun);
}

TEST(SessionFailure, ListensToAGoodbyeOutOfTurn) {
    Talk talk(kNoLogin, net::Tls::implicit);
    talk.send_usual(true);
    talk.session.on_bytes("250 ok\r\n250 ok\r\n354 go\r\n421 4.3.2 shutting down\r\n");
    EXPECT_EQ(check_over(talk.session), "");
    EXPECT_EQ(talk.session.last().ending, Ending::refused);
    EXPECT_EQ(talk.session.last().reply->code, 421);
}

TEST(SessionFailure, IgnoresWhatComesAfterQuit) {
    Talk talk(kNoLogin, net::Tls::implicit);
    talk.hear("220 hi\r\n");
    talk.pump();
    talk.hear("250 hi\r\n");
    talk.session.quit();
    talk.pump();
    talk.session.on_bytes("221 bye\r\n250 ok\r\n\x01garbage");
    EXPECT_TRUE(std::holds_alternative<net::Done>(talk.session.next()));
    EXPECT_FALSE(talk.session.error().has_value());
}

TEST(SessionFailure, RefusesABadNameOrLoginBeforeItSpeaks) {
    for (const SessionSettings& settings :
         {SessionSettings{.ehlo_name = "localhost", .credentials = std::nullopt},
          SessionSettings{.ehlo_name = "a\r\nQUIT", .credentials = std::nullopt},
          SessionSettings{.ehlo_name = "[192.0.2.1]", .credentials = Credentials{"ann", ""}}}) {
        Session session(settings, net::Tls::implicit, true);
        EXPECT_EQ(check_over(session), "");
        EXPECT_EQ(session.error()->code, base::ErrorCode::invalid_input);
    }
}

TEST(SessionFailure, WaitsAsLongAsTheStandardSays) {
    using std::chrono::minutes;
    const std::pair<State, base::Duration> expected[] = {
        {State::greeting, minutes(5)},
        {State::ehlo, minutes(5)},
        {State::mail, minutes(5)},
        {State::rcpt, minutes(5)},
        {State::data, minutes(2)},
        {State::block, minutes(3)},
        {State::dot, minutes(10)},
    };
    for (const auto& [state, deadline] : expected) EXPECT_EQ(row_of(state).deadline, deadline);
    Talk talk(kNoLogin, net::Tls::implicit);
    EXPECT_EQ(std::get<net::Read>(talk.session.next()).timeout, minutes(5));
    talk.send_usual(true);
    talk.hear("250 ok\r\n250 ok\r\n");
    EXPECT_EQ(std::get<net::Read>(talk.session.next()).timeout, minutes(2));
    talk.hear("354 go\r\n");
    EXPECT_EQ(std::get<net::Write>(talk.session.next()).timeout, minutes(3));
    talk.pump();
    talk.session.resume();
    talk.pump();
    EXPECT_EQ(std::get<net::Read>(talk.session.next()).timeout, minutes(10));
}

// Any bytes at all: the session ends or goes on, within as many steps as there are pieces.
TEST(SessionFailure, SurvivesAnyServer) {
    const std::string pieces[] = {
        "220 hi\r\n",
        "250-hi\r\n",
        "250 STARTTLS\r\n",
        "250 AUTH PLAIN\r\n",
        "250 PIPELINING\r\n",
        "354 go\r\n",
        "421 bye\r\n",
        "550 5.1.1 no\r\n",
        "334 \r\n",
        "235 ok\r\n",
        "2",
        "\r\n",
        "\n",
        "250 ok\n",
        std::string("\0", 1),
        "\xff",
        "199 x\r\n",
        "250-STARTTLS\r\n",
    };
    base::SeededRandom random(20261123);
    for (int round = 0; round < 20000; ++round) {
        const bool upgrade = random.chance(0.5);
        Talk talk(kSettings, upgrade ? net::Tls::starttls : net::Tls::implicit);
        bool clear = upgrade;
        for (int step = 0; step < 40; ++step) {
            const net::Action action = talk.session.next();
            if (std::holds_alternative<net::Done>(action)) break;
            if (const auto* write = std::get_if<net::Write>(&action)) {
                const bool harmless = write->bytes.starts_with("EHLO ") ||
                                      write->bytes == "STARTTLS\r\n" || write->bytes == "QUIT\r\n";
                ASSERT_TRUE(!clear || harmless) << write->bytes;
                talk.session.on_written();
            } else if (std::holds_alternative<net::Ready>(action)) {
                ASSERT_TRUE(talk.session.encrypted());
                talk.session.send(test::usual_envelope(), test::usual_message());
            } else if (std::holds_alternative<net::Barrier>(action)) {
                talk.session.resume();
            } else if (std::holds_alternative<net::StartTls>(action)) {
                talk.session.on_tls_started();
                clear = false;
            } else {
                talk.session.on_bytes(pieces[random.below(std::size(pieces))]);
            }
        }
    }
}

}  // namespace
}  // namespace smtp
