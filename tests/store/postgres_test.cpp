// What only PostgreSQL has: logins, lost connections, commits of unknown end, serialization.
#include <future>

#include "base/text.h"
#include "store/postgres_roles.h"
#include "tests/store/cutting_proxy.h"
#include "tests/store/store_fixture.h"

namespace tests {
namespace {

using store::Connection;
using store::Role;
using store::StoreError;
using store::values;

constexpr const char* kInsert = "INSERT INTO warmup_cycles (started_at) VALUES (:at)";

class PostgresStore : public testing::Test {
  protected:
    void SetUp() override {
        server_ = PostgresServer::shared();
        if (!server_) GTEST_SKIP() << PostgresServer::why_missing();
        static int number = 0;
        name_ = "pg_" + std::to_string(++number);
        options_.url = server_->make_database(name_);
        options_.create = true;
        options_.role_passwords_key = "key";
        database_ = store::open_database(options_, loop_);
    }
    void insert(int number) {
        base::run_to_end(loop_, database_->run(Role::warmup, [number](Connection& connection) {
            connection.execute(kInsert, values(number));
        }));
    }
    std::string rows() { return server_->run(name_, "SELECT COUNT(*) FROM warmup_cycles"); }
    std::string refusal() {
        try {
            database_ = store::open_database(options_, loop_);
            return {};
        } catch (const StoreError& error) {
            return error.what();
        }
    }

    BlockingLoop loop_;
    PostgresServer* server_ = nullptr;
    std::string name_;
    store::OpenOptions options_;
    std::unique_ptr<store::Database> database_;
};

TEST_F(PostgresStore, EachRoleLogsInAsItself) {
    for (const auto& [role, name] :
         {std::pair{Role::warmup, "warmup"}, {Role::operator_, "operator"}}) {
        const auto user = base::run_to_end(loop_, database_->run(role, [](Connection& connection) {
            return connection.text("SELECT session_user::text");
        }));
        EXPECT_EQ(user, "pilotlight_" + name_ + "_" + name);
    }
    EXPECT_EQ(
        server_->run(
            name_,
            "SELECT COUNT(*) FROM pg_roles WHERE rolname LIKE 'pilotlight_" + name_ +
                "%' AND (rolsuper OR rolcreaterole OR rolcreatedb OR rolbypassrls)"
        ),
        "0"
    );
}

TEST_F(PostgresStore, AnAbsentServerIsSaidInOneLine) {
    options_.url = "postgresql://x@/store?host=/tmp/pilotlight-nobody-is-here";
    const std::string words = refusal();
    EXPECT_THAT(words, testing::HasSubstr("No such file or directory; Is the server running"));
    EXPECT_THAT(words, testing::Not(testing::HasSubstr("??")));
    EXPECT_THAT(words, testing::Not(testing::HasSubstr("\n")));
}

TEST_F(PostgresStore, ALoginNeedsItsPassword) {
    database_.reset();
    options_.create = false;
    options_.role_passwords_key = "another key";
    EXPECT_THAT(refusal(), testing::HasSubstr("password authentication failed"));
}

TEST_F(PostgresStore, AnInitWithAnotherKeyLocksNobodyOut) {
    options_.role_passwords_key = "another key";
    EXPECT_THAT(refusal(), testing::HasSubstr("made with another key"));
    options_.role_passwords_key = "key";
    options_.create = false;
    EXPECT_EQ(refusal(), "");
    insert(1);
    EXPECT_EQ(rows(), "1");
}

TEST_F(PostgresStore, AnotherUsersSqlReachesNothing) {
    server_->run(name_, "CREATE ROLE stranger_" + name_ + " LOGIN PASSWORD 'x'");
    const std::string check = "SELECT has_table_privilege('stranger_" + name_ +
                              "', 'email_drafts', 'SELECT') OR "
                              "has_schema_privilege('stranger_" +
                              name_ + "', 'public', 'CREATE')";
    EXPECT_EQ(server_->run(name_, check), "f");
}

TEST_F(PostgresStore, PrintsTheSqlWhereTheUserMayNotMakeLogins) {
    const std::string other = "poor_" + name_;
    server_->make_database(other);
    server_->run("postgres", "CREATE ROLE " + other + " LOGIN PASSWORD 'pw'");
    options_.url = server_->url_of(other, "pw", other);
    const std::string words = refusal();
    EXPECT_THAT(words, testing::HasSubstr("permission denied"));
    EXPECT_THAT(words, testing::HasSubstr(store::role_sql(other, "key")));
    // The administrator runs it; then the same user gets through.
    server_->run(other, store::role_sql(other, "key"));
    EXPECT_EQ(refusal(), "");
    insert(1);
}

TEST_F(PostgresStore, NamesWhatIsWrongWithAUrlWithoutItsPassword) {
    options_.url = "postgresql:///";
    EXPECT_THAT(refusal(), testing::HasSubstr("names no database"));
    options_.url = "postgresql://user:hidden@/x?nonsense=1";
    EXPECT_THAT(
        refusal(),
        testing::AllOf(
            testing::HasSubstr("not understood"), testing::Not(testing::HasSubstr("hidden"))
        )
    );
    options_.url = server_->url("no_such_database");
    EXPECT_THAT(refusal(), testing::HasSubstr("does not exist"));
    server_->run(
        "postgres", "CREATE DATABASE latin_" + name_ + " ENCODING 'LATIN1' TEMPLATE template0"
    );
    options_.url = server_->url("latin_" + name_);
    EXPECT_THAT(refusal(), testing::HasSubstr("ENCODING 'UTF8'"));
}

TEST_F(PostgresStore, MakesALostConnectionAnew) {
    insert(1);
    server_->run(
        name_,
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename LIKE 'pilotlight_" +
            name_ + "%'"
    );
    insert(2);
    EXPECT_EQ(rows(), "2");
}

TEST_F(PostgresStore, RunsAJobAgainThatLostItsConnectionInTheMiddle) {
    int tries = 0;
    base::run_to_end(loop_, database_->run(Role::warmup, [&](Connection& connection) {
        connection.execute(kInsert, values(1));
        if (++tries > 1) return;
        const std::string pid = *connection.text("SELECT pg_backend_pid()::text");
        server_->run(name_, "SELECT pg_terminate_backend(" + pid + ", 5000)");
        connection.execute(kInsert, values(2));
    }));
    EXPECT_EQ(tries, 2);
    EXPECT_EQ(rows(), "1");
}

TEST_F(PostgresStore, SettlesACommitWhoseAnswerWasLost) {
    const TemporaryFolder folder;
    const std::string host = options_.url.substr(options_.url.find("host=") + 5);
    CuttingProxy proxy(folder.path(), host + "/.s.PGSQL.5432");
    options_.url = base::replace_all(options_.url, host, folder.path());
    ASSERT_EQ(refusal(), "");
    insert(0);
    int expected = 1;
    for (const Cut cut :
         {Cut::before_commit, Cut::after_commit, Cut::before_commit, Cut::after_commit}) {
        proxy.arm(cut);
        insert(expected);
        EXPECT_EQ(rows(), std::to_string(++expected));
    }
    EXPECT_EQ(proxy.cuts(), 4);
    database_.reset();
}

TEST_F(PostgresStore, RunsAJobAgainThatConflictsWithAnother) {
    insert(1);
    std::atomic<int> tries = 0;
    std::vector<base::Task<>> tasks;
    for (int i = 0; i < 40; ++i)
        tasks.push_back(database_->run(Role::warmup, [&](Connection& connection) {
            ++tries;
            const std::int64_t sent =
                connection.integer("SELECT sent FROM warmup_cycles ORDER BY id");
            connection.execute("UPDATE warmup_cycles SET sent = :sent", values(sent + 1));
        }));
    base::run_to_end(loop_, base::when_all(std::move(tasks)));
    EXPECT_EQ(server_->run(name_, "SELECT sent FROM warmup_cycles"), "40");
    EXPECT_GE(tries, 40);
}

TEST_F(PostgresStore, OneSessionAtATimeHoldsALock) {
    options_.create = false;
    const auto other = store::open_database(options_, loop_);
    auto held = database_->try_lock("it's one");
    ASSERT_TRUE(held);
    EXPECT_FALSE(other->try_lock("it's one"));
    EXPECT_FALSE(database_->try_lock("it's one")) << "each lock is a session of its own";
    EXPECT_TRUE(other->try_lock("another"));
    insert(1);  // nobody's work waits for it
    held.reset();
    EXPECT_TRUE(other->try_lock("it's one"));
}

TEST_F(PostgresStore, ALockOutlivesItsDatabaseAndNotItsConnection) {
    options_.create = false;
    const auto other = store::open_database(options_, loop_);
    const auto held = database_->try_lock("one");
    database_.reset();
    ASSERT_TRUE(held);
    EXPECT_FALSE(other->try_lock("one"));
    const std::string holder =
        "FROM pg_locks WHERE locktype = 'advisory' AND granted AND database = (SELECT oid FROM "
        "pg_database WHERE datname = current_database())";
    EXPECT_EQ(server_->run(name_, "SELECT COUNT(*) " + holder), "1");
    server_->run(name_, "SELECT pg_terminate_backend(pid) " + holder);
    EXPECT_TRUE(other->try_lock("one"));
}

TEST_F(PostgresStore, ALockOnAServerThatIsGoneIsAnError) {
    const TemporaryFolder folder;
    const std::string host = options_.url.substr(options_.url.find("host=") + 5);
    auto proxy = std::make_unique<CuttingProxy>(folder.path(), host + "/.s.PGSQL.5432");
    options_.url = base::replace_all(options_.url, host, folder.path());
    ASSERT_EQ(refusal(), "");
    proxy.reset();
    EXPECT_THROW(database_->try_lock("one"), StoreError);
}

TEST_F(PostgresStore, TwoProgramsMayMigrateAtTheSameTime) {
    const std::string other = "twice_" + name_;
    options_.url = server_->make_database(other);
    server_->run(other, store::role_sql(other, "key"));
    const auto open_one = [options = options_] {
        BlockingLoop loop;
        return store::open_database(options, loop) != nullptr;
    };
    auto first = std::async(std::launch::async, open_one);
    auto second = std::async(std::launch::async, open_one);
    EXPECT_TRUE(first.get());
    EXPECT_TRUE(second.get());
    EXPECT_EQ(server_->run(other, "SELECT COUNT(*) FROM store_meta"), "2");
}

}  // namespace
}  // namespace tests
