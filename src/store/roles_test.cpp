#include "store/roles.h"

#include "base/embedded.h"
#include "store/sql_text.h"

namespace {

using store::rights;
using store::Role;

bool nothing(const store::Rights& right) {
    return !right.read && !right.insert && !right.update && !right.remove;
}

std::string word_after(const std::string& statement, const std::string& start) {
    if (!statement.starts_with(start)) return {};
    return statement.substr(
        start.size(), statement.find_first_of(" (\n", start.size()) - start.size()
    );
}

}  // namespace

TEST(Roles, ThePoolsArePrivate) {
    for (const char* table :
         {"warmup_email_drafts",
          "warmup_threads",
          "warmup_filings",
          "warmup_cycles",
          "emails_warmup",
          "emails_warmup_raw"}) {
        EXPECT_TRUE(nothing(rights(Role::campaign, table))) << table;
        EXPECT_TRUE(rights(Role::warmup, table).insert) << table;
    }
    for (const char* table :
         {"email_drafts",
          "leads",
          "campaigns",
          "suppressions",
          "emails_campaign",
          "emails_campaign_raw"}) {
        EXPECT_TRUE(nothing(rights(Role::warmup, table))) << table;
        EXPECT_TRUE(rights(Role::campaign, table).insert) << table;
    }
}

TEST(Roles, TheOperatorReadsAllAndWritesLittle) {
    for (const store::TableRule& rule : store::table_rules()) {
        const store::Rights right = rights(Role::operator_, rule);
        EXPECT_TRUE(right.read) << rule.table;
        const bool writes = rule.table == "mailboxes" || rule.table == "mailbox_tokens" ||
                            rule.table == "account_reputation" || rule.table == "service_flags" ||
                            rule.table == "service_runs";
        EXPECT_EQ(right.update, writes) << rule.table;
        EXPECT_EQ(right.remove, writes) << rule.table;
        EXPECT_EQ(right.insert, writes || rule.table == "ledger") << rule.table;
    }
}

TEST(Roles, TheLedgerIsAppendOnlyForEveryRole) {
    for (const Role role : store::kJobRoles) {
        EXPECT_TRUE(rights(role, "ledger").insert);
        EXPECT_FALSE(rights(role, "ledger").update);
        EXPECT_FALSE(rights(role, "ledger").remove);
    }
    EXPECT_FALSE(rights(Role::warmup, "ledger").read);
    EXPECT_FALSE(rights(Role::campaign, "ledger").read);
}

TEST(Roles, WhatIsNotNamedIsDenied) {
    for (const Role role : store::kJobRoles)
        for (const char* table :
             {"sqlite_master", "sqlite_schema", "pragma_table_info", "json_each", "new_table", ""})
            EXPECT_TRUE(nothing(rights(role, table))) << table;
    EXPECT_FALSE(store::function_allowed("load_extension"));
    EXPECT_FALSE(store::function_allowed("random"));
    EXPECT_TRUE(store::function_allowed("COUNT"));
}

TEST(Roles, EveryTableOfTheMigrationsHasARule) {
    std::vector<std::string> made;
    for (const char* file : {"0001_init.sql", "0002_campaigns.sql"})
        for (const std::string& statement : store::split_statements(embedded::migrations(file)))
            for (const char* start : {"CREATE TABLE ", "CREATE VIEW "})
                if (const std::string name = word_after(statement, start); !name.empty())
                    made.push_back(name);
    std::vector<std::string> ruled;
    for (const store::TableRule& rule : store::table_rules()) ruled.emplace_back(rule.table);
    EXPECT_THAT(made, testing::UnorderedElementsAreArray(ruled));
}
