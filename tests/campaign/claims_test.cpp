// Claims on both engines: compare-and-set, leases, one claim a mailbox, and the plans of their
// queries.
#include <fmt/format.h>

#include <regex>
#include <set>

#include "base/text.h"
#include "bench/campaign_drafts.h"
#include "campaign/claim_reads.h"
#include "campaign/preconditions.h"
#include "campaign/settle.h"
#include "tests/store/store_fixture.h"

namespace {

using campaign::ClaimResult;
using store::Connection;
using store::Role;
using tests::Kind;

constexpr base::Timestamp kNow{1'780'300'800'000'000};
constexpr std::int64_t kDrafts = 4000;
constexpr const char* kClaimed = "SELECT COUNT(*) FROM email_drafts WHERE status = 'claimed'";

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

    ClaimResult claim(std::size_t mailbox, base::Timestamp now = kNow) {
        return claim_with(*rules_, mailbox, now);
    }
    ClaimResult claim_with(
        const campaign::ClaimRules& rules, std::size_t mailbox, base::Timestamp now = kNow
    ) {
        const mailbox::Mailbox from = senders_[mailbox];
        return run(Role::campaign, [=](Connection& connection) {
            return campaign::claim_next(connection, from, true, rules, now);
        });
    }
    // One job for all senders.
    std::vector<ClaimResult> claim_all(const campaign::ClaimRules& rules) {
        return run(Role::campaign, [this, rules](Connection& connection) {
            std::vector<campaign::ClaimTurn> turns;
            for (const mailbox::Mailbox& one : senders_) turns.push_back({&one, true});
            return campaign::claim_each(connection, turns, rules, 10, kNow);
        });
    }
    void drop_followups() {
        execute(
            Role::owner,
            "UPDATE email_drafts SET status = 'cancelled' WHERE email_type = 'followup'"
        );
    }
    // How the engine goes about a statement; every place is filled with a number or a word.
    std::string plan_of(const std::string& sql) {
        static const std::regex place(":[a-z_]+[0-9]*");
        static const std::set<std::string> words = {
            ":account",
            ":account0",
            ":account1",
            ":organisation",
            ":pattern",
            ":owner",
            ":address",
            ":hash",
            ":domain0",
            ":domain1"
        };
        std::string filled;
        auto from = sql.cbegin();
        for (std::sregex_iterator at(sql.begin(), sql.end(), place), end; at != end; ++at) {
            filled.append(from, sql.cbegin() + at->position());
            filled += words.contains(at->str()) ? "'word'" : "20";
            from = sql.cbegin() + at->position() + at->length();
        }
        filled.append(from, sql.cend());
        std::string plan;
        if (postgresql()) {
            for (const auto& row :
                 tests::PostgresServer::shared()->rows(database_name_, "EXPLAIN " + filled))
                plan += row[0] + "\n";
            return plan;
        }
        run(Role::owner, [&](Connection& connection) {
            const std::vector<store::Column> columns = {
                store::Column::integer,
                store::Column::integer,
                store::Column::integer,
                store::Column::text
            };
            connection.query(
                "EXPLAIN QUERY PLAN " + filled,
                {},
                columns,
                [&](const store::Values& row) { plan += std::get<std::string>(row[3]) + "\n"; }
            );
        });
        return plan;
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
    const campaign::Claim second = *claim(2, later).claim;
    EXPECT_EQ(second.draft.id, first.draft.id);
    EXPECT_EQ(second.draft.claim_token, 2);
}

TEST_P(Claims, OfOneDomainKeepItsCapTogether) {
    campaign::ClaimRules rules = *rules_;
    rules.limits.domain_per_day_young = 100;
    rules.limits.domain_per_day = 100;
    execute(
        Role::owner,
        "INSERT INTO mailbox_usage (mailbox_id, hour, side, count) VALUES (1, :hour, 'campaign', "
        "98)",
        store::values(kNow.micros / 3'600'000'000 - 24)
    );
    EXPECT_TRUE(claim(0).claim);
    const auto results = claim_all(rules);
    ASSERT_EQ(results.size(), 3U);
    EXPECT_FALSE(results[0].claim) << "its own runs already, and counts";
    EXPECT_TRUE(results[1].claim);
    EXPECT_FALSE(results[2].claim) << "it would be the domain's 101st";
    EXPECT_EQ(count(Role::operator_, kClaimed), 2);
}

TEST_P(Claims, OfOneJobTakeDifferentDraftsAndAreEachInTheLedger) {
    drop_followups();
    const auto results = claim_all(*rules_);
    std::set<std::int64_t> drafts;
    for (const ClaimResult& one : results) drafts.insert(one.claim.value().draft.id);
    EXPECT_EQ(drafts.size(), 3U);
    EXPECT_EQ(count(Role::operator_, "SELECT COUNT(*) FROM ledger WHERE decision = 'claimed'"), 3);
    EXPECT_EQ(claim_all(*rules_)[0].claim, std::nullopt) << "each has its one";
}

TEST_P(Claims, ACompanysMailsAreCountedOnceWhileTheyAreClaimedAndSent) {
    drop_followups();
    execute(Role::owner, "UPDATE leads SET organisation = 'big.test'");
    campaign::ClaimRules rules = *rules_;
    rules.limits.organisation_per_day = 2;
    rules.limits.organisation_in_sequence = 1'000'000;
    const campaign::Claim first = claim_with(rules, 0).claim.value();
    execute(
        Role::owner,
        "INSERT INTO emails_campaign (email_type, lead_id, campaign_id, draft_id, \"from\", "
        "\"to\", from_mailbox_id, subject, message_id, status, send_key, token, raw_sha256, "
        "created_at, intent_at) VALUES ('initial', :lead, 1, :draft, 'a', 'b', 1, 's', 'm', "
        "'intent', 'k', 't', '', 1, :now)",
        store::values(*first.draft.lead_id, first.draft.id, kNow)
    );
    EXPECT_TRUE(claim_with(rules, 1).claim) << "the first is one mail, not two";
    const ClaimResult third = claim_with(rules, 2);
    EXPECT_FALSE(third.claim) << "that would be the third";
    EXPECT_EQ(third.put_off, 40);
    EXPECT_TRUE(third.more);
}

TEST_P(Claims, WithinAJobACompanyGetsNoMoreThanItsShare) {
    drop_followups();
    execute(Role::owner, "UPDATE leads SET organisation = 'big.test' WHERE id <= 100");
    campaign::ClaimRules rules = *rules_;
    rules.limits.organisation_in_sequence = 1'000'000;
    const auto results = claim_all(rules);
    int of_company = 0;
    for (const ClaimResult& one : results)
        of_company += one.claim && *one.claim->draft.lead_id <= 100 ? 1 : 0;
    EXPECT_EQ(of_company, 1);
}

TEST_P(Claims, ReachEveryOneOfManyCampaigns) {
    drop_followups();
    campaign::Plans plans;
    for (std::int64_t id = 1; id <= 300; ++id) {
        campaign::Plan plan = rules_->plans->at(1);
        plan.id = id;
        plans.emplace(id, plan);
    }
    campaign::ClaimRules rules = *rules_;
    rules.plans = std::make_shared<const campaign::Plans>(std::move(plans));
    // Only one of them has a draft.
    execute(Role::owner, "UPDATE email_drafts SET status = 'cancelled' WHERE id > 1");
    execute(Role::owner, "UPDATE email_drafts SET campaign_id = 250 WHERE id = 1");
    EXPECT_TRUE(claim_with(rules, 0).claim);
}

TEST_P(Claims, FindTheirRowsByIndexAlone) {
    struct Statement {
        std::string sql;
        std::string index;  // that has to serve it
    };
    const Statement statements[] = {
        {campaign::claim_sql(true), "email_drafts_bound"},
        {campaign::claim_sql(false), "email_drafts_free"},
        {campaign::busy_sql(2), "email_drafts_under_way"},
        {campaign::organisation_sql(), "leads_organisation"},
        {campaign::take_sql(), ""},
        {campaign::facts_sql({"a@b.c", {"b.c", "c"}, "hash"}), ""},
        {campaign::domain_sent_sql(), ""},
    };
    if (postgresql()) tests::PostgresServer::shared()->run(database_name_, "ANALYZE");
    for (const Statement& one : statements) {
        const std::string plan = plan_of(one.sql);
        EXPECT_NE(plan.find(one.index), std::string::npos) << plan;
        EXPECT_EQ(plan.find("Seq Scan on email_drafts"), std::string::npos) << plan;
        EXPECT_EQ(plan.find("Seq Scan on leads"), std::string::npos) << plan;
        if (postgresql()) continue;
        // Of mailboxes there are few; all else is searched.
        EXPECT_EQ(base::replace_all(plan, "SCAN m", "").find("SCAN"), std::string::npos) << plan;
        // But for the few rows about one address.
        if (one.sql.find("suppressions") != std::string::npos) continue;
        EXPECT_EQ(plan.find("TEMP B-TREE FOR ORDER"), std::string::npos) << plan;
    }
}

INSTANTIATE_TEST_SUITE_P(
    Engines,
    Claims,
    testing::Values(Kind::sqlite_file, Kind::postgresql),
    [](const auto& one) { return tests::name_of(one.param); }
);

}  // namespace
