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

// Plays the lines with the server's bytes line by line and one by one.
void keeps_to(const Lines& lines, net::Tls tls, const SessionSettings& settings) {
    Talk whole(settings, tls);
    EXPECT_EQ(test::transcript(lines).run(whole.session), "");
    Talk bytewise(settings, tls);
    EXPECT_EQ(test::transcript(lines).run_bytewise(bytewise.session), "");
}

TEST(SessionLogin, SendsThePlainResponseAgainWhereItIsOverlooked) {
    const Lines lines = lines_of(R"(
        S: 220 hi
        C: EHLO [192.0.2.1]
        S: 250-hi
        S: 250 AUTH PLAIN
        C: AUTH PLAIN $PLAIN
        S: 334
        C: $PLAIN
        S: 235 ok
        READY
    )");
    keeps_to(lines, net::Tls::implicit, kSettings);
}

TEST(SessionLogin, EndsEndlessChallenges) {
    Talk talk(kSettings, net::Tls::implicit);
    const Lines lines = lines_of(R"(
        S: 220 hi
        C: EHLO [192.0.2.1]
        S: 250-hi
        S: 250 AUTH PLAIN
        C: AUTH PLAIN $PLAIN
        S: 334
        C: $PLAIN
        S: 334
        DONE
    )");
    EXPECT_EQ(talk.play(lines), "");
    EXPECT_EQ(check_over(talk.session), "");
    EXPECT_EQ(talk.session.error()->stage, "smtp.auth");
}

TEST(SessionLogin, FallsBackToHeloWhereNothingElseIsNeeded) {
    const Lines lines = lines_of(R"(
        S: 220 hi
        C: EHLO [192.0.2.1]
        S: 502 unknown
        C: HELO [192.0.2.1]
        S: 250 hi
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
        READY
    )");
    keeps_to(lines, net::Tls::implicit, kNoLogin);
}

TEST(SessionLogin, NeverFallsBackToHeloWhereTlsOrLoginIsNeeded) {
    const Lines lines = lines_of(R"(
        S: 220 hi
        C: EHLO [192.0.2.1]
        S: 502 unknown
        C: QUIT
        S: 221 bye
        DONE
    )");
    keeps_to(lines, net::Tls::starttls, kNoLogin);
    keeps_to(lines, net::Tls::starttls, kSettings);
    keeps_to(lines, net::Tls::implicit, kSettings);
}

TEST(SessionLogin, RefusesToGoOnWhereNoStarttlsIsOffered) {
    Talk talk(kSettings, net::Tls::starttls);
    const Lines lines = lines_of(R"(
        S: 220 hi
        C: EHLO [192.0.2.1]
        S: 250-hi
        S: 250 AUTH PLAIN LOGIN
        C: QUIT
        S: 221 bye
        DONE
    )");
    EXPECT_EQ(talk.play(lines), "");
    EXPECT_EQ(talk.session.error()->code, base::ErrorCode::unsupported);
    EXPECT_EQ(talk.session.error()->stage, "smtp.tls");
}

TEST(SessionLogin, RefusesToGoOnWhereStarttlsIsRefused) {
    for (const char* answer : {"S: 454 4.7.0 TLS not available", "S: 502 no", "S: 530 no"}) {
        Talk talk(kSettings, net::Tls::starttls);
        const Lines lines = {
            "S: 220 hi",
            "C: EHLO [192.0.2.1]",
            "S: 250-hi",
            "S: 250-AUTH PLAIN",
            "S: 250 STARTTLS",
            "C: STARTTLS",
            answer,
            "C: QUIT",
            "S: 221 bye",
            "DONE",
        };
        EXPECT_EQ(talk.play(lines), "");
        EXPECT_EQ(talk.session.error()->stage, "smtp.tls");
    }
}

TEST(SessionLogin, ClosesWhereBytesFollowTheAnswerToStarttls) {
    const Lines lines = lines_of(R"(
        S: 220 hi
        C: EHLO [192.0.2.1]
        S: 250-hi
        S: 250 STARTTLS
        C: STARTTLS
    )");
    for (const char* injected :
         {"250-example.org\r\n250 AUTH LOGIN\r\n", "2", "\r\n", "421 bye\r\n", "\0", "\x16\x03\x01"
         }) {
        Talk talk(kSettings, net::Tls::starttls);
        ASSERT_EQ(talk.play(lines), "");
        talk.pump();
        talk.session.on_bytes(
            "220 ready\r\n" + std::string(injected, std::max<std::size_t>(1, strlen(injected)))
        );
        EXPECT_EQ(check_over(talk.session), "");
        EXPECT_EQ(talk.session.error()->code, base::ErrorCode::protocol);
        EXPECT_EQ(talk.session.error()->stage, "smtp.tls");
        EXPECT_FALSE(talk.session.encrypted());
    }
}

TEST(SessionLogin, ForgetsWhatItHeardBeforeTls) {
    Talk talk(kSettings, net::Tls::starttls);
    const Lines lines = lines_of(R"(
        S: 220 hi
        C: EHLO [192.0.2.1]
        S: 250-hi
        S: 250-AUTH PLAIN
        S: 250-PIPELINING
        S: 250-SMTPUTF8
        S: 250 STARTTLS
        C: STARTTLS
        S: 220 go
        TLS
        C: EHLO [192.0.2.1]
        S: 250-hi
        S: 250 STARTTLS
        C: QUIT
        S: 221 bye
        DONE
    )");
    Talk upgraded(kSettings, net::Tls::starttls);
    ASSERT_EQ(upgraded.play(lines, 10), "") << "up to and with the handshake";
    EXPECT_FALSE(upgraded.session.capabilities().pipelining);
    EXPECT_TRUE(upgraded.session.capabilities().auth.empty());
    EXPECT_EQ(talk.play(lines), "");
    EXPECT_EQ(talk.session.error()->message, "the server offers no login (AUTH)");
    EXPECT_FALSE(talk.session.capabilities().pipelining);
    EXPECT_FALSE(talk.session.capabilities().smtputf8);
}

TEST(SessionLogin, NeverLogsInInClear) {
    Session session(kSettings, net::Tls::implicit, false);
    session.on_bytes("220 hi\r\n");
    session.on_written();
    session.on_bytes("250-hi\r\n250 AUTH PLAIN LOGIN\r\n");
    EXPECT_EQ(std::get<net::Write>(session.next()).bytes, "QUIT\r\n");
    EXPECT_EQ(session.error()->stage, "smtp.auth");
}

TEST(SessionLogin, StopsAfterOneRefusedLogin) {
    Talk talk(kSettings, net::Tls::implicit);
    const Lines lines = lines_of(R"(
        S: 220 hi
        C: EHLO [192.0.2.1]
        S: 250-hi
        S: 250 AUTH PLAIN LOGIN
        C: AUTH PLAIN $PLAIN
        S: 535-5.7.8 Username and Password not accepted: s3cret-word
        S: 535 5.7.8 $PLAIN $PASSWORD
        C: QUIT
        S: 221 bye
        DONE
    )");
    EXPECT_EQ(talk.play(lines), "");
    const base::Error& error = *talk.session.error();
    EXPECT_EQ(error.code, base::ErrorCode::unauthenticated);
    EXPECT_EQ(error.reply_code, 535);
    EXPECT_EQ(error.enhanced, "5.7.8");
    EXPECT_EQ(error.server_words, "Username and Password not accepted: *** *** ***");
}

TEST(SessionLogin, KeepsThePasswordOutOfWordsThatAreNoReply) {
    Talk talk(kSettings, net::Tls::implicit);
    talk.hear("220 hi\r\n");
    talk.pump();
    talk.hear("250-hi\r\n250 AUTH PLAIN\r\n");
    talk.pump();
    talk.hear("no such password: s3cret-word\r\n");
    EXPECT_EQ(check_over(talk.session), "");
    EXPECT_EQ(talk.session.error()->server_words, "");
    Talk stranger(kSettings, net::Tls::implicit);
    stranger.hear("HTTP/1.1 400 s3cret-word\r\n");
    EXPECT_EQ(stranger.session.error()->server_words, "HTTP/1.1 400 ***\r\n");
}

TEST(SessionLogin, PutsOffALoginThatIsThrottled) {
    Talk talk(kSettings, net::Tls::implicit);
    const Lines lines = lines_of(R"(
        S: 220 hi
        C: EHLO [192.0.2.1]
        S: 250-hi
        S: 250 AUTH PLAIN
        C: AUTH PLAIN $PLAIN
        S: 454 4.7.0 Too many login attempts
        C: QUIT
        S: 221 bye
        DONE
    )");
    EXPECT_EQ(talk.play(lines), "");
    EXPECT_EQ(talk.session.error()->code, base::ErrorCode::unavailable);
    EXPECT_EQ(talk.session.error()->enhanced, "4.7.0");
}

TEST(SessionLogin, NamesTheLoginsItCannotUse) {
    Talk talk(kSettings, net::Tls::implicit);
    const Lines lines = lines_of(R"(
        S: 220 hi
        C: EHLO [192.0.2.1]
        S: 250-hi
        S: 250 AUTH XOAUTH2 GSSAPI
        C: QUIT
        S: 221 bye
        DONE
    )");
    EXPECT_EQ(talk.play(lines), "");
    EXPECT_NE(talk.session.error()->message.find("XOAUTH2 GSSAPI"), std::string::npos);
}

}  // namespace
}  // namespace smtp
