// Four workers send one campaign from one PostgreSQL; every second one of them is killed -9 and
// another started. No draft is delivered twice, and each is delivered once or listed in doubt.
#include <fmt/format.h>

#include "tests/lab/kill_test.h"
#include "tests/store/postgres_server.h"

namespace lab {
namespace {

constexpr int kWorkers = 4;
constexpr int kDrafts = 200;
constexpr const char* kDatabase = "lab_campaign";

class CampaignKillTest : public LabTest {
  protected:
    void SetUp() override {
        if (!tests::PostgresServer::why_missing().empty())
            GTEST_SKIP() << tests::PostgresServer::why_missing();
        LabTest::SetUp();
        if (IsSkipped()) return;
        tests::PostgresServer* server = tests::PostgresServer::shared();
        server->make_database(kDatabase);
        world_.emplace(Stage{.slow = true, .postgres = server, .database = kDatabase});
        world_->set_up({});
    }
    void TearDown() override {
        workers_.clear();
        if (!HasFailure() || !world_) return;
        for (int i = 0; i < kWorkers; ++i) std::puts(tail(read_file(err_of(i)), 20).c_str());
        std::puts(world_->servers().log_tail().c_str());
    }

    std::string sql(const std::string& text) {
        return tests::PostgresServer::shared()->run(kDatabase, text);
    }
    std::int64_t count(const std::string& text) { return base::parse_int(sql(text)).value_or(-1); }

    void put_campaign() {
        sql("INSERT INTO campaigns (name, status, settings, created_at) VALUES ('kill', 'active', "
            "'{\"sender_name\": \"Ada\", \"postal_address\": \"1 Main Street\", \"weekdays\": "
            "[\"mon\", \"tue\", \"wed\", \"thu\", \"fri\", \"sat\", \"sun\"], \"start_hour\": 0, "
            "\"end_hour\": 24, \"steps\": [{\"after_days\": 0, \"same_thread\": true}]}', 1)");
        std::string addresses;
        for (const Account& seed : world_->seeds())
            addresses += fmt::format("{}'{}'", addresses.empty() ? "" : ", ", seed.email);
        sql(fmt::format(
            "INSERT INTO leads (campaign_id, email, email_key, status, created_at) SELECT 1, "
            "(ARRAY[{0}])[n % {1} + 1], (ARRAY[{0}])[n % {1} + 1], 'ready', 1 "
            "FROM generate_series(1, {2}) n",
            addresses,
            world_->seeds().size(),
            kDrafts
        ));
        sql("INSERT INTO email_drafts (lead_id, campaign_id, to_email, subject, body, status, "
            "review_passed, created_at) SELECT id, 1, email, 'Draft ' || id, 'One line.', "
            "'ready_to_send', 1, 1 FROM leads");
    }

    std::string err_of(int number) {
        return fmt::format("{}/worker{}.err", world_->servers().folder(), number);
    }
    Process start_worker(int number) {
        return Process::start(
            {.arguments = {PILOTLIGHT_CAMPAIGN_WORKER, world_->folder() + "/pilotlight.toml"},
             .folder = world_->servers().folder(),
             .err = err_of(number)}
        );
    }
    std::int64_t waiting() {
        return count(
            "SELECT COUNT(*) FROM email_drafts WHERE status IN ('ready_to_send', 'claimed')"
        );
    }

    // Kills one worker each second, in turn by chance, as long as there is something to send.
    int kill_while_sending(std::int64_t kills_max) {
        base::SystemRandom random;
        for (int i = 0; i < kWorkers; ++i) workers_.emplace_back(start_worker(i));
        int kills = 0;
        while (kills < kills_max && waiting() > kDrafts / 10) {
            const auto victim = static_cast<std::size_t>(random.below(kWorkers));
            const Limit moment(static_cast<std::int64_t>(random.below(400'000)) + 800'000);
            EXPECT_FALSE(workers_[victim]->await_exit(moment)) << "a worker ended by itself";
            workers_[victim]->signal(SIGKILL);
            EXPECT_TRUE(workers_[victim]->await_exit(std::chrono::seconds(10)));
            ++kills;
            workers_[victim].emplace(start_worker(static_cast<int>(victim)));
        }
        return kills;
    }

    std::map<std::string, int> delivered() {
        std::map<std::string, int> times;
        for (const auto& [account, mails] : world_->read_maildirs(world_->seeds()))
            for (const StoredMail& mail : mails) ++times[mail.field("Subject")];
        return times;
    }

    std::optional<World> world_;
    std::vector<std::optional<Process>> workers_;
};

TEST_F(CampaignKillTest, FourWorkersDeliverNoDraftTwiceAndLoseNone) {
    put_campaign();
    const int kills = kill_while_sending(number_from_environment("PILOTLIGHT_KILLS", 60));
    // What a slow machine made late waits for minutes of its own; they pass here at once.
    const auto done = [&] {
        sql("UPDATE email_drafts SET not_before = 0 WHERE status = 'ready_to_send' AND not_before "
            "> "
            "0");
        return waiting() == 0;
    };
    EXPECT_TRUE(await(std::chrono::seconds(120), done)) << waiting();
    workers_.clear();
    ASSERT_TRUE(world_->servers().await_delivery(std::chrono::seconds(60)));

    const std::map<std::string, int> times = delivered();
    int in_doubt = 0;
    for (const auto& row : tests::PostgresServer::shared()->rows(
             kDatabase, "SELECT subject, status FROM email_drafts ORDER BY id"
         )) {
        const auto found = times.find(row[0]);
        const int copies = found == times.end() ? 0 : found->second;
        EXPECT_LE(copies, 1) << row[0] << " was delivered twice";
        EXPECT_TRUE(row[1] == "sent" || row[1] == "in_doubt") << row[0] << " is " << row[1];
        if (row[1] == "sent") EXPECT_EQ(copies, 1) << row[0] << " was sent and is nowhere";
        in_doubt += row[1] == "in_doubt" ? 1 : 0;
    }
    EXPECT_EQ(count("SELECT COUNT(*) FROM emails_campaign WHERE status = 'intent'"), 0);
    const Outcome listed = world_->run({"--json", "delivery", "in-doubt"});
    EXPECT_EQ(listed.exit_code, 0) << listed.err;
    for (const auto& row : tests::PostgresServer::shared()->rows(
             kDatabase, "SELECT message_id FROM emails_campaign WHERE status = 'in_doubt'"
         ))
        EXPECT_TRUE(listed.out.contains(row[0])) << row[0];
    fmt::print(
        "kills {}, drafts {}, in doubt {}, claimed again {}\n",
        kills,
        kDrafts,
        in_doubt,
        sql("SELECT COUNT(*) FROM email_drafts WHERE claim_token > 1")
    );
    EXPECT_GT(kills, 5);
    EXPECT_GT(count("SELECT COUNT(*) FROM email_drafts WHERE claim_token > 1"), 0)
        << "no kill met a claim";
}

}  // namespace
}  // namespace lab
