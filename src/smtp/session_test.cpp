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

// Plays the lines with the server's bytes line by line and one by one.
void keeps_to(const Lines& lines, net::Tls tls, Ending ending, const SessionSettings& settings) {
    Talk whole(settings, tls);
    EXPECT_EQ(test::transcript(lines).run(whole.session), "");
    EXPECT_EQ(whole.session.last().ending, ending);
    Talk bytewise(settings, tls);
    EXPECT_EQ(test::transcript(lines).run_bytewise(bytewise.session), "");
    EXPECT_EQ(bytewise.session.last().ending, ending);
}

TEST(Session, TalksToPostfixOverStarttls) {
    const Lines lines = lines_of(R"(
        S: 220 mail.example.org ESMTP Postfix (Debian/GNU)
        C: EHLO [192.0.2.1]
        S: 250-mail.example.org
        S: 250-PIPELINING
        S: 250-SIZE 10240000
        S: 250-VRFY
        S: 250-ETRN
        S: 250-STARTTLS
        S: 250-ENHANCEDSTATUSCODES
        S: 250-8BITMIME
        S: 250-DSN
        S: 250-SMTPUTF8
        S: 250 CHUNKING
        C: STARTTLS
        S: 220 2.0.0 Ready to start TLS
        TLS
        C: EHLO [192.0.2.1]
        S: 250-mail.example.org
        S: 250-PIPELINING
        S: 250-SIZE 10240000
        S: 250-AUTH PLAIN LOGIN
        S: 250-ENHANCEDSTATUSCODES
        S: 250-8BITMIME
        S: 250 SMTPUTF8
        C: AUTH PLAIN $PLAIN
        S: 235 2.7.0 Authentication successful
        SEND
        C: MAIL FROM:<ann@example.com> SIZE=25
        C: RCPT TO:<ben@example.org>
        C: DATA
        S: 250 2.1.0 Ok
        S: 250 2.1.5 Ok
        S: 354 End data with <CR><LF>.<CR><LF>
        C: Subject: hi
        C:
        C: Hello
        C: ..
        BARRIER
        C: .
        S: 250 2.0.0 Ok: queued as 4XyZ1234
        QUIT
        C: QUIT
        S: 221 2.0.0 Bye
        DONE
    )");
    keeps_to(lines, net::Tls::starttls, Ending::accepted, kSettings);
}

TEST(Session, TalksToGmailOverImplicitTls) {
    const Lines lines = lines_of(R"(
        S: 220 smtp.gmail.com ESMTP 5b1f17b1804b1-4a1 - gsmtp
        C: EHLO [192.0.2.1]
        S: 250-smtp.gmail.com at your service, [192.0.2.1]
        S: 250-SIZE 35882577
        S: 250-8BITMIME
        S: 250-AUTH LOGIN PLAIN XOAUTH2 PLAIN-CLIENTTOKEN OAUTHBEARER XOAUTH
        S: 250-ENHANCEDSTATUSCODES
        S: 250-PIPELINING
        S: 250-CHUNKING
        S: 250 SMTPUTF8
        C: AUTH PLAIN $PLAIN
        S: 235 2.7.0 Accepted
        SEND
        C: MAIL FROM:<ann@example.com> SIZE=25
        C: RCPT TO:<ben@example.org>
        C: DATA
        S: 250 2.1.0 OK 5b1f17b1804b1-4a1 - gsmtp
        S: 250 2.1.5 OK 5b1f17b1804b1-4a1 - gsmtp
        S: 354  Go ahead 5b1f17b1804b1-4a1 - gsmtp
        C: Subject: hi
        C:
        C: Hello
        C: ..
        BARRIER
        C: .
        S: 250 2.0.0 OK  1700000000 5b1f17b1804b1-4a1 - gsmtp
        READY
    )");
    keeps_to(lines, net::Tls::implicit, Ending::accepted, kSettings);
}

TEST(Session, TalksToZohoWithoutPipelining) {
    const Lines lines = lines_of(R"(
        S: 220 mx.zoho.example SMTP Server ready
        C: EHLO [192.0.2.1]
        S: 250-mx.zoho.example Hello
        S: 250-AUTH LOGIN PLAIN XOAUTH2
        S: 250 SIZE 53477376
        C: AUTH PLAIN $PLAIN
        S: 235 Authentication Successful
        SEND
        C: MAIL FROM:<ann@example.com> SIZE=25
        S: 250 Sender <ann@example.com> OK
        C: RCPT TO:<ben@example.org>
        S: 250 Recipient <ben@example.org> OK
        C: DATA
        S: 354 Ok Send data ending with <CRLF>.<CRLF>
        C: Subject: hi
        C:
        C: Hello
        C: ..
        BARRIER
        C: .
        S: 250 Message received
        SEND
        C: MAIL FROM:<ann@example.com> SIZE=25
        S: 250 Sender OK
        C: RCPT TO:<ben@example.org>
        S: 250 Recipient OK
        C: DATA
        S: 354 Ok
        C: Subject: hi
        C:
        C: Hello
        C: ..
        BARRIER
        C: .
        S: 250 Message received
        QUIT
        C: QUIT
        S: 221 bye
        DONE
    )");
    keeps_to(lines, net::Tls::implicit, Ending::accepted, kSettings);
}

TEST(Session, TalksToOutlookByAuthLogin) {
    const Lines lines = lines_of(R"(
        S: 220 AM0PR01CA0001.outlook.example Microsoft ESMTP MAIL Service ready
        C: EHLO [192.0.2.1]
        S: 250-AM0PR01CA0001.outlook.example Hello [192.0.2.1]
        S: 250-SIZE 157286400
        S: 250-PIPELINING
        S: 250-STARTTLS
        S: 250 SMTPUTF8
        C: STARTTLS
        S: 220 2.0.0 SMTP server ready
        TLS
        C: EHLO [192.0.2.1]
        S: 250-AM0PR01CA0001.outlook.example Hello
        S: 250-AUTH LOGIN XOAUTH2
        S: 250 8BITMIME
        C: AUTH LOGIN
        S: 334 VXNlcm5hbWU6
        C: $USER
        S: 334 UGFzc3dvcmQ6
        C: $PASSWORD
        S: 235 2.7.0 Authentication successful
        READY
    )");
    keeps_to(lines, net::Tls::starttls, Ending::none, kSettings);
}

TEST(Session, WritesTheMessageAndItsDotApart) {
    const Lines login = lines_of(R"(
        S: 220 hi
        C: EHLO [192.0.2.1]
        S: 250-hi
        S: 250 PIPELINING
        READY
    )");
    Talk talk(kNoLogin, net::Tls::implicit);
    ASSERT_EQ(talk.play(login), "");
    talk.session.send(test::usual_envelope(), test::usual_message());
    talk.pump();
    talk.hear("250 ok\r\n250 ok\r\n354 go\r\n");
    talk.pump();
    EXPECT_FALSE(talk.session.last().dot_begun);
    EXPECT_EQ(std::get<net::Barrier>(talk.session.next()).name, "before_dot");
    talk.session.resume();
    EXPECT_TRUE(talk.session.last().dot_begun);
    talk.pump();
    const Lines expected = {
        "MAIL FROM:<ann@example.com>\r\nRCPT TO:<ben@example.org>\r\nDATA\r\n",
        "Subject: hi\r\n\r\nHello\r\n..\r\n",
        ".\r\n",
    };
    EXPECT_EQ(talk.writes, expected);
}

TEST(Session, CutsALargeMessageSoThatEachWriteHasItsDeadline) {
    Talk talk(kNoLogin, net::Tls::implicit);
    std::string body;
    while (body.size() < (5U << 19)) body += ".line\r\n";
    const Lines lines = lines_of(R"(
        S: 220 hi
        S: 250 hi
        SEND
        S: 250 ok
        S: 250 ok
        S: 354 go
    )");
    for (const std::string& line : lines) {
        talk.pump();
        if (line == "SEND")
            talk.session.send(test::usual_envelope(), body);
        else
            talk.hear(line.substr(3) + "\r\n");
    }
    talk.writes.clear();
    talk.pump();
    EXPECT_EQ(talk.writes.size(), 3U);
    std::string all;
    for (const std::string& write : talk.writes) all += write;
    EXPECT_EQ(all.size(), body.size() / 7 * 8);
    EXPECT_TRUE(all.starts_with("..line\r\n..line\r\n"));
}

TEST(Session, RefusesWhatItCannotSendBeforeAnythingIsWritten) {
    const Lines login = lines_of(R"(
        S: 220 hi
        C: EHLO [192.0.2.1]
        S: 250-hi
        S: 250 SIZE 30
        READY
    )");
    struct Case {
        std::string message;
        base::ErrorCode expected;
    };
    const Case cases[] = {
        {"a\nb\r\n", base::ErrorCode::invalid_input},
        {"a\r\n.\r\r\n", base::ErrorCode::invalid_input},
        {std::string("a\0b\r\n", 5), base::ErrorCode::invalid_input},
        {"caf\xc3\xa9\r\n", base::ErrorCode::unsupported},
        {std::string(40, 'x') + "\r\n", base::ErrorCode::limit_exceeded},
    };
    Talk talk(kNoLogin, net::Tls::implicit);
    ASSERT_EQ(talk.play(login), "");
    for (const Case& one : cases) {
        talk.session.send(test::usual_envelope(), one.message);
        EXPECT_TRUE(std::holds_alternative<net::Ready>(talk.session.next()));
        EXPECT_EQ(talk.session.last().ending, Ending::failed);
        EXPECT_EQ(talk.session.last().error.code, one.expected) << one.message;
        EXPECT_FALSE(talk.session.last().dot_begun);
    }
}

TEST(Session, GivesAMessageUpAtTheBarrierWithoutTheDot) {
    Talk talk(kNoLogin, net::Tls::implicit);
    const Lines lines = lines_of(R"(
        S: 220 hi
        C: EHLO [192.0.2.1]
        S: 250 hi
        SEND
        C: MAIL FROM:<ann@example.com>
        S: 250 ok
        C: RCPT TO:<ben@example.org>
        S: 250 ok
        C: DATA
        S: 354 go
    )");
    ASSERT_EQ(talk.play(lines), "");
    talk.pump();
    talk.session.abandon({base::ErrorCode::conflict, "store", "the lease is lost", {}, 0, {}});
    EXPECT_EQ(check_over(talk.session), "");
    EXPECT_EQ(talk.session.last().ending, Ending::failed);
    EXPECT_EQ(talk.session.last().error.message, "the lease is lost");
    EXPECT_FALSE(talk.session.last().dot_begun);
}

}  // namespace
}  // namespace smtp
