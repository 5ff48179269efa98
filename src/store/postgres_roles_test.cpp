#include "store/postgres_roles.h"

#include "base/text.h"
#include "store/database.h"

using store::Role;
using testing::Contains;
using testing::HasSubstr;
using testing::Not;

TEST(PostgresRoles, ScramVerifierMatchesTheExampleOfRfc7677) {
    const std::string salt = *base::base64_decode("W22ZaJ0SNY7soEsUEjb6gQ==");
    EXPECT_EQ(
        store::scram_verifier("pencil", salt),
        "SCRAM-SHA-256$4096:W22ZaJ0SNY7soEsUEjb6gQ==$WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY=:"
        "wfPLwcE6nTWhTAmQ7tl2KeoiWGPlZqQxSrmfPwDl2dU="
    );
}

TEST(PostgresRoles, LoginsAreNamedAfterDatabaseAndRole) {
    EXPECT_EQ(store::login_name("mail", Role::operator_), "pilotlight_mail_operator");
    EXPECT_NO_THROW(store::login_name(std::string(43, 'd'), Role::operator_));
    EXPECT_THROW(store::login_name(std::string(44, 'd'), Role::operator_), store::StoreError);
    EXPECT_EQ(store::login_password("", "x"), "");
    EXPECT_EQ(store::login_password("key", "x").size(), 64U);
    EXPECT_NE(store::login_password("key", "x"), store::login_password("key", "y"));
}

TEST(PostgresRoles, TheSqlForAdministratorsHoldsNoPassword) {
    const std::string sql = store::role_sql("mail", "key");
    for (const Role role : {Role::owner, Role::warmup, Role::campaign, Role::operator_}) {
        const std::string login = store::login_name("mail", role);
        EXPECT_THAT(sql, HasSubstr("CREATE ROLE \"" + login + "\""));
        EXPECT_THAT(sql, Not(HasSubstr(store::login_password("key", login))));
    }
    EXPECT_THAT(sql, HasSubstr("PASSWORD 'SCRAM-SHA-256$4096:"));
    EXPECT_THAT(store::role_sql("mail", ""), Not(HasSubstr("PASSWORD")));
    EXPECT_EQ(store::role_sql("mail", "key"), sql);
}

TEST(PostgresRoles, NamesAreQuoted) {
    EXPECT_THAT(store::role_sql("we\"ird", ""), HasSubstr("ON DATABASE \"we\"\"ird\""));
    EXPECT_EQ(store::quote_text("it's"), "'it''s'");
}

TEST(PostgresRoles, GrantsFollowTheTableOfRoles) {
    const std::vector<std::string> grants = store::grant_statements("m");
    EXPECT_THAT(grants, Contains("GRANT INSERT ON ledger TO \"pilotlight_m_warmup\""));
    EXPECT_THAT(grants, Contains("GRANT SELECT, INSERT ON ledger TO \"pilotlight_m_operator\""));
    EXPECT_THAT(grants, Contains("REVOKE ALL ON email_drafts FROM PUBLIC"));
    EXPECT_THAT(grants, Contains(HasSubstr("ENABLE ROW LEVEL SECURITY")));
    for (const std::string& grant : grants)
        if (grant.starts_with("GRANT") && grant.find(" ON email_drafts ") != std::string::npos)
            EXPECT_THAT(grant, Not(HasSubstr("_warmup")));
}
