// The separation of the pools, tried on real connections of each role.
#include "store/roles.h"

#include "tests/store/store_fixture.h"

namespace tests {
namespace {

using store::Connection;
using store::Role;
using store::StoreError;
using store::values;

class StoreRoles : public StoreTest {
  protected:
    void SetUp() override {
        StoreTest::SetUp();
        if (IsSkipped()) return;
        execute(
            Role::campaign,
            "INSERT INTO email_drafts (to_email, subject, body, status, created_at) "
            "VALUES ('a@example.com', 's', 'b', 'ready_to_send', 1)"
        );
        execute(
            Role::warmup,
            "INSERT INTO warmup_email_drafts (subject, body, created_at, generated_via) VALUES "
            "('s', 'b', 1, 'groq')"
        );
        execute(
            Role::operator_,
            "INSERT INTO mailboxes (email, role, smtp_url, imap_url, login, created_at) "
            "VALUES ('m@example.com', 'sender', '', '', '', 1)"
        );
        execute(
            Role::warmup, "INSERT INTO llm_usage (day, purpose, model) VALUES ('d', 'warmup', 'm')"
        );
        execute(
            Role::campaign,
            "INSERT INTO llm_usage (day, purpose, model) VALUES ('d', 'campaign', 'm')"
        );
        execute(
            Role::warmup,
            "INSERT INTO mailbox_usage (mailbox_id, hour, side, count) VALUES (1, 1, 'warmup', 1)"
        );
        execute(
            Role::campaign,
            "INSERT INTO mailbox_usage (mailbox_id, hour, side, count) VALUES (1, 1, 'campaign', 2)"
        );
    }

    void expect_refused(Role role, const std::string& sql) {
        const auto kind = refusal(role, sql);
        ASSERT_TRUE(kind.has_value()) << to_string(role) << " may: " << sql;
        EXPECT_EQ(*kind, StoreError::Kind::permission)
            << to_string(role) << ": " << sql << ": " << last_error_;
    }
    // Refused, or nothing comes of it: PostgreSQL's row policies hide the rows.
    void expect_untouched(Role role, const std::string& sql, const std::string& witness) {
        const std::int64_t before = count(Role::owner, witness);
        const auto kind = refusal(role, sql);
        if (kind) EXPECT_EQ(*kind, StoreError::Kind::permission) << sql << ": " << last_error_;
        EXPECT_EQ(count(Role::owner, witness), before) << sql;
    }
};

TEST_P(StoreRoles, WhatIsNotGrantedIsRefusedForEveryTableAndRole) {
    for (const store::TableRule& rule : store::table_rules()) {
        const std::string table(rule.table);
        for (const Role role : store::kJobRoles) {
            const store::Rights right = store::rights(role, rule);
            if (!right.read) expect_refused(role, "SELECT COUNT(*) FROM " + table);
            if (!right.insert && !rule.view)
                expect_refused(role, "INSERT INTO " + table + " SELECT * FROM " + table);
            if (!right.remove && !rule.view) expect_refused(role, "DELETE FROM " + table);
        }
    }
}

TEST_P(StoreRoles, WhatIsGrantedWorksForEveryTableAndRole) {
    for (const store::TableRule& rule : store::table_rules())
        for (const Role role : store::kJobRoles) {
            const store::Rights right = store::rights(role, rule);
            const std::string table(rule.table);
            if (right.read)
                EXPECT_EQ(refusal(role, "SELECT COUNT(*) FROM " + table), std::nullopt)
                    << last_error_;
            if (right.remove && right.read)
                EXPECT_EQ(refusal(role, "DELETE FROM " + table + " WHERE 1 = 0"), std::nullopt)
                    << last_error_;
        }
}

TEST_P(StoreRoles, WarmupNeverTouchesTheDraftPool) {
    for (const char* sql :
         {"SELECT subject FROM email_drafts ORDER BY id",
          "SELECT 1 FROM email_drafts",
          "SELECT d.id FROM warmup_email_drafts w, email_drafts d ORDER BY d.id",
          "SELECT id FROM warmup_email_drafts WHERE EXISTS (SELECT 1 FROM leads) ORDER BY id",
          "UPDATE email_drafts SET status = 'sent'",
          "UPDATE email_drafts SET status = status WHERE 1 = 0",
          "DELETE FROM email_drafts",
          "SELECT email FROM leads ORDER BY id",
          "UPDATE campaigns SET status = 'x'",
          "INSERT INTO suppressions (kind, value, created_at) VALUES ('address', 'x', 1)",
          "INSERT INTO email_drafts (to_email, subject, body, status, created_at) VALUES ('x', "
          "'s', 'b', 'sent', 1)",
          "INSERT INTO warmup_email_drafts (subject, body, created_at, generated_via) "
          "SELECT subject, body, created_at, 'groq' FROM email_drafts",
          "UPDATE emails_campaign SET status = 'accepted'",
          "SELECT subject FROM emails ORDER BY id"})
        expect_refused(Role::warmup, sql);
    EXPECT_EQ(
        count(Role::campaign, "SELECT COUNT(*) FROM email_drafts WHERE status = 'ready_to_send'"), 1
    );
}

TEST_P(StoreRoles, CampaignNeverTouchesTheTemplatePool) {
    for (const char* sql :
         {"SELECT body FROM warmup_email_drafts ORDER BY id",
          "DELETE FROM warmup_email_drafts",
          "UPDATE warmup_threads SET placement = 'inbox'",
          "INSERT INTO warmup_cycles (started_at) VALUES (1)",
          "SELECT COUNT(*) FROM emails_warmup",
          "SELECT COUNT(*) FROM emails",
          "UPDATE email_drafts SET subject = (SELECT subject FROM warmup_email_drafts)"})
        expect_refused(Role::campaign, sql);
    EXPECT_EQ(count(Role::warmup, "SELECT COUNT(*) FROM warmup_email_drafts"), 1);
}

TEST_P(StoreRoles, TheOperatorReadsBothPoolsAndWritesNeither) {
    EXPECT_EQ(count(Role::operator_, "SELECT COUNT(*) FROM email_drafts"), 1);
    EXPECT_EQ(count(Role::operator_, "SELECT COUNT(*) FROM warmup_email_drafts"), 1);
    EXPECT_EQ(count(Role::operator_, "SELECT COUNT(*) FROM emails"), 0);
    for (const char* sql :
         {"UPDATE email_drafts SET subject = 'x'",
          "DELETE FROM warmup_email_drafts",
          "UPDATE llm_usage SET requests = 0",
          "UPDATE store_meta SET value = '9'"})
        expect_refused(Role::operator_, sql);
}

TEST_P(StoreRoles, TheLedgerOnlyGrows) {
    const std::string insert =
        "INSERT INTO ledger (at, side, subject_kind, subject_id, decision, reason) VALUES (1, 's', "
        "'k', 1, 'd', 'r')";
    for (const Role role : store::kJobRoles) {
        EXPECT_EQ(refusal(role, insert), std::nullopt) << last_error_;
        expect_refused(role, "UPDATE ledger SET reason = 'x'");
        expect_refused(role, "DELETE FROM ledger");
    }
    EXPECT_EQ(count(Role::operator_, "SELECT COUNT(*) FROM ledger WHERE reason = 'r'"), 3);
}

TEST_P(StoreRoles, RowsOfTheOtherPurposeStayUntouched) {
    const std::string usage = "SELECT COALESCE(SUM(requests), 0) + 1000 * COUNT(*) FROM llm_usage";
    for (const char* sql :
         {"INSERT INTO llm_usage (day, purpose, model) VALUES ('d2', 'campaign', 'm')",
          "UPDATE llm_usage SET requests = 5 WHERE purpose = 'campaign'",
          "UPDATE llm_usage SET purpose = 'campaign', day = 'd3' WHERE purpose = 'warmup'",
          "DELETE FROM llm_usage WHERE purpose = 'campaign'",
          "INSERT INTO llm_usage (day, purpose, model, requests) VALUES ('d', 'campaign', 'm', 7) "
          "ON CONFLICT (day, purpose, model) DO UPDATE SET requests = 7"})
        expect_untouched(Role::warmup, sql, usage);
    expect_refused(
        Role::campaign, "INSERT INTO llm_usage (day, purpose, model) VALUES ('d2', 'warmup', 'm')"
    );
    const std::string hours = "SELECT SUM(count) FROM mailbox_usage";
    expect_untouched(
        Role::warmup, "UPDATE mailbox_usage SET count = 9 WHERE side = 'campaign'", hours
    );
    expect_untouched(Role::campaign, "DELETE FROM mailbox_usage WHERE side = 'warmup'", hours);
    expect_refused(
        Role::warmup, "INSERT INTO mailbox_usage (mailbox_id, hour, side) VALUES (2, 1, 'campaign')"
    );
}

TEST_P(StoreRoles, OwnRowsAreWrittenAndBothSidesCounted) {
    execute(
        Role::warmup,
        "INSERT INTO llm_usage (day, purpose, model, requests) VALUES ('d', 'warmup', 'm', 1) "
        "ON CONFLICT (day, purpose, model) DO UPDATE SET requests = llm_usage.requests + "
        "excluded.requests"
    );
    EXPECT_EQ(count(Role::warmup, "SELECT requests FROM llm_usage WHERE purpose = 'warmup'"), 1);
    execute(
        Role::campaign,
        "INSERT INTO mailbox_usage (mailbox_id, hour, side, count) VALUES (1, 1, 'campaign', 1) "
        "ON CONFLICT (mailbox_id, hour, side) DO UPDATE SET count = mailbox_usage.count + 1"
    );
    EXPECT_EQ(count(Role::warmup, "SELECT SUM(count) FROM mailbox_usage WHERE mailbox_id = 1"), 4);
}

TEST_P(StoreRoles, BothSidesMayPauseAMailboxButNotMakeOrRemoveOne) {
    for (const Role role : {Role::warmup, Role::campaign}) {
        EXPECT_EQ(refusal(role, "UPDATE mailboxes SET status = 'paused'"), std::nullopt)
            << last_error_;
        expect_refused(role, "DELETE FROM mailboxes");
        expect_refused(
            role,
            "INSERT INTO mailboxes (email, role, smtp_url, imap_url, login, created_at) VALUES "
            "('n', 'seed', '', '', '', 1)"
        );
    }
}

TEST_P(StoreRoles, OnlyTheOwnerChangesTheSchema) {
    for (const Role role : store::kJobRoles)
        for (const char* sql :
             {"CREATE TABLE extra (id BIGINT)",
              "CREATE TEMP TABLE extra (id BIGINT)",
              "DROP TABLE ledger",
              "ALTER TABLE ledger ADD COLUMN extra TEXT",
              "CREATE INDEX extra ON email_drafts (subject)",
              "CREATE VIEW extra AS SELECT 1 AS one",
              "DROP VIEW emails"})
            expect_refused(role, sql);
    EXPECT_EQ(refusal(Role::owner, "CREATE TABLE extra (id BIGINT)"), std::nullopt) << last_error_;
    for (const Role role : store::kJobRoles) expect_refused(role, "SELECT COUNT(*) FROM extra");
}

TEST_P(StoreRoles, ReadJobsChangeNothing) {
    const auto attempt = [&](Role role, std::string sql) {
        try {
            read(role, [sql](Connection& connection) { connection.execute(sql); });
            ADD_FAILURE() << "accepted: " << sql;
        } catch (const StoreError& error) {
            EXPECT_EQ(error.kind, StoreError::Kind::permission) << error.what();
        }
    };
    attempt(Role::warmup, "DELETE FROM warmup_email_drafts");
    attempt(Role::campaign, "UPDATE email_drafts SET subject = 'x'");
    attempt(Role::operator_, "INSERT INTO account_reputation (mailbox_id, day) VALUES (1, 'd')");
    EXPECT_EQ(count(Role::warmup, "SELECT COUNT(*) FROM warmup_email_drafts"), 1);
    // And write jobs still do afterwards.
    EXPECT_EQ(refusal(Role::warmup, "DELETE FROM warmup_email_drafts"), std::nullopt);
}

INSTANTIATE_TEST_SUITE_P(
    Engines,
    StoreRoles,
    testing::Values(Kind::sqlite_file, Kind::sqlite_memory_inline, Kind::postgresql),
    [](const auto& info) { return name_of(info.param); }
);

// What only SQLite would offer to a job that wants out of its role.
class SqliteRoles : public StoreRoles {};

TEST_P(SqliteRoles, RefuseTheWaysAroundTheAuthorizer) {
    const std::string other = folder_.file("other.db");
    for (const Role role : store::kAllRoles)
        for (const std::string& sql :
             {"ATTACH DATABASE '" + other + "' AS o",
              std::string("DETACH DATABASE main"),
              std::string("PRAGMA writable_schema = ON"),
              std::string("PRAGMA query_only = OFF"),
              std::string("PRAGMA foreign_keys = OFF"),
              std::string("PRAGMA journal_mode = DELETE"),
              std::string("DROP TRIGGER temp.store_rule_llm_usage_insert")})
            expect_refused(role, sql);
    for (const Role role : store::kJobRoles)
        for (const char* sql :
             {"SELECT load_extension('x')",
              "SELECT readfile('/etc/passwd')",
              "SELECT random()",
              "SELECT COUNT(*) FROM sqlite_master",
              "UPDATE sqlite_master SET sql = ''",
              "DELETE FROM sqlite_sequence",
              "SELECT COUNT(*) FROM pragma_table_info('leads')",
              "CREATE TEMP TRIGGER x AFTER INSERT ON ledger BEGIN SELECT 1; END",
              "ANALYZE",
              "REINDEX",
              "VACUUM INTO '/tmp/x.db'"}) {
            const auto kind = refusal(role, sql);
            EXPECT_TRUE(kind.has_value()) << to_string(role) << " may: " << sql;
        }
    EXPECT_FALSE(std::filesystem::exists(other));
    EXPECT_FALSE(std::filesystem::exists("/tmp/x.db"));
}

TEST_P(SqliteRoles, ReplaceDeletesNothingThatMayNotBeDeleted) {
    execute(
        Role::operator_,
        "INSERT INTO ledger (id, at, side, subject_kind, subject_id, decision, reason) VALUES (1, "
        "1, 's', 'k', 1, 'd', 'first')"
    );
    for (const Role role : store::kJobRoles)
        expect_refused(
            role,
            "INSERT OR REPLACE INTO ledger (id, at, side, subject_kind, subject_id, decision, "
            "reason) "
            "VALUES (1, 1, 's', 'k', 1, 'd', 'second')"
        );
    execute(
        Role::operator_,
        "INSERT INTO mailboxes (email, role, smtp_url, imap_url, login, created_at) VALUES ('n', "
        "'seed', '', '', '', 1)"
    );
    expect_refused(Role::warmup, "UPDATE OR REPLACE mailboxes SET email = 'n'");
    EXPECT_EQ(count(Role::operator_, "SELECT COUNT(*) FROM mailboxes"), 2);
    EXPECT_EQ(count(Role::operator_, "SELECT COUNT(*) FROM ledger WHERE reason = 'first'"), 1);
}

INSTANTIATE_TEST_SUITE_P(
    Engines,
    SqliteRoles,
    testing::Values(Kind::sqlite_file, Kind::sqlite_memory_inline),
    [](const auto& info) { return name_of(info.param); }
);

}  // namespace
}  // namespace tests
