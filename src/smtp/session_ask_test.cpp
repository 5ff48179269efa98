// Asking whether a message would be taken, without sending one.
#include "smtp/session.h"
#include "smtp/test_dialogue.h"

namespace smtp {
namespace {

using Ending = Transaction::Ending;

constexpr const char* kGreeting = R"(
    S: 220 mail.example.org
    C: EHLO [192.0.2.1]
    S: 250-mail.example.org
    S: 250-PIPELINING
    S: 250 SIZE 10240000
    ASK
    C: MAIL FROM:<ann@example.com> SIZE=4096
)";

struct Case {
    const char* name;
    const char* lines;
    Ending ending;
    const char* stage;
};

const std::vector<Case> kCases = {
    {"taken",
     R"(
        S: 250 2.1.0 Ok
        C: RCPT TO:<ben@example.org>
        S: 250 2.1.5 Ok
        C: RSET
        S: 250 2.0.0 Ok
     )",
     Ending::accepted,
     ""},
    {"sender refused",
     R"(
        S: 550 5.7.60 no permission to send as this sender
        C: RSET
        S: 250 Ok
     )",
     Ending::refused,
     "smtp.mail"},
    {"recipient refused",
     R"(
        S: 250 Ok
        C: RCPT TO:<ben@example.org>
        S: 554 5.1.8 outgoing blocked
        C: RSET
        S: 250 Ok
     )",
     Ending::refused,
     "smtp.rcpt"},
};

TEST(SessionAsk, EndsWithTheVerdictAndNoData) {
    for (const Case& one : kCases) {
        SCOPED_TRACE(one.name);
        const test::Lines lines = test::lines_of(std::string(kGreeting) + one.lines + "READY\n");
        test::Talk talk(test::kNoLogin, net::Tls::implicit);
        EXPECT_EQ(talk.play(lines), "");
        EXPECT_EQ(talk.session.last().ending, one.ending);
        EXPECT_EQ(talk.session.last().error.stage, one.stage);
        EXPECT_TRUE(talk.session.ready());
        test::Talk bytewise(test::kNoLogin, net::Tls::implicit);
        EXPECT_EQ(test::transcript(lines).run_bytewise(bytewise.session), "");
        EXPECT_EQ(bytewise.session.last().ending, one.ending);
    }
}

TEST(SessionAsk, SendsAMessageAfterwards) {
    const test::Lines lines = test::lines_of(std::string(kGreeting) + kCases[0].lines + R"(
        SEND
        C: MAIL FROM:<ann@example.com> SIZE=25
        C: RCPT TO:<ben@example.org>
        C: DATA
    )");
    test::Talk talk(test::kNoLogin, net::Tls::implicit);
    EXPECT_EQ(talk.play(lines), "");
}

TEST(SessionAsk, ABreakAtAnyStepLeavesNothingOpen) {
    const test::Lines lines = test::lines_of(std::string(kGreeting) + kCases[0].lines);
    for (std::size_t count = 7; count < lines.size(); ++count) {
        SCOPED_TRACE(count);
        test::Talk talk(test::kNoLogin, net::Tls::implicit);
        ASSERT_EQ(talk.play(lines, count), "");
        talk.session.on_closed();
        EXPECT_EQ(test::check_over(talk.session), "");
    }
}

}  // namespace
}  // namespace smtp
