// Logins that fail, connections that the server ends.
#include "base/log.h"
#include "base/text.h"
#include "imap/test_sessions.h"

namespace imap {
namespace {

using support::Dialogue;

struct LoginCase {
    std::string_view answer;
    base::ErrorCode code;
    std::string_view words;
};
class LoginTable : public testing::TestWithParam<LoginCase> {};

TEST_P(LoginTable, SaysWhyItFailed) {
    const base::Error error = error_of(
        Dialogue()
            .server("* OK [CAPABILITY IMAP4rev1] hi\r\n")
            .client("A001 LOGIN \"me@example.com\" \"hunter2\"\r\n")
            .server(std::string(GetParam().answer))
            .done(),
        kImplicit
    );
    EXPECT_EQ(error.code, GetParam().code);
    EXPECT_EQ(error.stage, "imap.login");
    EXPECT_EQ(error.server_words, GetParam().words);
}

INSTANTIATE_TEST_SUITE_P(
    Answers,
    LoginTable,
    testing::Values(
        LoginCase{
            "A001 NO [AUTHENTICATIONFAILED] Invalid credentials (Failure)\r\n",
            base::ErrorCode::unauthenticated,
            "Invalid credentials (Failure)"
        },
        LoginCase{"A001 NO LOGIN failed.\r\n", base::ErrorCode::unauthenticated, "LOGIN failed."},
        LoginCase{
            "* BYE too many failures\r\nA001 NO wrong\r\n",
            base::ErrorCode::unauthenticated,
            "wrong"
        },
        LoginCase{"A001 BAD wrong\r\n", base::ErrorCode::unauthenticated, "wrong"},
        LoginCase{"A001 NO [UNAVAILABLE] later\r\n", base::ErrorCode::unavailable, "later"},
        LoginCase{
            "A001 NO [REFERRAL imap://evil.test/] go there\r\n",
            base::ErrorCode::unauthenticated,
            "go there"
        },
        // Some servers repeat what they got.
        LoginCase{
            "A001 NO bad password 'hunter2' for AG1lQGV4YW1wbGUuY29tAGh1bnRlcjI=\r\n",
            base::ErrorCode::unauthenticated,
            "bad password '***' for ***"
        },
        LoginCase{"+ more\r\n", base::ErrorCode::protocol, ""},
        LoginCase{"A002 OK in\r\n", base::ErrorCode::protocol, "A002"},
        LoginCase{"A001 PREAUTH in\r\n", base::ErrorCode::protocol, "in"},
        LoginCase{"* PREAUTH in\r\n", base::ErrorCode::protocol, ""},
        LoginCase{"garbage\r\n", base::ErrorCode::protocol, "garbage"}
    )
);

TEST(Session, RespectsLoginDisabled) {
    const base::Error error = error_of(
        Dialogue().server("* OK [CAPABILITY IMAP4rev1 LOGINDISABLED AUTH=XOAUTH2] hi\r\n").done(),
        kImplicit
    );
    EXPECT_EQ(error.code, base::ErrorCode::unsupported);
    EXPECT_EQ(error.stage, "imap.login");
}

TEST(HostileServer, CannotAskForThePasswordTwice) {
    const std::string token =
        base::base64_encode(std::string_view("\0me@example.com\0hunter2", 23));
    const base::Error error = error_of(
        Dialogue()
            .server("* OK [CAPABILITY IMAP4rev1 AUTH=PLAIN] hi\r\n")
            .client("A001 AUTHENTICATE PLAIN\r\n")
            .server("+ \r\n")
            .client(token + "\r\n")
            .server("+ again\r\n")
            .done(),
        kImplicit
    );
    EXPECT_EQ(error.code, base::ErrorCode::protocol);
}

TEST(Session, TellsTheWordsOfAByeWhenTheConnectionEnds) {
    const base::Error error = error_of(
        plain_server()
            .ready(give(SearchUids{"ALL"}))
            .client("A002 UID SEARCH ALL\r\n")
            .server("* BYE idle for too long\r\n")
            .closes()
            .done(),
        kImplicit
    );
    EXPECT_EQ(error.code, base::ErrorCode::closed);
    EXPECT_EQ(error.stage, "imap.search");
    EXPECT_EQ(error.server_words, "idle for too long");
}

// Found by the fuzzer: the secret was forgotten with the login, and then came back in an error.
TEST(HostileServer, CannotPutThePasswordIntoAnErrorAfterTheLoginEither) {
    for (const char* words : {"* BYE hunter2 is a fine word\r\n", "* hunter2\r\n"}) {
        const base::Error error = error_of(
            plain_server()
                .ready(give(SearchUids{"ALL"}))
                .client("A002 UID SEARCH ALL\r\n")
                .server(words)
                .closes()
                .done(),
            kImplicit
        );
        EXPECT_EQ(error.describe().find("hunter2"), std::string::npos) << error.describe();
    }
}

TEST(Session, IsNotUsableAfterAByeBetweenCommands) {
    auto imap = session(kImplicit);
    EXPECT_EQ(
        plain_server()
            .ready(give(SearchUids{"ALL"}))
            .client("A002 UID SEARCH ALL\r\n")
            .server("* SEARCH 4\r\nA002 OK done\r\n* BYE shutting down\r\n")
            .ready<Session>([](Session& s) {
                EXPECT_EQ(s.take_reply()->uids, std::vector<std::uint32_t>{4});
                EXPECT_FALSE(s.usable());
                s.command(SearchUids{"ALL"});
            })
            .done()
            .run(*imap),
        ""
    );
    EXPECT_EQ(imap->take_reply().error().code, base::ErrorCode::closed);
}

TEST(Session, LogsAlertsOfALoggedInServer) {
    std::vector<std::string> lines;
    base::log::Sink before =
        base::log::set_sink([&](const base::log::Line& line) { lines.push_back(line.text); });
    auto imap = session(kImplicit);
    const std::string problem = plain_server()
                                    .ready(give(SearchUids{"ALL"}))
                                    .client("A002 UID SEARCH ALL\r\n")
                                    .server("* OK [ALERT] disk \x1b[31m full\r\nA002 OK done\r\n")
                                    .ready()
                                    .run(*imap);
    base::log::set_sink(std::move(before));
    EXPECT_EQ(problem, "");
    EXPECT_EQ(lines, std::vector<std::string>{"the server alerts: disk ?[31m full"});
}

}  // namespace
}  // namespace imap
