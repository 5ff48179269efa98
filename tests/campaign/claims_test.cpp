// Claims on both engines: compare-and-set, leases, one claim a mailbox, and the plans of their
// queries.
#include <fmt/format.h>

#include "base/text.h"
#include "bench/campaign_drafts.h"
#include "campaign/settle.h"
#include "tests/store/store_fixture.h"

namespace {

using campaign::ClaimResult;
using store::Connection;
using store::Role;
using tests::Kind;

constexpr base::Timestamp kNow{1'780'300'800'000'000};
constexpr std::int64_t kDrafts = 4000;

class Claims : public tests::StoreTest {
  protected:
    void SetUp() override {
        StoreTest::SetUp();
        if (IsSkipped()) return;
        bench::DraftLoad load;
        load.mailboxes = 3;
        load.drafts = kDrafts;
        base::SeededRandom random(7);
        base::run_to_end(loop_, bench::fill_drafts(*database_, load, vault_, random));
        base::run_to_end(loop_, bench::note_looks(*database_, kNow));
        senders_ = base::run_to_end(loop_, bench::senders_of(*database_, vault_));
        rules_ = base::run_to_end(loop_, bench::rules_for(*database_, bench::free_limits()));
    }

    ClaimResult claim(std::size_t mailbox, base::Timestamp now = kNow, bool initials = true) {
        const mailbox::Mailbox from = senders_[mailbox];
        const campaign::ClaimRules rules = *rules_;
        return run(Role::campaign, [=](Connection& connection) {
            return campaign::claim_next(connection, from, initials, rules, now);
        });
    }
    std::string status_of(std::int64_t draft) {
        return read(Role::operator_, [draft](Connection& connection) {
            return connection
                .text(
                    "SELECT status FROM email_drafts WHERE id = :id ORDER BY id",
                    store::values(draft)
                )
                .value();
        });
    }

    mailbox::Vault vault_{std::string(32, 'k')};
    std::vector<mailbox::Mailbox> senders_;
    std::optional<campaign::ClaimRules> rules_;
};

TEST_P(Claims, TakeFollowUpsOfTheMailboxFirstAndOneAtATime) {
    const ClaimResult first = claim(0);
    ASSERT_TRUE(first.claim);
    EXPECT_EQ(first.claim->draft.email_type, "followup");
    EXPECT_EQ(first.claim->draft.from_account, senders_[0].email.str());
    EXPECT_EQ(first.claim->draft.claim_token, 1);
    EXPECT_EQ(status_of(first.claim->draft.id), "claimed");
    EXPECT_FALSE(claim(0).claim) << "its claim is alive";
    const ClaimResult other = claim(1);
    ASSERT_TRUE(other.claim);
    EXPECT_NE(other.claim->draft.id, first.claim->draft.id);
}

TEST_P(Claims, AnEndedLeaseGivesTheDraftBackUnderANewToken) {
    const campaign::Claim first = *claim(2).claim;
    const base::Timestamp later = kNow + rules_->limits.lease;
    const campaign::Limits limits = rules_->limits;
    run(Role::campaign,
        [=](Connection& connection) { campaign::settle(connection, limits, later); });
    EXPECT_EQ(status_of(first.draft.id), "ready_to_send");
    const bool given = run(Role::campaign, [=](Connection& connection) {
        return campaign::give_back(connection, first, {}, "too late", later);
    });
    EXPECT_FALSE(given) << "it is not the first worker's any more";
    const campaign::Claim second = *claim(2, later).claim;
    EXPECT_EQ(second.draft.id, first.draft.id);
    EXPECT_EQ(second.draft.claim_token, 2);
}

TEST_P(Claims, GivenBackAFirstMailIsBoundToNobody) {
    execute(
        Role::campaign,
        "UPDATE email_drafts SET status = 'cancelled' WHERE email_type = "
        "'followup'"
    );
    const campaign::Claim first = *claim(0).claim;
    EXPECT_EQ(first.draft.email_type, "initial");
    run(Role::campaign, [=](Connection& connection) {
        EXPECT_TRUE(campaign::give_back(connection, first, {}, "not now", kNow));
    });
    EXPECT_EQ(
        count(
            Role::operator_,
            "SELECT COUNT(*) FROM email_drafts WHERE from_account IS NULL AND id = :id",
            store::values(first.draft.id)
        ),
        1
    );
}

TEST_P(Claims, FindTheirDraftsByIndexAlone) {
    for (const bool bound : {true, false}) {
        std::string sql = campaign::claim_sql(bound);
        for (const auto& [name, value] : std::initializer_list<std::pair<const char*, const char*>>{
                 {":account", "'sender0@sender.test'"},
                 {":campaign", "1"},
                 {":now", "1780300800000000"},
                 {":count", "20"}
             })
            sql = base::replace_all(sql, name, value);
        std::string plan;
        if (postgresql()) {
            tests::PostgresServer& server = *tests::PostgresServer::shared();
            server.run(database_name_, "ANALYZE");
            for (const auto& row : server.rows(database_name_, "EXPLAIN " + sql))
                plan += row[0] + "\n";
            EXPECT_EQ(plan.find("Sort"), std::string::npos) << plan;
        } else {
            run(Role::owner, [&](Connection& connection) {
                const std::vector<store::Column> columns = {
                    store::Column::integer,
                    store::Column::integer,
                    store::Column::integer,
                    store::Column::text
                };
                connection.query(
                    "EXPLAIN QUERY PLAN " + sql,
                    {},
                    columns,
                    [&](const store::Values& row) { plan += std::get<std::string>(row[3]) + "\n"; }
                );
            });
            EXPECT_EQ(plan.find("SCAN"), std::string::npos) << plan;
            EXPECT_EQ(plan.find("TEMP B-TREE"), std::string::npos) << plan;
        }
        const char* index = bound ? "email_drafts_bound" : "email_drafts_free";
        EXPECT_NE(plan.find(index), std::string::npos) << plan;
    }
}

INSTANTIATE_TEST_SUITE_P(
    Engines,
    Claims,
    testing::Values(Kind::sqlite_file, Kind::postgresql),
    [](const auto& one) { return tests::name_of(one.param); }
);

}  // namespace
