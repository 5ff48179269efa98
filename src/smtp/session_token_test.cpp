// Logins by access token: XOAUTH2 and OAUTHBEARER (RFC 7628).
#include "base/text.h"
#include "smtp/test_dialogue.h"

namespace smtp {
namespace {

using support::Dialogue;

const std::string kToken = "s3cret.token";

SessionSettings by_token(const std::string& token = kToken) {
    return {"[192.0.2.1]", Credentials{"ann@example.com", token, Login::bearer}};
}

std::string xoauth2(const std::string& token = kToken) {
    return base::base64_encode(
        "user=ann@example.com\x01"
        "auth=Bearer " +
        token + "\x01\x01"
    );
}
std::string oauthbearer() {
    return base::base64_encode(
        "n,a=ann@example.com,\x01"
        "auth=Bearer " +
        kToken + "\x01\x01"
    );
}

Dialogue greeted(const std::string& mechanisms) {
    return Dialogue()
        .server("220 hi\r\n")
        .client("EHLO [192.0.2.1]\r\n")
        .server("250-hi\r\n250 AUTH " + mechanisms + "\r\n");
}

std::unique_ptr<Session> session(const SessionSettings& settings = by_token()) {
    return std::make_unique<Session>(settings, net::Tls::implicit, true);
}

void expect_follows(const Dialogue& dialogue, const SessionSettings& settings = by_token()) {
    EXPECT_EQ(dialogue.run(*session(settings)), "");
    EXPECT_EQ(dialogue.run_bytewise(*session(settings)), "");
    const auto check = [](Session& ended, const support::Failure& failure) {
        EXPECT_EQ(test::check_over(ended), "") << failure.str();
        EXPECT_FALSE(ended.error()->describe().contains("s3cret"));
    };
    EXPECT_EQ(dialogue.fail_at_each_step([&] { return session(settings); }, check), "");
}

base::Error refusal_of(const Dialogue& dialogue) {
    const auto refused = session();
    EXPECT_EQ(dialogue.run(*refused), "");
    if (!refused->error()) return {};
    EXPECT_FALSE(refused->error()->describe().contains("s3cret"));
    EXPECT_FALSE(refused->error()->describe().contains(xoauth2()));
    return *refused->error();
}

TEST(SessionToken, GoesWithTheCommand) {
    expect_follows(greeted("LOGIN PLAIN XOAUTH2 OAUTHBEARER")
                       .client("AUTH XOAUTH2 " + xoauth2() + "\r\n")
                       .server("235 2.7.0 Accepted\r\n")
                       .ready());
    expect_follows(greeted("PLAIN OAUTHBEARER")
                       .client("AUTH OAUTHBEARER " + oauthbearer() + "\r\n")
                       .server("235 2.7.0 Accepted\r\n")
                       .ready());
}

TEST(SessionToken, WaitsWhereItIsTooLongForOneLine) {
    const std::string token(2000, 'x');
    expect_follows(
        greeted("XOAUTH2")
            .client("AUTH XOAUTH2\r\n")
            .server("334 \r\n")
            .client(xoauth2(token) + "\r\n")
            .server("235 2.7.0 Accepted\r\n")
            .ready(),
        by_token(token)
    );
}

TEST(SessionToken, AnswersWhyItIsRefusedAndTellsTheStatus) {
    const std::string why = base::base64_encode(R"({"status":"400","schemes":"Bearer"})");
    const base::Error by_google =
        refusal_of(greeted("XOAUTH2")
                       .client("AUTH XOAUTH2 " + xoauth2() + "\r\n")
                       .server("334 " + why + "\r\n")
                       .client("\r\n")
                       .server("535-5.7.8 Not accepted.\r\n535 5.7.8 See\r\n")
                       .client("QUIT\r\n")
                       .server("221 bye\r\n")
                       .done());
    EXPECT_EQ(by_google.code, base::ErrorCode::unauthenticated);
    EXPECT_EQ(by_google.stage, "smtp.auth");
    EXPECT_EQ(by_google.message, "the server refused the login (535), status 400");
    EXPECT_EQ(by_google.enhanced, "5.7.8");
    const base::Error by_rfc = refusal_of(greeted("OAUTHBEARER")
                                              .client("AUTH OAUTHBEARER " + oauthbearer() + "\r\n")
                                              .server("334 " + why + "\r\n")
                                              .client("AQ==\r\n")
                                              .server("535 no\r\n")
                                              .client("QUIT\r\n")
                                              .closes()
                                              .done());
    EXPECT_EQ(by_rfc.message, "the server refused the login (535), status 400");
    const base::Error by_microsoft =
        refusal_of(greeted("LOGIN XOAUTH2")
                       .client("AUTH XOAUTH2 " + xoauth2() + "\r\n")
                       .server("535 5.7.3 Authentication unsuccessful\r\n")
                       .client("QUIT\r\n")
                       .closes()
                       .done());
    EXPECT_EQ(by_microsoft.message, "the server refused the login (535)");
}

TEST(SessionToken, IsInNoErrorWhateverTheServerRepeats) {
    const std::string echo = base::base64_encode("{\"status\":\"bad " + kToken + "\"}");
    const base::Error error =
        refusal_of(greeted("XOAUTH2")
                       .client("AUTH XOAUTH2 " + xoauth2() + "\r\n")
                       .server("334 " + echo + "\r\n")
                       .client("\r\n")
                       .server("535 bad " + kToken + " in " + xoauth2() + "\r\n")
                       .client("QUIT\r\n")
                       .closes()
                       .done());
    EXPECT_EQ(error.message, "the server refused the login (535), status bad ***");
    EXPECT_EQ(error.server_words, "bad *** in ***");
}

TEST(SessionToken, IsSentOnce) {
    const base::Error error = refusal_of(greeted("XOAUTH2")
                                             .client("AUTH XOAUTH2 " + xoauth2() + "\r\n")
                                             .server("334 \r\n")
                                             .client("\r\n")
                                             .server("334 \r\n")
                                             .done());
    EXPECT_EQ(error.code, base::ErrorCode::protocol);
}

TEST(SessionToken, IsNotSentWhereNoMechanismTakesIt) {
    const base::Error error =
        refusal_of(greeted("PLAIN LOGIN").client("QUIT\r\n").server("221 bye\r\n").done());
    EXPECT_EQ(error.code, base::ErrorCode::unsupported);
    EXPECT_EQ(error.stage, "smtp.auth");
}

TEST(SessionToken, IsCheckedBeforeItIsSent) {
    for (const Credentials& bad :
         {Credentials{"ann@example.com", "to ken", Login::bearer},
          Credentials{"ann@example.com", "", Login::bearer},
          Credentials{"ann\x01@example.com", "token", Login::bearer}}) {
        Session refused({"[192.0.2.1]", bad}, net::Tls::implicit, true);
        EXPECT_TRUE(std::holds_alternative<net::Done>(refused.next()));
        EXPECT_EQ(refused.error()->code, base::ErrorCode::invalid_input);
    }
}

}  // namespace
}  // namespace smtp
