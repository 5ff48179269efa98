// Many workers in several threads, each thread with its own handle on one store, want the token of
// one mailbox when it expires: one exchange, and a rotating refresh token is never used twice.
#include <atomic>
#include <latch>
#include <thread>

#include "mailbox/mailboxes.h"
#include "mailbox/oauth_token_source.h"
#include "net/asio_loop.h"
#include "tests/oauth/identity_provider.h"
#include "tests/store/store_fixture.h"

namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr int kThreads = 5;
constexpr int kWorkersEach = 10;

// Real time, and an offset that the test moves.
class ShiftedClock : public base::Clock {
  public:
    ShiftedClock(net::AsioLoop& loop, const std::atomic<std::int64_t>& offset)
        : loop_(loop), offset_(offset) {}
    base::Timestamp now() const override { return {loop_.now().micros + offset_}; }
    base::MonotonicTime monotonic() const override { return loop_.monotonic(); }
    TimerId call_at(base::MonotonicTime time, std::function<void()> work) override {
        return loop_.call_at(time, std::move(work));
    }
    void cancel(TimerId timer) override { loop_.cancel(timer); }

  private:
    net::AsioLoop& loop_;
    const std::atomic<std::int64_t>& offset_;
};

// One process's worth: a loop, a handle on the store, a token source.
struct Process {
    Process(
        const store::OpenOptions& options,
        support::IdentityProvider& provider,
        const mailbox::Vault& vault,
        const mailbox::OAuthClient& client,
        const std::atomic<std::int64_t>& offset
    )
        : clock(loop, offset),
          http(provider, clock, std::chrono::milliseconds(30)),
          db(store::open_database(options, loop)),
          source(*db, http, clock, random, {vault, [client](const mailbox::Mailbox&) {
                                                return client;
                                            }}) {}

    net::AsioLoop loop;
    ShiftedClock clock;
    base::SystemRandom random;
    support::ProviderHttp http;
    std::unique_ptr<store::Database> db;
    mailbox::OAuthTokenSource source;
};

class RefreshRace : public tests::StoreTest {
  protected:
    void SetUp() override {
        StoreTest::SetUp();
        if (IsSkipped()) return;
        client_.issuer = "microsoft";
        client_.client_id = "client";
        client_.token_url = "https://login.test/token";
        mailbox::NewMailbox added;
        added.email = *base::Email::parse("ann@example.com");
        added.smtp_url = "smtps://mail.test:465";
        added.imap_url = "imaps://mail.test:993";
        mailbox::Tokens tokens;
        tokens.access_token = "first-access";
        tokens.lifetime = hours(1);
        tokens.refresh_token = provider_.consent();
        const base::Timestamp now = net::AsioLoop().now();
        box_ = run(store::Role::operator_, [&](store::Connection& connection) {
            mailbox::add(connection, added, vault_, random_, now);
            const auto box = mailbox::list(connection, vault_, base::TimeZone()).mailboxes.at(0);
            const auto sealed = mailbox::seal_tokens(vault_, box, tokens, now, random_);
            mailbox::store_grant(connection, box, client_, sealed, now);
            return box;
        });
    }

    // All workers ask at once; what each got.
    std::vector<base::Result<std::string>> ask_all() {
        std::vector<std::vector<base::Result<std::string>>> got(kThreads);
        std::latch ready(kThreads);
        std::vector<std::thread> threads;
        for (std::size_t i = 0; i < kThreads; ++i)
            threads.emplace_back([&, i] {
                Process process(options_, provider_, vault_, client_, offset_);
                ready.arrive_and_wait();
                std::vector<base::Task<base::Result<std::string>>> tasks;
                const base::MonotonicTime deadline = process.clock.in(seconds(60));
                for (int worker = 0; worker < kWorkersEach; ++worker)
                    tasks.push_back(process.source.access_token(box_, deadline));
                got[i] = base::run_to_end(process.loop, base::when_all(std::move(tasks)));
            });
        for (std::thread& thread : threads) thread.join();
        std::vector<base::Result<std::string>> all;
        for (auto& some : got) all.insert(all.end(), some.begin(), some.end());
        return all;
    }

    base::SeededRandom random_{1};
    mailbox::Vault vault_{random_.bytes(32)};
    support::IdentityProvider provider_;
    mailbox::OAuthClient client_;
    mailbox::Mailbox box_;
    std::atomic<std::int64_t> offset_ = 0;
};

INSTANTIATE_TEST_SUITE_P(
    Engines,
    RefreshRace,
    testing::Values(tests::Kind::sqlite_file, tests::Kind::postgresql),
    [](const auto& kind) { return tests::name_of(kind.param); }
);

}  // namespace

TEST_P(RefreshRace, FiftyWorkersMakeOneExchangePerExpiry) {
    for (int expiry = 1; expiry <= 3; ++expiry) {
        offset_ += base::Duration(hours(2)).count();
        const auto tokens = ask_all();
        ASSERT_EQ(tokens.size(), static_cast<std::size_t>(kThreads * kWorkersEach));
        const std::string newest = provider_.secrets().back();
        for (const auto& token : tokens) {
            ASSERT_TRUE(token) << token.error().describe();
            EXPECT_EQ(*token, newest);
        }
        EXPECT_EQ(provider_.exchanges(), expiry);
        EXPECT_EQ(provider_.requests(), expiry);
        EXPECT_EQ(provider_.refused(), 0);
    }
}

// Four minutes are left: the others go on with the old token instead of waiting.
TEST_P(RefreshRace, NobodyWaitsWhileTheOldTokenIsGood) {
    offset_ = base::Duration(minutes(56)).count();
    const auto tokens = ask_all();
    const std::string newest = provider_.secrets().back();
    for (const auto& token : tokens) {
        ASSERT_TRUE(token) << token.error().describe();
        EXPECT_TRUE(*token == newest || *token == "first-access") << *token;
    }
    EXPECT_EQ(provider_.exchanges(), 1);
}

// A withdrawn login: one request, fifty refusals, one pause.
TEST_P(RefreshRace, ARefusalIsHeardOnceAndToldToAll) {
    offset_ = base::Duration(hours(2)).count();
    provider_.withdraw();
    for (const auto& token : ask_all()) {
        ASSERT_FALSE(token);
        EXPECT_EQ(token.error().code, base::ErrorCode::unauthenticated) << token.error().describe();
    }
    EXPECT_EQ(provider_.requests(), 1);
    EXPECT_EQ(
        count(store::Role::operator_, "SELECT COUNT(*) FROM ledger WHERE decision = 'paused'"), 1
    );
}
