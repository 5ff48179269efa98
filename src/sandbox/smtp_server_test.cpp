#include "sandbox/smtp_server.h"

#include "sandbox/test_world.h"

namespace sandbox {
namespace {

using test::kGmail;
using test::kOutlook;
using test::kSender;
using test::Talk;
using test::TestOffice;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

struct ZohoTalk : TestOffice {
    SmtpServer server{office, provider("zoho")};
    Talk talk{server};

    void log_in() {
        talk.say("EHLO [127.0.0.1]");
        talk.say("STARTTLS");
        talk.say("EHLO [127.0.0.1]");
        ASSERT_THAT(
            talk.say("AUTH PLAIN " + test::plain_login(kSender.str(), "secret")), StartsWith("235 ")
        );
    }
    std::string send_message(const base::Email& to, const std::string& text) {
        talk.say("MAIL FROM:<" + kSender.str() + ">");
        const std::string answer = talk.say("RCPT TO:<" + to.str() + ">");
        if (!answer.starts_with("250 ")) return answer;
        talk.say("DATA");
        return talk.send(text + ".\r\n");
    }
};

struct GmailTalk : TestOffice {
    SmtpServer server{office, provider("gmail")};
    Talk talk{server};
};

struct OutlookTalk : TestOffice {
    SmtpServer server{office, provider("outlook")};
    Talk talk{server};

    void start_tls() {
        talk.say("EHLO [127.0.0.1]");
        talk.say("STARTTLS");
        talk.say("EHLO [127.0.0.1]");
    }
};

TEST(SmtpServer, AcceptsAMessageAfterStartTlsAndLogin) {
    ZohoTalk zoho;
    EXPECT_THAT(zoho.server.greet().bytes, StartsWith("220 "));
    const std::string clear = zoho.talk.say("EHLO [127.0.0.1]");
    EXPECT_THAT(clear, HasSubstr("250 STARTTLS\r\n"));
    EXPECT_THAT(clear, Not(HasSubstr("AUTH")));
    EXPECT_THAT(zoho.talk.say("STARTTLS"), StartsWith("220 "));
    EXPECT_EQ(zoho.talk.then, Then::start_tls);
    const std::string secure = zoho.talk.say("EHLO [127.0.0.1]");
    EXPECT_THAT(secure, Not(HasSubstr("STARTTLS")));
    EXPECT_THAT(secure, HasSubstr("AUTH LOGIN PLAIN"));
    EXPECT_THAT(secure, Not(HasSubstr("PIPELINING")));
    EXPECT_THAT(
        zoho.talk.say("AUTH PLAIN " + test::plain_login(kSender.str(), "secret")),
        StartsWith("235 2.7.0")
    );
    EXPECT_THAT(zoho.talk.say("MAIL FROM:<anna@co-one.test> SIZE=500"), StartsWith("250 2.1.0"));
    EXPECT_THAT(zoho.talk.say("RCPT TO:<Seed.One@gmail-like.test>"), StartsWith("250 2.1.5"));
    EXPECT_THAT(zoho.talk.say("DATA"), StartsWith("354 "));
    const std::string text = test::message(kSender, kGmail, "one@co-one.test");
    EXPECT_EQ(zoho.talk.send(text + "..a dot\r\n.\r\n"), "250 Message received\r\n");
    EXPECT_THAT(zoho.talk.say("QUIT"), StartsWith("221 "));
    EXPECT_EQ(zoho.talk.then, Then::close);

    ASSERT_EQ(zoho.office.delivered().size(), 1u);
    const Delivered& mail = zoho.office.delivered().front();
    EXPECT_EQ(mail.message_id, "one@co-one.test");
    EXPECT_EQ(mail.from, kSender);
    EXPECT_EQ(mail.to, kGmail);
    EXPECT_EQ(mail.raw, text + ".a dot\r\n");
    EXPECT_FALSE(mail.filed_at);
}

TEST(SmtpServer, GivesTheSameAnswersByteByByte) {
    const std::string dialogue =
        "EHLO [127.0.0.1]\r\nAUTH LOGIN\r\n" + base::base64_encode(kGmail.str()) + "\r\n" +
        base::base64_encode("app password") +
        "\r\nMAIL FROM:<seed.one@gmail-like.test> BODY=8BITMIME\r\nRCPT "
        "TO:<anna@co-one.test>\r\nDATA\r\n" +
        test::message(kGmail, kSender, "two@gmail-like.test") + ".\r\nNOOP\r\nRSET\r\nQUIT\r\n";
    GmailTalk whole;
    GmailTalk slow;
    const std::string answers = whole.talk.send(dialogue);
    EXPECT_EQ(answers, slow.talk.send_slowly(dialogue));
    EXPECT_THAT(answers, HasSubstr("334 VXNlcm5hbWU6\r\n334 UGFzc3dvcmQ6\r\n235 "));
    EXPECT_THAT(answers, EndsWith("221 2.0.0 closing connection\r\n"));
    EXPECT_EQ(whole.office.delivered().size(), 1u);
    EXPECT_EQ(slow.office.delivered().at(0).raw, whole.office.delivered().at(0).raw);
}

TEST(SmtpServer, RefusesWhatComesTooEarly) {
    ZohoTalk zoho;
    EXPECT_THAT(zoho.talk.say("MAIL FROM:<anna@co-one.test>"), StartsWith("503 5.5.1"));
    zoho.talk.say("EHLO [127.0.0.1]");
    EXPECT_THAT(zoho.talk.say("MAIL FROM:<anna@co-one.test>"), StartsWith("530 5.7.0 Must issue"));
    EXPECT_THAT(zoho.talk.say("AUTH PLAIN AAAA"), StartsWith("530 5.7.0 Must issue"));
    zoho.talk.say("STARTTLS");
    EXPECT_THAT(zoho.talk.say("MAIL FROM:<anna@co-one.test>"), StartsWith("503 5.5.1"))
        << "what was said before TLS does not count";
    zoho.talk.say("EHLO [127.0.0.1]");
    EXPECT_THAT(zoho.talk.say("MAIL FROM:<anna@co-one.test>"), StartsWith("530 5.7.0 Auth"));
    EXPECT_THAT(zoho.talk.say("STARTTLS"), StartsWith("503 "));
    zoho.talk.say("AUTH PLAIN " + test::plain_login(kSender.str(), "secret"));
    EXPECT_THAT(zoho.talk.say("AUTH PLAIN AAAA"), StartsWith("503 "));
    EXPECT_THAT(zoho.talk.say("RCPT TO:<anna@co-one.test>"), StartsWith("503 5.5.1 MAIL first"));
    EXPECT_THAT(zoho.talk.say("DATA"), StartsWith("503 5.5.1 RCPT first"));
    EXPECT_THAT(zoho.talk.say("WHAT"), StartsWith("502 "));
}

TEST(SmtpServer, AnswersEnvelopesThatDoNotFit) {
    struct Row {
        const char* command;
        const char* answer;
    };
    const std::vector<Row> rows = {
        {"MAIL FROM:anna@co-one.test", "501 5.5.2"},
        {"MAIL FROM:<>", "501 5.5.2"},
        {"MAIL FROM:<other@co-one.test>", "553 5.7.1"},
        {"MAIL FROM:<anna@co-one.test> SIZE=99999999999", "552 5.3.4"},
        {"MAIL FROM:<anna@co-one.test> BODY=8BITMIME", "555 5.5.4"
        },  // not offered by this provider
        {"MAIL FROM:<anna@co-one.test> X=1", "555 5.5.4"},
        {"MAIL FROM:<anna@co-one.test>", "250 2.1.0"},
        {"MAIL FROM:<anna@co-one.test>", "503 5.5.1"},
        {"RCPT TO:<nobody@gmail-like.test>", "550 5.1.1"},
        {"RCPT TO:<anna@nowhere.test>", "550 5.1.1"},
        {"RCPT TO:<bad", "501 5.1.3"},
        {"RCPT TO:<seed.one@gmail-like.test>", "250 2.1.5"},
    };
    ZohoTalk zoho;
    zoho.log_in();
    for (const Row& row : rows)
        EXPECT_THAT(zoho.talk.say(row.command), StartsWith(row.answer)) << row.command;
}

TEST(SmtpServer, RefusesWrongPasswordsAndThenHangsUp) {
    GmailTalk gmail;
    gmail.talk.say("EHLO [127.0.0.1]");
    const std::string wrong = "AUTH PLAIN " + test::plain_login(kGmail.str(), "wrong");
    EXPECT_THAT(gmail.talk.say(wrong), StartsWith("535-5.7.8"));
    EXPECT_THAT(
        gmail.talk.say("AUTH PLAIN " + test::plain_login(kSender.str(), "secret")),
        StartsWith("535-5.7.8")
    ) << "an account of another provider";
    EXPECT_THAT(gmail.talk.say(wrong), HasSubstr("421 4.7.0"));
    EXPECT_EQ(gmail.talk.then, Then::close);
}

TEST(SmtpServer, KnowsTheFormsOfAuth) {
    GmailTalk gmail;
    gmail.talk.say("EHLO [127.0.0.1]");
    EXPECT_EQ(gmail.talk.say("AUTH PLAIN"), "334 \r\n");
    EXPECT_THAT(gmail.talk.say("*"), StartsWith("501 5.7.0"));
    EXPECT_THAT(gmail.talk.say("AUTH PLAIN !!"), StartsWith("501 5.5.2"));
    EXPECT_THAT(gmail.talk.say("AUTH CRAM-MD5"), StartsWith("504 5.7.4"));
    EXPECT_THAT(gmail.talk.say("AUTH XOAUTH2 dXNlcj0="), StartsWith("501 5.5.2"));
    gmail.talk.say("AUTH PLAIN");
    EXPECT_THAT(
        gmail.talk.say(test::plain_login(kGmail.str(), "app password")), StartsWith("235 ")
    );
}

TEST(SmtpServer, TakesAccessTokens) {
    const std::string right = test::token_login(kGmail.str(), "fresh");
    const std::string wrong = test::token_login(kGmail.str(), "stale");
    GmailTalk gmail;
    gmail.office.find(kGmail)->spec.access_token = "fresh";
    gmail.talk.say("EHLO [127.0.0.1]");
    EXPECT_THAT(gmail.talk.say("AUTH XOAUTH2 " + wrong), StartsWith("334 ey"));
    EXPECT_THAT(gmail.talk.say(""), StartsWith("535-5.7.8"));
    EXPECT_THAT(gmail.talk.say("AUTH XOAUTH2 " + wrong), StartsWith("334 ey"));
    EXPECT_THAT(gmail.talk.say("AQ=="), StartsWith("501 5.5.2"));
    EXPECT_EQ(gmail.talk.say("AUTH XOAUTH2"), "334 \r\n");
    EXPECT_THAT(gmail.talk.say(right), StartsWith("235 "));
    OutlookTalk outlook;
    outlook.start_tls();
    outlook.office.find(kOutlook)->spec.takes_password = false;
    outlook.office.find(kOutlook)->spec.access_token = "fresh";
    EXPECT_THAT(
        outlook.talk.say("AUTH XOAUTH2 " + test::token_login(kOutlook.str(), "stale")),
        StartsWith("535 5.7.3")
    ) << "no challenge here";
    EXPECT_EQ(outlook.talk.say("AUTH LOGIN"), "334 VXNlcm5hbWU6\r\n");
    outlook.talk.say(base::base64_encode(kOutlook.str()));
    EXPECT_THAT(outlook.talk.say(base::base64_encode("pass\"word")), StartsWith("535 5.7.3"));
    EXPECT_THAT(
        outlook.talk.say("AUTH XOAUTH2 " + test::token_login(kOutlook.str(), "fresh")),
        StartsWith("235 ")
    );
}

TEST(SmtpServer, OffersOnlyLoginAtTheOutlookLike) {
    OutlookTalk outlook;
    outlook.start_tls();
    EXPECT_THAT(
        outlook.talk.say("AUTH PLAIN " + test::plain_login(kOutlook.str(), "pass\"word")),
        StartsWith("504 ")
    );
    EXPECT_THAT(
        outlook.talk.say("AUTH LOGIN " + base::base64_encode(kOutlook.str())),
        StartsWith("334 UGFz")
    );
    EXPECT_THAT(outlook.talk.say(base::base64_encode("pass\"word")), StartsWith("235 "));
}

TEST(SmtpServer, HangsUpOnCommandsSentAheadWherePipeliningWasNotOffered) {
    ZohoTalk zoho;
    zoho.log_in();
    EXPECT_THAT(
        zoho.talk.send("MAIL FROM:<anna@co-one.test>\r\nRCPT TO:<seed.one@gmail-like.test>\r\n"),
        HasSubstr("554 5.5.0")
    );
    EXPECT_EQ(zoho.talk.then, Then::close);
}

TEST(SmtpServer, ForgetsInputThatWasSmuggledInBeforeTls) {
    OutlookTalk outlook;
    outlook.talk.say("EHLO [127.0.0.1]");
    outlook.talk.send("STARTTLS\r\nEHLO evil\r\nNOOP\r\n");
    EXPECT_EQ(outlook.talk.then, Then::start_tls);
    EXPECT_EQ(outlook.talk.send(""), "");
}

TEST(SmtpServer, RefusesBareLineFeedsAndOversizedMail) {
    ZohoTalk zoho;
    zoho.log_in();
    EXPECT_THAT(
        zoho.send_message(kGmail, "Subject: a\r\n\r\nb\n.\nMAIL FROM:<x@y.test>\r\n"),
        StartsWith("550 5.6.11")
    );
    const std::string line = std::string(900'000, 'x') + "\r\n";
    zoho.talk.say("MAIL FROM:<anna@co-one.test>");
    zoho.talk.say("RCPT TO:<seed.one@gmail-like.test>");
    zoho.talk.say("DATA");
    for (int i = 0; i < 60; ++i) EXPECT_EQ(zoho.talk.send(line), "");
    EXPECT_THAT(zoho.talk.say("."), StartsWith("552 5.3.4"));
    EXPECT_TRUE(zoho.office.delivered().empty());
    EXPECT_THAT(zoho.send_message(kGmail, "Subject: a\r\n\r\nb\r\n"), StartsWith("250 "));
}

TEST(SmtpServer, BoundsLines) {
    GmailTalk gmail;
    EXPECT_THAT(gmail.talk.send(std::string(5000, 'a')), StartsWith("500 5.5.2"));
    EXPECT_EQ(gmail.talk.then, Then::close);
}

TEST(SmtpServer, RsetForgetsTheEnvelopeAndNotTheLogin) {
    ZohoTalk zoho;
    zoho.log_in();
    zoho.talk.say("MAIL FROM:<anna@co-one.test>");
    EXPECT_THAT(zoho.talk.say("RSET"), StartsWith("250 "));
    EXPECT_THAT(zoho.talk.say("RCPT TO:<seed.one@gmail-like.test>"), StartsWith("503 "));
    EXPECT_THAT(zoho.talk.say("MAIL FROM:<anna@co-one.test>"), StartsWith("250 "));
}

TEST(SmtpServer, FaultRefusesTheLogin) {
    GmailTalk gmail;
    gmail.office.find(kGmail)->fault.refuse_login = true;
    gmail.talk.say("EHLO [127.0.0.1]");
    const std::string login = "AUTH PLAIN " + test::plain_login(kGmail.str(), "app password");
    EXPECT_THAT(gmail.talk.say(login), StartsWith("535-"));
    gmail.office.find(kGmail)->fault = {};
    EXPECT_THAT(gmail.talk.say(login), StartsWith("235 "));
}

TEST(SmtpServer, FaultGreylistsOneRecipientOnce) {
    ZohoTalk zoho;
    zoho.log_in();
    zoho.office.find(kSender)->fault.greylist_once = true;
    const std::string text = test::message(kSender, kGmail, "g@co-one.test");
    EXPECT_THAT(zoho.send_message(kGmail, text), StartsWith("451 4.7.1"));
    zoho.talk.say("RSET");
    EXPECT_THAT(zoho.send_message(kGmail, text), StartsWith("250 "));
}

TEST(SmtpServer, FaultDropsTheConnectionAroundTheDot) {
    for (const bool after : {false, true}) {
        ZohoTalk zoho;
        zoho.log_in();
        (after ? zoho.office.find(kSender)->fault.drop_after_dot
               : zoho.office.find(kSender)->fault.drop_before_dot) = 1;
        EXPECT_EQ(zoho.send_message(kGmail, test::message(kSender, kGmail, "d@co-one.test")), "");
        EXPECT_EQ(zoho.talk.then, Then::close);
        EXPECT_EQ(zoho.office.delivered().size(), after ? 1u : 0u);
        EXPECT_EQ(zoho.office.find(kSender)->fault.drop_after_dot, 0);
        EXPECT_EQ(zoho.office.find(kSender)->fault.drop_before_dot, 0);
    }
}

TEST(SmtpServer, FaultHangsAtTheLogin) {
    GmailTalk gmail;
    gmail.office.find(kGmail)->fault.hang = true;
    gmail.talk.say("EHLO [127.0.0.1]");
    EXPECT_EQ(gmail.talk.say("AUTH PLAIN " + test::plain_login(kGmail.str(), "app password")), "");
    EXPECT_EQ(gmail.talk.then, Then::fall_silent);
}

}  // namespace
}  // namespace sandbox
