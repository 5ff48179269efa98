#include "mailbox/oauth_token_source.h"

#include "base/log.h"
#include "mailbox/mailboxes.h"
#include "tests/oauth/identity_provider.h"
#include "tests/support/manual_loop.h"
#include "tests/warmup/flaky_store.h"

namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

class TokenSourceTest : public testing::Test {
  protected:
    ~TokenSourceTest() override { base::log::set_sink(log_before_); }

    template <class Job>
    auto as(store::Role role, Job job) {
        return base::run_to_end(loop_, db_->run(role, std::move(job)));
    }
    void SetUp() override {
        store::OpenOptions options;
        options.url = "sqlite::memory:";
        options.inline_jobs = true;
        options.create = true;
        db_ = store::open_database(options, loop_);
        client_.issuer = "google";
        client_.client_id = "client";
        client_.token_url = "https://login.test/token";
        mailbox::NewMailbox added;
        added.email = *base::Email::parse("ann@example.com");
        added.smtp_url = "smtps://mail.test:465";
        added.imap_url = "imaps://mail.test:993";
        as(store::Role::operator_, [&](store::Connection& connection) {
            return mailbox::add(connection, added, vault_, random_, now());
        });
        box_ = stored();
        log_before_ =
            base::log::set_sink([this](const base::log::Line& line) { log_ += line.text + "\n"; });
    }
    base::Timestamp now() { return loop_.clock().now(); }
    mailbox::Mailbox stored() {
        return as(store::Role::operator_,
                  [this](store::Connection& connection) {
                      return mailbox::list(connection, vault_, base::TimeZone());
                  }
        ).mailboxes.at(0);
    }
    mailbox::TokenRow row() {
        return as(store::Role::operator_, [](store::Connection& connection) {
            return *mailbox::read_tokens(connection, 1);
        });
    }
    void change(std::string sql) {
        as(store::Role::operator_,
           [sql](store::Connection& connection) { connection.execute(sql); });
    }
    // What `mailbox authorize` stores.
    void authorize() {
        mailbox::Tokens tokens;
        tokens.access_token = "first-access";
        tokens.lifetime = hours(1);
        tokens.refresh_token = provider_.consent();
        const auto sealed = mailbox::seal_tokens(vault_, box_, tokens, now(), random_);
        as(store::Role::operator_, [&](store::Connection& connection) {
            mailbox::store_grant(connection, box_, client_, sealed, now());
        });
    }
    mailbox::OAuthTokenSource source(store::Role role = store::Role::warmup) {
        return {
            *db_,
            http_,
            loop_.clock(),
            random_,
            {vault_, [this](const mailbox::Mailbox&) { return client_; }, role}
        };
    }
    base::Result<std::string> token(
        store::Role role = store::Role::warmup, base::Duration patience = seconds(45)
    ) {
        mailbox::OAuthTokenSource asked = source(role);
        return base::run_to_end(loop_, asked.access_token(box_, loop_.clock().in(patience)));
    }
    // The same over a store that loses jobs: read, begin, end, read. Nothing where it was thrown.
    std::optional<base::Result<std::string>> token_over(tests::FlakyStore& store) {
        mailbox::OAuthTokenSource asked(
            store,
            http_,
            loop_.clock(),
            random_,
            {vault_, [this](const mailbox::Mailbox&) { return client_; }}
        );
        try {
            return base::run_to_end(loop_, asked.access_token(box_, loop_.clock().in(seconds(90))));
        } catch (const store::StoreError& error) {
            EXPECT_EQ(error.kind, store::StoreError::Kind::lost);
            return std::nullopt;
        }
    }
    void let_pass(base::Duration span) { loop_.advance(span); }

    support::ManualLoop loop_;
    base::SeededRandom random_{1};
    mailbox::Vault vault_{random_.bytes(32)};
    std::unique_ptr<store::Database> db_;
    support::IdentityProvider provider_;
    support::ProviderHttp http_{provider_, loop_.clock(), seconds(1)};
    mailbox::OAuthClient client_;
    mailbox::Mailbox box_;
    std::string log_;
    base::log::Sink log_before_;
};

}  // namespace

TEST_F(TokenSourceTest, WithoutALoginTheMendIsNamed) {
    const auto none = token();
    ASSERT_FALSE(none);
    EXPECT_EQ(none.error().code, base::ErrorCode::unauthenticated);
    EXPECT_NE(
        none.error().message.find("pilotlight mailbox authorize ann@example.com"), std::string::npos
    );
}

TEST_F(TokenSourceTest, ATokenIsGoodUntilFiveMinutesBeforeItsEnd) {
    authorize();
    EXPECT_EQ(stored().login_method, mailbox::LoginMethod::oauth2);
    EXPECT_EQ(token().value(), "first-access");
    let_pass(minutes(55) - seconds(1));
    EXPECT_EQ(token().value(), "first-access");
    EXPECT_EQ(provider_.requests(), 0);
    let_pass(seconds(1));
    const auto second = token();
    ASSERT_TRUE(second) << second.error().describe();
    EXPECT_EQ(*second, provider_.secrets().back());
    EXPECT_EQ(token(store::Role::campaign).value(), *second);
    EXPECT_EQ(provider_.exchanges(), 1);
}

TEST_F(TokenSourceTest, ARotatedRefreshTokenIsWhatTheNextExchangeSends) {
    authorize();
    for (int day = 0; day < 3; ++day) {
        let_pass(hours(24));
        EXPECT_TRUE(token());
    }
    EXPECT_EQ(provider_.exchanges(), 3);
    EXPECT_EQ(provider_.refused(), 0);
}

TEST_F(TokenSourceTest, TokensLieSealedAndBoundToTheirRow) {
    authorize();
    let_pass(hours(2));
    ASSERT_TRUE(token());
    const mailbox::TokenRow kept = row();
    for (const std::string& secret : provider_.secrets())
        for (const std::string* column : {&kept.refresh_token, &kept.access_token})
            EXPECT_EQ(column->find(secret), std::string::npos);
    mailbox::Mailbox other = box_;
    other.id = 2;
    using mailbox::TokenKind;
    EXPECT_TRUE(mailbox::open_token(vault_, box_, TokenKind::access, kept.access_token));
    EXPECT_FALSE(mailbox::open_token(vault_, other, TokenKind::access, kept.access_token));
    EXPECT_FALSE(mailbox::open_token(vault_, box_, TokenKind::refresh, kept.access_token));
}

TEST_F(TokenSourceTest, ALostNetworkLeavesTheMailboxActiveAndIsTriedLater) {
    authorize();
    let_pass(hours(2));
    http_.lose_next_request();
    EXPECT_EQ(token().error().code, base::ErrorCode::network);
    // No storm: the next callers hear of it without a request.
    for (int i = 0; i < 20; ++i) EXPECT_EQ(token().error().code, base::ErrorCode::unavailable);
    EXPECT_EQ(provider_.requests(), 0);
    EXPECT_EQ(stored().status, mailbox::Status::active);
    let_pass(seconds(30));
    EXPECT_TRUE(token());
    EXPECT_EQ(row().attempts, 0);
}

TEST_F(TokenSourceTest, AProviderInTroubleIsNoEndOfTheLogin) {
    authorize();
    let_pass(hours(2));
    for (int i = 0; i < 4; ++i) {
        provider_.answer_next(503, R"({"error": "invalid_grant"})");
        EXPECT_EQ(token().error().code, base::ErrorCode::unavailable);
        let_pass(minutes(15));
    }
    EXPECT_EQ(provider_.requests(), 4);
    EXPECT_EQ(stored().status, mailbox::Status::active);
    EXPECT_TRUE(token());
}

TEST_F(TokenSourceTest, AWithdrawnLoginPausesTheMailboxOnce) {
    authorize();
    let_pass(hours(24 * 30));
    provider_.withdraw();
    const auto over = token();
    ASSERT_FALSE(over);
    EXPECT_EQ(over.error().code, base::ErrorCode::unauthenticated);
    EXPECT_NE(over.error().message.find("invalid_grant"), std::string::npos);
    for (int i = 0; i < 20; ++i) {
        EXPECT_FALSE(token());
        let_pass(hours(1));
    }
    EXPECT_EQ(provider_.requests(), 1);
    EXPECT_EQ(stored().status, mailbox::Status::paused);
    EXPECT_EQ(stored().status_reason, over.error().message);
    EXPECT_NE(log_.find("mailbox 1 is paused"), std::string::npos) << log_;
    // A new login mends it.
    authorize();
    EXPECT_EQ(stored().status, mailbox::Status::active);
    EXPECT_EQ(token().value(), "first-access");
}

TEST_F(TokenSourceTest, ADiscardedTokenIsReplacedByOneExchange) {
    authorize();
    mailbox::OAuthTokenSource asked = source();
    base::run_to_end(loop_, asked.discard(box_, "another-token"));
    EXPECT_EQ(token().value(), "first-access") << "somebody else's token says nothing of ours";
    base::run_to_end(loop_, asked.discard(box_, "first-access"));
    const auto second = token();
    ASSERT_TRUE(second) << second.error().describe();
    EXPECT_NE(*second, "first-access");
    base::run_to_end(loop_, asked.discard(box_, "first-access"));
    EXPECT_EQ(token().value(), *second) << "a late word about the old one";
    EXPECT_EQ(provider_.exchanges(), 1);
}

// The provider of tokens and the mail server differ: the pause is the mail server's.
TEST_F(TokenSourceTest, ANewTokenLiftsNoPauseThatAMailServersRefusalBegan) {
    authorize();
    change("UPDATE mailboxes SET status = 'paused', paused_by = 'login', status_reason = 'refused'"
    );
    let_pass(hours(2));
    EXPECT_TRUE(token());
    EXPECT_EQ(provider_.exchanges(), 1);
    EXPECT_EQ(stored().status, mailbox::Status::paused);
    authorize();
    EXPECT_EQ(stored().status, mailbox::Status::active);
}

TEST_F(TokenSourceTest, APauseOfTheOwnersOutlivesALogin) {
    authorize();
    change("UPDATE mailboxes SET status = 'paused', status_reason = 'on holiday'");
    authorize();
    EXPECT_EQ(stored().status, mailbox::Status::paused);
}

TEST_F(TokenSourceTest, AnAnswerLostAfterTheExchangeCostsOneMoreTryAndNoStorm) {
    authorize();
    let_pass(hours(2));
    http_.lose_next_answer();
    EXPECT_EQ(token().error().code, base::ErrorCode::timed_out);
    EXPECT_EQ(provider_.exchanges(), 1);
    let_pass(minutes(1));
    const auto over = token();
    ASSERT_FALSE(over);
    EXPECT_EQ(over.error().code, base::ErrorCode::unauthenticated);
    EXPECT_NE(over.error().message.find("cut off"), std::string::npos) << over.error().message;
    for (int i = 0; i < 20; ++i) {
        EXPECT_FALSE(token());
        let_pass(hours(1));
    }
    EXPECT_EQ(provider_.requests(), 2);
    EXPECT_EQ(stored().status, mailbox::Status::paused);
}

TEST_F(TokenSourceTest, ACrashBetweenExchangeAndWriteIsTheSame) {
    authorize();
    let_pass(hours(2));
    as(store::Role::warmup, [this](store::Connection& connection) {
        return mailbox::begin_exchange(connection, 1, "who died", now());
    });
    // Its lease holds for a while, and nobody is hurried.
    EXPECT_EQ(token(store::Role::warmup, seconds(10)).error().code, base::ErrorCode::timed_out);
    EXPECT_EQ(provider_.requests(), 0);
    let_pass(mailbox::kLease);
    provider_.withdraw();  // as if the dead one's exchange had rotated the token
    const auto over = token();
    ASSERT_FALSE(over);
    EXPECT_NE(over.error().message.find("cut off"), std::string::npos) << over.error().message;
    EXPECT_EQ(provider_.requests(), 1);
}

TEST_F(TokenSourceTest, ARefusalOfAnOldTokenIsNoEndWhereANewOneIsThere) {
    authorize();
    let_pass(hours(2));
    mailbox::OAuthTokenSource slow = source();
    std::optional<base::Result<std::string>> got;
    provider_.withdraw();
    auto keep = [](base::Task<base::Result<std::string>> task,
                   std::optional<base::Result<std::string>>& into) -> base::Task<> {
        into.emplace(co_await std::move(task));
    };
    const base::MonotonicTime deadline = loop_.clock().in(seconds(45));
    base::start(keep(slow.access_token(box_, deadline), got), [](std::exception_ptr) {});
    loop_.run_ready();
    ASSERT_FALSE(got);  // its request is on the way
    authorize();        // meanwhile the owner logs in again
    loop_.advance(seconds(2));
    ASSERT_TRUE(got);
    ASSERT_TRUE(*got) << got->error().describe();
    EXPECT_EQ(**got, "first-access");
    EXPECT_EQ(provider_.refused(), 1);
    EXPECT_EQ(stored().status, mailbox::Status::active);
}

TEST_F(TokenSourceTest, AWrongClientIsTheConfigurationsFault) {
    authorize();
    let_pass(hours(2));
    provider_.answer_next(401, R"({"error": "invalid_client"})");
    const auto wrong = token();
    EXPECT_EQ(wrong.error().code, base::ErrorCode::invalid_input);
    EXPECT_NE(wrong.error().message.find("[oauth.google]"), std::string::npos);
    EXPECT_EQ(stored().status, mailbox::Status::active);
    // Another app's id can't refresh this one's token: not tried.
    client_.client_id = "another";
    let_pass(hours(1));
    EXPECT_EQ(token().error().code, base::ErrorCode::unauthenticated);
    EXPECT_EQ(provider_.requests(), 1);
}

TEST_F(TokenSourceTest, NothingIsBegunWithoutTimeToEndIt) {
    authorize();
    let_pass(hours(2));
    EXPECT_EQ(token(store::Role::warmup, seconds(4)).error().code, base::ErrorCode::timed_out);
    EXPECT_EQ(row().attempts, 0);
    EXPECT_EQ(provider_.requests(), 0);
}

TEST_F(TokenSourceTest, AnotherKeyOpensNothingAndSendsNothing) {
    authorize();
    let_pass(hours(2));
    const mailbox::Vault other(std::string(32, 'x'));
    mailbox::OAuthTokenSource source(
        *db_,
        http_,
        loop_.clock(),
        random_,
        {other, [this](const mailbox::Mailbox&) { return client_; }}
    );
    const auto got =
        base::run_to_end(loop_, source.access_token(box_, loop_.clock().in(seconds(45))));
    EXPECT_EQ(got.error().code, base::ErrorCode::unauthenticated);
    EXPECT_NE(got.error().message.find("another key"), std::string::npos);
    EXPECT_EQ(provider_.requests(), 0);
}

// "Write the new token before use": a store that fails for a moment costs nothing, whether the
// write was lost or only the news of it.
TEST_F(TokenSourceTest, ANewTokenIsWrittenAgainUntilItIsKept) {
    for (const tests::Loss loss : {tests::Loss::before, tests::Loss::after_commit}) {
        authorize();
        let_pass(hours(2));
        const int before = provider_.exchanges();
        tests::FlakyStore flaky(*db_);
        flaky.lose(3, loss, true);
        const auto got = token_over(flaky);
        ASSERT_TRUE(got && *got);
        EXPECT_EQ(**got, provider_.secrets().back());
        EXPECT_EQ(provider_.exchanges(), before + 1);
        let_pass(hours(2));
        EXPECT_TRUE(token());
        EXPECT_EQ(provider_.refused(), 0);
    }
    EXPECT_NE(log_.find("could not be stored"), std::string::npos);
}

// Killed at each of its jobs, before or after the commit: the next process goes on, or asks for a
// new login once; never more than one request beyond the one that was lost.
TEST_F(TokenSourceTest, KilledAtAnyJobTheLoginGoesOnOrIsAskedForOnce) {
    for (long job = 1; job <= 4; ++job)
        for (const tests::Loss loss : {tests::Loss::before, tests::Loss::after_commit}) {
            SCOPED_TRACE(fmt::format("job {} {}", job, loss == tests::Loss::before ? "-" : "+"));
            authorize();
            let_pass(hours(2));
            const int before = provider_.requests();
            tests::FlakyStore flaky(*db_);
            flaky.lose(job, loss);
            const auto killed = token_over(flaky);
            EXPECT_TRUE(!killed || !*killed);
            let_pass(minutes(5));
            const bool kept = token().has_value();
            // Only the exchange whose new token was on no disk is lost.
            EXPECT_EQ(kept, !(job == 3 && loss == tests::Loss::before));
            for (int i = 0; i < 5; ++i) EXPECT_EQ(token().has_value(), kept);
            EXPECT_LE(provider_.requests(), before + 2);
            EXPECT_EQ(stored().status, kept ? mailbox::Status::active : mailbox::Status::paused);
        }
}
