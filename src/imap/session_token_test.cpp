// Logins by access token: XOAUTH2 and OAUTHBEARER (RFC 7628).
#include "imap/test_sessions.h"

namespace imap {
namespace {

using support::Dialogue;

const std::string kToken = "hunter2.token";

std::unique_ptr<Session> by_token(net::Tls tls = kImplicit) {
    return std::make_unique<Session>(
        Credentials{"me@example.com", kToken, Login::bearer}, tls, tls == kImplicit
    );
}

std::string xoauth2() {
    return base::base64_encode(
        "user=me@example.com\x01"
        "auth=Bearer " +
        kToken + "\x01\x01"
    );
}
std::string oauthbearer() {
    return base::base64_encode(
        "n,a=me@example.com,\x01"
        "auth=Bearer " +
        kToken + "\x01\x01"
    );
}

Dialogue greeted(const std::string& capabilities) {
    return Dialogue().server("* OK [CAPABILITY IMAP4rev1 " + capabilities + "] hi\r\n");
}

void expect_follows_by_token(const Dialogue& dialogue) {
    EXPECT_EQ(dialogue.run(*by_token()), "");
    EXPECT_EQ(dialogue.run_bytewise(*by_token()), "");
    EXPECT_EQ(dialogue.fail_at_each_step([] { return by_token(); }, expect_ended), "");
}

base::Error refusal_of(const Dialogue& dialogue) {
    auto imap = by_token();
    EXPECT_EQ(dialogue.run(*imap), "");
    if (!imap->error()) return {};
    EXPECT_EQ(imap->error()->describe().find("hunter2"), std::string::npos);
    EXPECT_EQ(imap->error()->describe().find(xoauth2().substr(0, 60)), std::string::npos);
    return *imap->error();
}

TEST(SessionToken, GoesWithTheCommandWhereTheServerTakesItThere) {
    expect_follows_by_token(greeted("SASL-IR AUTH=PLAIN AUTH=XOAUTH2 AUTH=OAUTHBEARER")
                                .client("A001 AUTHENTICATE XOAUTH2 " + xoauth2() + "\r\n")
                                .server("A001 OK [CAPABILITY IMAP4rev1] in\r\n")
                                .ready());
    expect_follows_by_token(greeted("SASL-IR LOGINDISABLED AUTH=OAUTHBEARER")
                                .client("A001 AUTHENTICATE OAUTHBEARER " + oauthbearer() + "\r\n")
                                .server("A001 OK [CAPABILITY IMAP4rev1] in\r\n")
                                .ready());
}

TEST(SessionToken, WaitsForAServerWithoutSaslIr) {
    expect_follows_by_token(greeted("AUTH=XOAUTH2")
                                .client("A001 AUTHENTICATE XOAUTH2\r\n")
                                .server("+ \r\n")
                                .client(xoauth2() + "\r\n")
                                .server("A001 OK [CAPABILITY IMAP4rev1] in\r\n")
                                .ready());
}

TEST(SessionToken, AnswersWhyItIsRefusedAndTellsTheStatus) {
    const std::string why = base::base64_encode(
        R"({"status":"401","schemes":"bearer","scope":"https://mail.example.com/"})"
    );
    const base::Error by_google =
        refusal_of(greeted("SASL-IR AUTH=XOAUTH2")
                       .client("A001 AUTHENTICATE XOAUTH2 " + xoauth2() + "\r\n")
                       .server("+ " + why + "\r\n")
                       .client("\r\n")
                       .server("A001 NO SASL authentication failed\r\n")
                       .done());
    EXPECT_EQ(by_google.code, base::ErrorCode::unauthenticated);
    EXPECT_EQ(by_google.stage, "imap.login");
    EXPECT_EQ(by_google.message, "the server refused the access token (status 401)");
    EXPECT_EQ(by_google.server_words, "SASL authentication failed");
    const base::Error by_rfc =
        refusal_of(greeted("AUTH=OAUTHBEARER")
                       .client("A001 AUTHENTICATE OAUTHBEARER\r\n")
                       .server("+ \r\n")
                       .client(oauthbearer() + "\r\n")
                       .server("+ " + base::base64_encode(R"({"status":"invalid_token"})") + "\r\n")
                       .client("AQ==\r\n")
                       .server("A001 NO [AUTHENTICATIONFAILED] no\r\n")
                       .done());
    EXPECT_EQ(by_rfc.message, "the server refused the access token (status invalid_token)");
    const base::Error by_microsoft =
        refusal_of(greeted("SASL-IR AUTH=XOAUTH2")
                       .client("A001 AUTHENTICATE XOAUTH2 " + xoauth2() + "\r\n")
                       .server("A001 NO AUTHENTICATE failed.\r\n")
                       .done());
    EXPECT_EQ(by_microsoft.code, base::ErrorCode::unauthenticated);
    EXPECT_EQ(by_microsoft.message, "the server refused the access token");
}

TEST(SessionToken, IsInNoErrorWhateverTheServerRepeats) {
    const std::string echo = base::base64_encode("{\"status\":\"bad " + kToken + "\"}");
    const base::Error error =
        refusal_of(greeted("SASL-IR AUTH=XOAUTH2")
                       .client("A001 AUTHENTICATE XOAUTH2 " + xoauth2() + "\r\n")
                       .server("+ " + echo + "\r\n")
                       .client("\r\n")
                       .server("A001 NO bad " + kToken + " in " + xoauth2() + "\r\n")
                       .done());
    EXPECT_EQ(error.message, "the server refused the access token (status bad ***)");
    EXPECT_EQ(error.server_words, "bad *** in ***");
}

TEST(SessionToken, IsSentOnce) {
    const base::Error error =
        refusal_of(greeted("SASL-IR AUTH=XOAUTH2")
                       .client("A001 AUTHENTICATE XOAUTH2 " + xoauth2() + "\r\n")
                       .server("+ \r\n")
                       .client("\r\n")
                       .server("+ \r\n")
                       .done());
    EXPECT_EQ(error.code, base::ErrorCode::protocol);
}

TEST(SessionToken, IsNotSentWhereNoMechanismTakesIt) {
    const base::Error error = refusal_of(greeted("AUTH=PLAIN AUTH=LOGIN").done());
    EXPECT_EQ(error.code, base::ErrorCode::unsupported);
    EXPECT_EQ(error.stage, "imap.login");
}

TEST(SessionToken, IsNotSentInClear) {
    auto imap = by_token(kStartTls);
    EXPECT_EQ(
        Dialogue()
            .server("* OK [CAPABILITY IMAP4rev1 SASL-IR AUTH=XOAUTH2] hi\r\n")
            .client("A001 CAPABILITY\r\n")
            .server("* CAPABILITY IMAP4rev1 SASL-IR AUTH=XOAUTH2\r\nA001 OK done\r\n")
            .done()
            .run(*imap),
        ""
    );
    EXPECT_EQ(imap->error()->code, base::ErrorCode::tls);
}

TEST(SessionToken, IsCheckedBeforeItIsSent) {
    for (const Credentials& bad :
         {Credentials{"me@example.com", "to ken", Login::bearer},
          Credentials{"me@example.com", "to\x01ken", Login::bearer},
          Credentials{"me\x01@example.com", "token", Login::bearer},
          Credentials{"me@example.com", "", Login::bearer}}) {
        Session imap(bad, kImplicit, true);
        EXPECT_TRUE(std::holds_alternative<net::Done>(imap.next()));
        EXPECT_EQ(imap.error()->code, base::ErrorCode::invalid_input);
    }
}

}  // namespace
}  // namespace imap
