// The same cycle with the store on PostgreSQL, given only `init --store`: what is reported, what
// lies in the Maildirs, and what the commands say about it afterwards.
#include <boost/json.hpp>

#include "tests/lab/cycle_test.h"
#include "tests/lab/kill_test.h"

namespace lab {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

// Two senders, two seeds, and an empty database of a server of this test's own.
Stage stage_on_postgres(const std::string& database) {
    tests::PostgresServer* server = tests::PostgresServer::shared();
    if (server == nullptr) return {};
    server->make_database(database);
    return {.senders = 2, .seeds = 2, .postgres = server, .database = database};
}

class PostgresCycleTest : public CycleTest {
  protected:
    Stage stage() override {
        static int number = 0;
        database_ = "lab_cycle_" + std::to_string(++number);
        return stage_on_postgres(database_);
    }
    void expect_no_admin_password_kept() {
        const std::string admin = tests::PostgresServer::admin_password();
        for (const char* file : {"/pilotlight.toml", "/pilotlight.key"})
            EXPECT_THAT(read_file(world_->folder() + file), Not(HasSubstr(admin)));
        EXPECT_THAT(world_->store()->everything(), Not(HasSubstr(admin)));
        EXPECT_THAT(world_->printed(), Not(HasSubstr(admin)));
    }
    void SetUp() override {
        if (!tests::PostgresServer::why_missing().empty())
            GTEST_SKIP() << tests::PostgresServer::why_missing();
        CycleTest::SetUp();
    }

    std::string sql(const std::string& text) {
        return tests::PostgresServer::shared()->run(database_, text);
    }
    // Three drafts as a campaign leaves them, and how they look now.
    void put_drafts() {
        sql("INSERT INTO email_drafts (lead_id, campaign_id, to_email, subject, body, status, "
            "created_at) SELECT n, 1, 'lead' || n || '@x.test', 'Offer ' || n, 'Draft ' || n, "
            "'ready_to_send', n FROM generate_series(1, 3) n");
    }
    std::string drafts() {
        return sql("SELECT string_agg(d::text, '|' ORDER BY id) FROM email_drafts d");
    }

    // A command's one JSON document.
    boost::json::object json(std::vector<std::string> words) {
        words.insert(words.begin(), "--json");
        const Outcome outcome = world_->run(words);
        EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
        boost::system::error_code error;
        const boost::json::value value = boost::json::parse(outcome.out, error);
        EXPECT_TRUE(!error && value.is_object()) << outcome.out;
        return value.is_object() ? value.get_object() : boost::json::object{};
    }

    void expect_status_adds_up(const CycleReport& report) {
        const boost::json::object status = json({"warmup", "status"});
        EXPECT_EQ(status.at("senders").to_number<int>(), 2);
        EXPECT_EQ(status.at("seeds").to_number<int>(), 2);
        EXPECT_EQ(status.at("cycles").to_number<int>(), 1);
        EXPECT_EQ(status.at("in_doubt").to_number<int>(), 0);
        std::int64_t sent = 0;
        std::int64_t inbox = 0;
        std::int64_t spam = 0;
        for (const boost::json::value& row : status.at("placement").as_array()) {
            sent += row.at("sent").to_number<std::int64_t>();
            inbox += row.at("inbox").to_number<std::int64_t>();
            spam += row.at("spam").to_number<std::int64_t>();
        }
        EXPECT_EQ(sent, report.sent);
        EXPECT_EQ(inbox, report.inbox);
        EXPECT_EQ(spam, report.spam);
    }

    void expect_why_tells_each_opening() {
        for (const StoredMail& mail : openings()) {
            const std::string id = bare_id(mail.field("Message-ID"));
            const boost::json::object story = json({"why", "<" + id + ">"});
            EXPECT_EQ(story.at("email").at("message_id").as_string(), id);
            EXPECT_EQ(story.at("email").at("status").as_string(), "accepted");
            EXPECT_EQ(
                story.at("found").at("placement").as_string(),
                mail.folder == "Junk" ? "spam" : "inbox"
            );
            EXPECT_FALSE(story.at("ledger").as_array().empty());
        }
    }

    std::string database_;
};

TEST_F(PostgresCycleTest, WorksGivenOnlyInitMailboxesAndAModel) {
    world_->set_up({{"warmup.sends_per_cycle", "2"}, {"warmup.reply_rate", "1.0"}});
    put_strangers();
    put_drafts();
    const std::string before = drafts();
    const CycleReport report = cycle();
    EXPECT_EQ(report.sent, 4) << "two openings per sender";
    EXPECT_EQ(report.replies, 4);
    EXPECT_EQ(report.inbox, 2);
    EXPECT_EQ(report.spam, 2);
    EXPECT_NEAR(report.spam_rate, 0.5, 0.001);
    expect_report_is_true(report);
    expect_good_openings();
    expect_replies_in_their_threads();
    expect_nothing_twice();
    expect_strangers_untouched();
    expect_status_adds_up(report);
    expect_why_tells_each_opening();
    EXPECT_TRUE(json({"delivery", "in-doubt"}).at("in_doubt").as_array().empty());
    EXPECT_EQ(openings_found(*world_->store()), 4);
    EXPECT_EQ(drafts(), before) << "the draft pool was touched";
}

TEST_F(PostgresCycleTest, InitMakesOneLoginForEachRoleAndVerifyProvesThemApart) {
    world_->set_up({});
    put_drafts();
    std::vector<std::string> logins;
    for (const char* role : {"campaign", "operator", "owner", "warmup"})
        logins.push_back("pilotlight_" + database_ + "_" + role);
    EXPECT_EQ(
        sql("SELECT string_agg(rolname, ' ' ORDER BY rolname) FROM pg_roles WHERE rolcanlogin AND "
            "rolname LIKE 'pilotlight_" +
            database_ +
            "_%' AND NOT rolsuper AND NOT rolcreaterole "
            "AND NOT rolcreatedb AND NOT rolbypassrls"),
        base::join(logins, " ")
    );
    cycle();
    const Outcome good = world_->run({"verify"});
    EXPECT_EQ(good.exit_code, 0) << good.out << good.err;
    EXPECT_THAT(good.out, HasSubstr("Campaign Drafts: 3 documents in email_drafts"));
    EXPECT_THAT(good.out, HasSubstr("Zoho Accounts: 2"));
    EXPECT_THAT(good.out, HasSubstr("SEPARATION VERIFIED - WARMUP USES SEPARATE COLLECTION"));

    sql("GRANT SELECT ON email_drafts TO " + logins.back());
    const Outcome broken = world_->run({"verify"});
    EXPECT_EQ(broken.exit_code, 1);
    EXPECT_THAT(broken.out, HasSubstr("❌ CAMPAIGN DRAFTS CAN BE TOUCHED BY THE WARMUP SYSTEM"));
    EXPECT_THAT(broken.out, HasSubstr("the warmup role was not refused to read email_drafts"));
}

// Its password is in the environment of init alone, and is nowhere afterwards.
TEST_F(PostgresCycleTest, TheAdministratorIsNeededByInitOnly) {
    world_->set_up({});
    for (const Account& account : world_->senders()) {
        const Outcome outcome = world_->run({"mailbox", "check", account.email});
        EXPECT_EQ(outcome.exit_code, 0) << outcome.out << outcome.err;
    }
    expect_no_admin_password_kept();
    EXPECT_THAT(world_->printed(), Not(HasSubstr("without the password")));
}

class PostgresUrlTest : public PostgresCycleTest {
  protected:
    Stage stage() override {
        Stage stage = PostgresCycleTest::stage();
        stage.password_in_url = true;
        return stage;
    }
};

// Nor is it written where it stood in the address.
TEST_F(PostgresUrlTest, InitWritesTheAddressWithoutItsPassword) {
    world_->set_up({});
    EXPECT_EQ(world_->run({"warmup", "status"}).exit_code, 0);
    expect_no_admin_password_kept();
    const std::string url = tests::PostgresServer::shared()->bare_url(database_);
    EXPECT_THAT(read_file(world_->folder() + "/pilotlight.toml"), HasSubstr(url));
    EXPECT_THAT(world_->printed(), HasSubstr("without the password"));
    EXPECT_THAT(world_->printed(), HasSubstr("later commands need none"));
}

class PostgresKillTest : public KillTest {
  protected:
    Stage stage() override {
        Stage stage = stage_on_postgres("lab_kill");
        stage.slow = true;
        return stage;
    }
    void SetUp() override {
        if (!tests::PostgresServer::why_missing().empty())
            GTEST_SKIP() << tests::PostgresServer::why_missing();
        KillTest::SetUp();
    }
};

TEST_F(PostgresKillTest, LosesNothingAndDoublesNothing) {
    world_->set_up({
        {"warmup.sends_per_cycle", "2"},
        {"warmup.reply_rate", "1.0"},
        {"llm.warmup.requests_per_day", "1000000"},
    });
    play_rounds(3);
}

}  // namespace
}  // namespace lab
