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
