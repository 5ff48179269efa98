// What refusals make of a message, and of the connection.
#include "smtp/session.h"
#include "smtp/test_dialogue.h"

namespace smtp {
namespace {

using test::check_over;
using test::kNoLogin;
using test::Lines;
using test::Talk;
using Ending = Transaction::Ending;

struct Answers {
    int mail;
    int rcpt;
    int data;
};

std::string words(int code) { return std::to_string(code) + " x\r\n"; }

// All three answers come in one piece, as pipelining servers send them.
void check_pipelined(const Answers& answers) {
    SCOPED_TRACE(
        ::testing::Message() << answers.mail << " " << answers.rcpt << " " << answers.data
    );
    Talk talk(kNoLogin, net::Tls::implicit);
    talk.send_usual(true);
    talk.hear(words(answers.mail) + words(answers.rcpt) + words(answers.data));
    talk.pump();
    const Transaction& last = talk.session.last();
    const bool refused = answers.mail >= 400 || answers.rcpt >= 400 || answers.data >= 400;
    if (answers.data == 250) {
        EXPECT_EQ(check_over(talk.session), "");
    } else if (!refused) {
        EXPECT_TRUE(std::holds_alternative<net::Barrier>(talk.session.next()));
    } else if (answers.data >= 400) {
        EXPECT_EQ(talk.writes, (Lines{"RSET\r\n"}));
    } else if (answers.rcpt >= 400) {
        EXPECT_EQ(talk.writes, (Lines{".\r\n"})) << "an empty message for nobody";
        talk.hear("554 no valid recipients\r\n");
        talk.pump();
        EXPECT_EQ(talk.writes, (Lines{".\r\n", "RSET\r\n"}));
    } else {
        EXPECT_TRUE(talk.writes.empty()) << "an empty message would be delivered";
        EXPECT_EQ(check_over(talk.session), "");
    }
    EXPECT_FALSE(last.dot_begun);
    if (!refused) return;
    ASSERT_EQ(last.ending, Ending::refused);
    const int decisive = answers.mail >= 400   ? answers.mail
                         : answers.rcpt >= 400 ? answers.rcpt
                                               : answers.data;
    EXPECT_EQ(last.reply->code, decisive);
    if (!talk.writes.empty() && talk.writes.back() == "RSET\r\n") {
        talk.hear("250 ok\r\n");
        EXPECT_TRUE(talk.session.ready());
        EXPECT_EQ(talk.session.last().ending, Ending::refused);
    }
}

TEST(SessionRefusal, PipelinedRefusalsLeaveNothingBehind) {
    for (const int mail : {250, 451, 553})
        for (const int rcpt : {250, 251, 450, 550})
            for (const int data : {354, 250, 452, 554}) check_pipelined({mail, rcpt, data});
}

TEST(SessionRefusal, RefusalsOneByOneLeadBackToReady) {
    struct Case {
        Lines answers;
        int decisive;
    };
    const Case cases[] = {
        {{"451 later\r\n"}, 451},
        {{"250 ok\r\n", "550 5.1.1 no such user\r\n"}, 550},
        {{"250 ok\r\n", "250 ok\r\n", "452 full\r\n"}, 452},
    };
    for (const Case& one : cases) {
        Talk talk(kNoLogin, net::Tls::implicit);
        talk.send_usual(false);
        for (const std::string& answer : one.answers) {
            talk.hear(answer);
            talk.pump();
        }
        EXPECT_EQ(talk.writes.back(), "RSET\r\n");
        talk.hear("250 ok\r\n");
        ASSERT_TRUE(talk.session.ready());
        EXPECT_EQ(talk.session.last().ending, Ending::refused);
        EXPECT_EQ(talk.session.last().reply->code, one.decisive);
        talk.session.send(test::usual_envelope(), test::usual_message());
        EXPECT_TRUE(std::holds_alternative<net::Write>(talk.session.next()));
    }
}

TEST(SessionRefusal, ARefusedResetKeepsTheVerdict) {
    Talk talk(kNoLogin, net::Tls::implicit);
    talk.send_usual(false);
    talk.hear("550 no\r\n");
    talk.pump();
    talk.hear("500 what?\r\n");
    EXPECT_EQ(check_over(talk.session), "");
    EXPECT_EQ(talk.session.last().ending, Ending::refused);
    EXPECT_EQ(talk.session.last().reply->code, 550);
}

// Which step of a whole session gets the answer; everything before it goes well.
struct Phase {
    const char* name;
    int before;  // replies that go well
    const char* stage;
};
constexpr std::array<Phase, 7> kPhases{{
    {"greeting", 0, "smtp.connect"},
    {"EHLO", 1, "smtp.ehlo"},
    {"AUTH", 2, "smtp.auth"},
    {"MAIL", 3, "smtp.mail"},
    {"RCPT", 4, "smtp.rcpt"},
    {"DATA", 5, "smtp.data"},
    {"dot", 6, "smtp.dot"},
}};

// Plays a session whose reply number `phase.before` is `answer`; then says goodbye or OK to all.
void play_until(Talk& talk, const Phase& phase, const std::string& answer) {
    constexpr std::array<std::string_view, 7> kGood{
        "220 hi\r\n",
        "250-hi\r\n250 AUTH PLAIN\r\n",
        "235 ok\r\n",
        "250 ok\r\n",
        "250 ok\r\n",
        "354 go\r\n",
        "250 ok\r\n"
    };
    for (int i = 0; i <= phase.before; ++i) {
        talk.pump();
        if (talk.session.ready()) {
            talk.session.send(test::usual_envelope(), test::usual_message());
            talk.pump();
        }
        if (std::holds_alternative<net::Barrier>(talk.session.next())) talk.session.resume();
        talk.pump();
        talk.hear(i == phase.before ? answer : std::string(kGood[static_cast<std::size_t>(i)]));
    }
    talk.pump();
    if (!std::holds_alternative<net::Done>(talk.session.next()) && !talk.session.ready())
        talk.hear("250 ok\r\n");
}

// Providers' words for "too much": whoever gets them at any step knows the code and whether the
// message is gone, and a refusal is never mistaken for doubt.
TEST(SessionRefusal, RateRepliesAreToldAtEveryStep) {
    for (const Phase& phase : kPhases) {
        for (const std::string answer :
             {"421 4.7.0 try again later\r\n",
              "450 4.2.1 receiving too fast\r\n",
              "451 4.3.0 later\r\n",
              "452 4.5.3 too many recipients\r\n",
              "454 4.7.0 too many login attempts\r\n",
              "550 5.4.5 daily limit exceeded\r\n"}) {
            SCOPED_TRACE(std::string(phase.name) + " " + answer);
            Talk talk(test::kSettings, net::Tls::implicit);
            play_until(talk, phase, answer);
            const int code = std::stoi(answer);
            const Transaction& last = talk.session.last();
            const bool in_transaction = phase.before >= 3;
            if (in_transaction) {
                ASSERT_EQ(last.ending, Ending::refused);
                EXPECT_EQ(last.reply->code, code);
                EXPECT_EQ(last.reply->enhanced, answer.substr(4, 5));
                EXPECT_EQ(talk.session.ready(), code != 421) << "421 closes, the others do not";
                continue;
            }
            EXPECT_EQ(last.ending, Ending::none);
            ASSERT_TRUE(talk.session.error());
            EXPECT_EQ(talk.session.error()->stage, phase.stage);
            EXPECT_EQ(talk.session.error()->reply_code, code);
            const bool login = std::string_view(phase.name) == "AUTH";
            const auto expected = code < 500 ? base::ErrorCode::unavailable
                                  : login    ? base::ErrorCode::unauthenticated
                                             : base::ErrorCode::refused;
            EXPECT_EQ(talk.session.error()->code, expected);
        }
    }
}

// A 354, 8-bit text or nonsense where something else belongs.
TEST(SessionRefusal, AnswersOutOfPlaceEndTheSession) {
    for (const Phase& phase : kPhases) {
        for (const std::string answer :
             {"354 go ahead\r\n", "334 more\r\n", "150 wait\r\n", "\xff\xfe\r\n", "999 x\r\n"}) {
            const bool belongs = (std::string_view(phase.name) == "DATA" && answer[0] == '3') ||
                                 (std::string_view(phase.name) == "AUTH" && answer[0] == '3');
            if (belongs) continue;
            SCOPED_TRACE(std::string(phase.name) + " " + testing::PrintToString(answer));
            Talk talk(test::kSettings, net::Tls::implicit);
            play_until(talk, phase, answer);
            EXPECT_EQ(check_over(talk.session), "");
            ASSERT_TRUE(talk.session.error());
            EXPECT_EQ(talk.session.error()->code, base::ErrorCode::protocol);
        }
    }
}

// What each answer to the final dot means.
TEST(SessionRefusal, TheAnswerToTheDotDecides) {
    struct Case {
        const char* answer;
        Ending ending;
        bool ready;
    };
    const Case cases[] = {
        {"250 ok\r\n", Ending::accepted, true},
        {"299 odd but positive\r\n", Ending::accepted, true},
        {"451 later\r\n", Ending::refused, true},
        {"554 5.7.1 spam\r\n", Ending::refused, true},
        {"421 4.3.2 shutting down\r\n", Ending::refused, false},
        {"354 again\r\n", Ending::failed, false},
        {"221 bye\r\n", Ending::failed, false},
        {"150 wait\r\n", Ending::failed, false},
        {"250 ok\r\n250 and more\r\n", Ending::accepted, false},
        {"250-ok\r\n550 no\r\n", Ending::failed, false},
    };
    for (const Case& one : cases) {
        Talk talk(kNoLogin, net::Tls::implicit);
        talk.send_usual(true);
        talk.hear("250 ok\r\n250 ok\r\n354 go\r\n");
        talk.pump();
        talk.session.resume();
        talk.pump();
        talk.hear(one.answer);
        EXPECT_EQ(talk.session.last().ending, one.ending) << one.answer;
        EXPECT_EQ(talk.session.ready(), one.ready) << one.answer;
        EXPECT_TRUE(talk.session.last().dot_begun);
    }
}

}  // namespace
}  // namespace smtp
