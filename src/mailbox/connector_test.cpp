// What the connector does on the wire, against servers that count logins.
#include "mailbox/connector.h"

#include "mailbox/test_servers.h"

namespace {

using namespace std::chrono_literals;
using mailbox::ConnectorTest;
using mailbox::Mailbox;

}  // namespace

TEST_F(ConnectorTest, AWrongPasswordIsOneAttemptOnBothSidesUntilTheOwnerActs) {
    const Mailbox wrong = mailbox(1, "wrong");
    for (int i = 0; i < 5; ++i) {
        EXPECT_EQ(smtp(wrong).error().code, base::ErrorCode::unauthenticated);
        EXPECT_EQ(imap(wrong).error().code, base::ErrorCode::unauthenticated);
        loop_.advance(1h);
    }
    EXPECT_EQ(servers_.smtp_logins + servers_.imap_logins, 1);
    EXPECT_EQ(
        log_,
        "mailbox: mailbox 1 is paused until its owner acts: the login was refused; check user name "
        "and password (many providers want an app password) (smtp.auth said: 535 5.7.8 not "
        "accepted); "
        "then: pilotlight mailbox resume ADDRESS\n"
    );
    // A changed password, or a resumed mailbox, is tried: once.
    EXPECT_TRUE(smtp(mailbox(1)));
    EXPECT_FALSE(imap(mailbox(1, "wrong again")));
    EXPECT_FALSE(imap(mailbox(1, "wrong again")));
    Mailbox resumed = mailbox(1, "wrong again");
    resumed.resumes = 1;
    EXPECT_FALSE(imap(resumed));
    EXPECT_FALSE(imap(resumed));
    EXPECT_EQ(servers_.smtp_logins, 2);
    EXPECT_EQ(servers_.imap_logins, 2);
}

TEST_F(ConnectorTest, ATemporaryFailureBacksOffAndSaysSo) {
    servers_.smtp_answer = "454 4.7.0 Temporary authentication failure\r\n";
    const auto first = smtp(mailbox(1));
    EXPECT_EQ(first.error().code, base::ErrorCode::unavailable);
    EXPECT_EQ(logged("mailbox 1: smtp logins back off until 2026-11-23T13:0"), 1) << log_;
    const auto second = smtp(mailbox(1), 5s);
    EXPECT_EQ(second.error().stage, "smtp.session");
    EXPECT_EQ(second.error().code, base::ErrorCode::unavailable);
    EXPECT_EQ(servers_.smtp_logins, 1);
    // Within its deadline a caller waits for the time, and the login is tried again.
    servers_.smtp_answer.clear();
    EXPECT_TRUE(smtp(mailbox(1)));
    EXPECT_EQ(servers_.smtp_logins, 2);
    EXPECT_GE(servers_.times[1] - servers_.times[0], 30s);
    EXPECT_EQ(logged("is paused"), 0) << log_;
}

TEST_F(ConnectorTest, ImapResponseCodesOfTroublePutTheLoginOff) {
    for (const char* answer :
         {"NO [UNAVAILABLE] Account is temporarily unavailable.",
          "NO [INUSE] another has it",
          "NO [LIMIT] maximum reached",
          "NO [ALERT] Too many simultaneous connections. (Failure)",
          "NO [UNAVAILABLE] Maximum number of connections from user+IP exceeded"}) {
        SCOPED_TRACE(answer);
        log_.clear();
        servers_.imap_answer = answer;
        const std::int64_t id = 10 + servers_.imap_logins;
        EXPECT_FALSE(imap(mailbox(id)));
        EXPECT_EQ(logged("imap logins back off until"), 1) << log_;
        EXPECT_EQ(logged("is paused"), 0) << log_;
        servers_.imap_answer.clear();
        EXPECT_TRUE(imap(mailbox(id), 1h));
    }
}

TEST_F(ConnectorTest, ASecondCallerWaitsUntilTheFirstSessionEnds) {
    auto first = imap(mailbox(1));
    ASSERT_TRUE(first);
    const auto late = imap(mailbox(1), 30s);
    EXPECT_EQ(late.error().stage, "imap.session");
    EXPECT_EQ(servers_.imap_logins, 1);
    bool got = false;
    auto wait =
        [](mailbox::Connector& connector, Mailbox one, base::MonotonicTime deadline, bool& done
        ) -> base::Task<> {
        const auto session = co_await connector.imap(std::move(one), deadline);
        done = session.has_value();
    };
    base::start(wait(connector_, mailbox(1), loop_.clock().in(1h), got), [](std::exception_ptr) {});
    loop_.advance(10min);
    EXPECT_FALSE(got);
    *first = {};
    loop_.advance(1s);
    EXPECT_TRUE(got);
    EXPECT_EQ(servers_.most_open, 1);
}

TEST_F(ConnectorTest, AnIdleSmtpSessionIsUsedAgainAndClosedAfterHalfAMinute) {
    auto session = smtp(mailbox(1));
    ASSERT_TRUE(session);
    connector_.release(mailbox(1), std::move(*session));
    loop_.advance(29s);
    auto again = smtp(mailbox(1));
    ASSERT_TRUE(again);
    EXPECT_EQ(servers_.smtp_logins, 1);
    connector_.release(mailbox(1), std::move(*again));
    loop_.advance(29s);
    EXPECT_EQ(servers_.quits, 0);
    loop_.advance(2s);
    EXPECT_EQ(servers_.quits, 1);
    EXPECT_TRUE(smtp(mailbox(1)));
    EXPECT_EQ(servers_.smtp_logins, 2);
}

TEST_F(ConnectorTest, FiveRefusedLoginsLeaveTheHostAlone) {
    for (int id = 1; id <= 5; ++id) EXPECT_FALSE(smtp(mailbox(id, "wrong")));
    EXPECT_EQ(
        logged("smtp.mail.test: 5 logins failed within 5 minutes; no mailbox logs in there until "
               "2026-11-23T13:15:0"),
        1
    ) << log_;
    EXPECT_EQ(smtp(mailbox(6)).error().stage, "smtp.session");
    EXPECT_EQ(servers_.smtp_logins, 5);
    EXPECT_TRUE(imap(mailbox(7)));  // another host
    EXPECT_TRUE(smtp(mailbox(6), 16min));
    EXPECT_EQ(servers_.smtp_logins, 6);
}

TEST_F(ConnectorTest, ARestartWithFiveHundredMailboxesIsNoStampede) {
    std::vector<base::Task<base::Result<mailbox::ImapSession>>> logins;
    for (int id = 1; id <= 500; ++id) {
        const Mailbox one = mailbox(id);
        // As warmup does: each gets its own patience over the turn it has to wait for.
        const base::Duration wait = connector_.login_wait(one, mailbox::Protocol::imap);
        EXPECT_LE(wait, 5min);
        logins.push_back(connector_.imap(one, loop_.clock().in(wait + 90s + 5min)));
    }
    const base::MonotonicTime begun = loop_.clock().monotonic();
    const auto sessions = base::run_to_end(loop_, base::when_all(std::move(logins)));
    for (const auto& session : sessions) EXPECT_TRUE(session);
    EXPECT_EQ(servers_.imap_logins, 500);
    EXPECT_EQ(servers_.most_open, 500);
    const int rate = mailbox::GovernorSettings().logins_per_minute;
    std::size_t most = 0;
    for (std::size_t from = 0, to = 0; to < servers_.times.size(); ++to) {
        while (servers_.times[to] - servers_.times[from] >= 1min) ++from;
        most = std::max(most, to - from + 1);
    }
    EXPECT_LE(most, static_cast<std::size_t>(rate + rate / 4));
    EXPECT_LE(servers_.times.back() - begun, 5min);
    RecordProperty("most_logins_in_a_minute", static_cast<int>(most));
}

TEST_F(ConnectorTest, FiveHundredWrongPasswordsCostFewLogins) {
    // A provider's outage that refuses every login must not cost every account its own.
    std::vector<base::Task<base::Result<mailbox::ImapSession>>> logins;
    for (int id = 1; id <= 500; ++id)
        logins.push_back(connector_.imap(mailbox(id, "wrong"), loop_.clock().in(10min)));
    const auto sessions = base::run_to_end(loop_, base::when_all(std::move(logins)));
    for (const auto& session : sessions) EXPECT_FALSE(session);
    EXPECT_LE(servers_.imap_logins, 35);
}

TEST_F(ConnectorTest, WithoutATokenSourceAnOAuthMailboxIsToldWhatIsMissing) {
    Mailbox one = mailbox(1);
    one.login_method = mailbox::LoginMethod::oauth2;
    one.password.reset();
    const auto session = imap(one);
    EXPECT_EQ(session.error().code, base::ErrorCode::unauthenticated);
    EXPECT_NE(session.error().message.find("OAuth2"), std::string::npos);
    EXPECT_TRUE(dialer_.dialed().empty());
}

namespace {

Mailbox with_tokens(Mailbox one) {
    one.login_method = mailbox::LoginMethod::oauth2;
    one.password.reset();
    return one;
}

}  // namespace

TEST_F(ConnectorTest, ATokenThatIsRefusedBeforeItsTimeIsReplacedOnce) {
    mailbox::ListedTokens tokens({"withdrawn", "good"});
    mailbox::Connector connector(dialer_, loop_.clock(), {}, &tokens);
    servers_.good_token = "good";
    const Mailbox one = with_tokens(mailbox(1));
    const auto session = base::run_to_end(loop_, connector.imap(one, loop_.clock().in(90s)));
    ASSERT_TRUE(session) << session.error().describe();
    EXPECT_EQ(servers_.imap_logins, 2);
    EXPECT_EQ(tokens.discarded(), std::vector<std::string>{"withdrawn"});
    EXPECT_EQ(logged("is paused"), 0) << log_;
    const auto other = base::run_to_end(loop_, connector.smtp(one, loop_.clock().in(90s)));
    EXPECT_TRUE(other);
    EXPECT_EQ(servers_.smtp_logins, 1);
}

TEST_F(ConnectorTest, ARefusalOfTheNewTokenTooIsForTheOwnersSignInNotForAPassword) {
    mailbox::ListedTokens tokens({"first", "second", "third", "fourth"});
    mailbox::Connector connector(dialer_, loop_.clock(), {}, &tokens);
    const Mailbox one = with_tokens(mailbox(1));
    for (int i = 0; i < 3; ++i) {
        const auto session = base::run_to_end(loop_, connector.smtp(one, loop_.clock().in(90s)));
        EXPECT_EQ(session.error().code, base::ErrorCode::unauthenticated);
        loop_.advance(1h);
    }
    EXPECT_EQ(servers_.smtp_logins, 2);
    EXPECT_EQ(tokens.discarded(), std::vector<std::string>{"first"});
    EXPECT_EQ(logged("is paused until its owner acts"), 1) << log_;
    EXPECT_EQ(logged("pilotlight mailbox authorize m1@mail.test"), 1) << log_;
    EXPECT_EQ(logged("password"), 0) << log_;
}
