// The separation report on real stores: true where the roles are as the store made them, and false,
// with the evidence, where an administrator gave a login more than that.
#include "engine/separation.h"

#include "base/text.h"
#include "config/load.h"
#include "llm/warmup_model.h"
#include "store/postgres_roles.h"
#include "store/roles.h"
#include "tests/store/store_fixture.h"
#include "tests/support/manual_loop.h"

namespace tests {
namespace {

using engine::SeparationReport;
using store::Role;
using testing::HasSubstr;
using testing::Not;

// Looking at the model must ask nobody.
class NoHttp : public net::HttpClient {
  public:
    base::Task<base::Result<net::HttpResponse>> send(net::HttpRequest request) override {
        ADD_FAILURE() << "a request to " << request.url;
        co_return base::fail(base::ErrorCode::network, "http", "not in this test");
    }
};

// Those that only this side's role works with.
std::vector<std::string> tables_of(Role role) {
    const Role other = role == Role::warmup ? Role::campaign : Role::warmup;
    std::vector<std::string> tables;
    for (const store::TableRule& rule : store::table_rules())
        if (store::rights(role, rule).insert && !store::rights(other, rule).insert &&
            !store::rights(other, rule).read)
            tables.emplace_back(rule.table);
    return tables;
}

class StoreSeparation : public StoreTest {
  protected:
    void SetUp() override {
        StoreTest::SetUp();
        if (IsSkipped()) return;
        execute(
            Role::campaign,
            "INSERT INTO email_drafts (lead_id, campaign_id, to_email, subject, body, status, "
            "created_at) VALUES (1, 1, 'lead@x.test', 'Offer', 'A draft', 'ready_to_send', 1)"
        );
        execute(
            Role::warmup,
            "INSERT INTO warmup_email_drafts (subject, body, created_at, generated_via) VALUES "
            "('Hello', 'A template', 1, 'groq')"
        );
    }

    // As the program makes warmup's model: the configuration is read under each LLM_PROVIDER.
    SeparationReport check() {
        const engine::ModelFactory factory = [&](const std::string& llm_provider) {
            config::Environment environment = {{"GROQ_API_KEY", "gsk_test"}};
            if (!llm_provider.empty()) environment["LLM_PROVIDER"] = llm_provider;
            const auto settings = config::load_text("", "/d/pilotlight.toml", environment);
            EXPECT_TRUE(settings) << settings.error().message;
            return llm::make_warmup_model(
                *settings, http_, clock_.clock(), random_, database_.get()
            );
        };
        return base::run_to_end(loop_, engine::check_separation(*database_, factory, "ollama"));
    }
    // Both pools, byte for byte.
    std::string pools() {
        std::string out;
        for (const char* sql :
             {"SELECT subject || '/' || body || '/' || status || '/' || created_at FROM "
              "email_drafts ORDER BY id",
              "SELECT subject || '/' || body || '/' || generated_via || '/' || created_at FROM "
              "warmup_email_drafts ORDER BY id"})
            read(Role::operator_, [&](store::Connection& connection) {
                static constexpr store::Column columns[] = {store::Column::text};
                connection.query(sql, {}, columns, [&](const store::Values& row) {
                    out += std::get<std::string>(row.front()) + "\n";
                });
            });
        return out;
    }

  private:
    NoHttp http_;
    support::ManualLoop clock_;
    base::SeededRandom random_{1};
};

TEST_P(StoreSeparation, IsVerifiedOnTheConnectionsOfEachRole) {
    const std::string before = pools();
    const SeparationReport report = check();
    EXPECT_TRUE(report.verified()) << engine::in_words(report);
    // Every table of the other side 4 ways, and the view of both sides' mails by each.
    EXPECT_EQ(
        report.probes.size(),
        4 * (tables_of(Role::campaign).size() + tables_of(Role::warmup).size()) + 2
    );
    EXPECT_GE(report.probes.size(), 66U);
    EXPECT_EQ(report.budget_probes.size(), 6U);
    for (const engine::PoolProbe& probe : report.budget_probes)
        EXPECT_TRUE(probe.refused) << probe.role << " " << probe.action << ": " << probe.words;
    for (const engine::PoolProbe& probe : report.probes)
        EXPECT_THAT(probe.words, Not(HasSubstr("allowed")));
    ASSERT_EQ(report.models.size(), 4U);
    for (const engine::ModelProbe& model : report.models) {
        EXPECT_EQ(model.provider, "groq") << model.llm_provider;
        EXPECT_EQ(model.base_url, "https://api.groq.com/openai/v1") << model.llm_provider;
    }
    EXPECT_TRUE(report.groq_configured());
    EXPECT_EQ(pools(), before);
    EXPECT_THAT(engine::in_words(report), Not(HasSubstr("❌")));
}

TEST_P(StoreSeparation, SeesDocumentsInTheWrongPool) {
    execute(
        Role::campaign,
        "INSERT INTO email_drafts (to_email, subject, body, status, created_at) VALUES "
        "('seed@x.test', 'S', 'B', 'ready_to_send', 1)"
    );
    execute(
        Role::warmup,
        "INSERT INTO warmup_email_drafts (subject, body, created_at, generated_via) VALUES "
        "('S', 'B', 1, 'ollama')"
    );
    const SeparationReport report = check();
    EXPECT_FALSE(report.verified());
    EXPECT_EQ(report.warmup_in_campaign, 1);
    EXPECT_EQ(report.campaign_in_warmup, 1);
    const std::string words = engine::in_words(report);
    EXPECT_THAT(words, HasSubstr("1 warmup documents lie in email_drafts"));
    EXPECT_THAT(words, HasSubstr("1 campaign documents lie in warmup_email_drafts"));
}

INSTANTIATE_TEST_SUITE_P(
    Engines,
    StoreSeparation,
    testing::Values(Kind::sqlite_file, Kind::sqlite_memory_inline, Kind::postgresql),
    [](const auto& info) { return name_of(info.param); }
);

// What an administrator might do by mistake. {warmup}, {campaign} and {owner} are the logins.
struct Mistake {
    const char* name;
    const char* sql;
    const char* mend;
    std::vector<std::string> evidence;  // "warmup read email_drafts"
    bool drafts_untouchable = false;
    bool budgets_apart = true;
};

std::vector<std::string> all_ways(const std::string& role, const std::string& table) {
    std::vector<std::string> out;
    for (const char* action : {"read", "insert", "update", "delete"})
        out.push_back(fmt::format("{} {} {}", role, action, table));
    return out;
}

// Whoever may all, also sees the view of both sides' mails.
std::vector<std::string> and_the_view(std::vector<std::string> ways) {
    ways.emplace_back("warmup read emails");
    return ways;
}

std::vector<std::string> everything_of_warmup() {
    std::vector<std::string> out;
    for (const std::string& table : tables_of(Role::campaign))
        for (std::string& way : all_ways("warmup", table)) out.push_back(std::move(way));
    return out;
}

const std::vector<Mistake>& mistakes() {
    static const std::vector<Mistake> all = {
        {"ReadOfDrafts",
         "GRANT SELECT ON email_drafts TO {warmup}",
         "REVOKE SELECT ON email_drafts FROM {warmup}",
         {"warmup read email_drafts"}},
        {"ReadOfOneColumn",
         "GRANT SELECT (subject) ON email_drafts TO {warmup}",
         "REVOKE SELECT (subject) ON email_drafts FROM {warmup}",
         {"warmup read email_drafts"}},
        {"AllOnDrafts",
         "GRANT ALL ON email_drafts TO {warmup}",
         "REVOKE ALL ON email_drafts FROM {warmup}",
         all_ways("warmup", "email_drafts")},
        {"ChangeWithoutRead",
         "GRANT UPDATE ON email_drafts TO {warmup}",
         "REVOKE UPDATE ON email_drafts FROM {warmup}",
         {"warmup update email_drafts"}},
        {"ChangeOfOneColumn",
         "GRANT UPDATE (status) ON email_drafts TO {warmup}",
         "REVOKE UPDATE (status) ON email_drafts FROM {warmup}",
         {"warmup update email_drafts"}},
        {"RemovalOfLeads",
         "GRANT DELETE ON leads TO {warmup}",
         "REVOKE DELETE ON leads FROM {warmup}",
         {"warmup delete leads"}},
        {"AdditionOfSuppressions",
         "GRANT INSERT ON suppressions TO {warmup}",
         "REVOKE INSERT ON suppressions FROM {warmup}",
         {"warmup insert suppressions"}},
        {"SentMailOfTheOtherSide",
         "GRANT SELECT ON emails_campaign TO PUBLIC",
         "REVOKE SELECT ON emails_campaign FROM PUBLIC",
         {"warmup read emails_campaign"}},
        {"Superuser",
         "ALTER ROLE {warmup} SUPERUSER",
         "ALTER ROLE {warmup} NOSUPERUSER",
         and_the_view(everything_of_warmup()),
         false,
         false},
        {"MemberOfTheOtherSide",
         "GRANT {campaign} TO {warmup}",
         "REVOKE {campaign} FROM {warmup}",
         everything_of_warmup(),
         false,
         false},
        {"BudgetsWithoutRowPolicies",
         "ALTER TABLE llm_usage DISABLE ROW LEVEL SECURITY",
         "ALTER TABLE llm_usage ENABLE ROW LEVEL SECURITY",
         {},
         true,
         false},
        {"OwnerOfDrafts",
         "ALTER TABLE email_drafts OWNER TO {warmup}",
         "ALTER TABLE email_drafts OWNER TO {owner}",
         all_ways("warmup", "email_drafts")},
        {"CampaignReadsTemplates",
         "GRANT SELECT ON warmup_email_drafts TO {campaign}",
         "REVOKE SELECT ON warmup_email_drafts FROM {campaign}",
         {"campaign read warmup_email_drafts"},
         true},
        {"CampaignChangesThreads",
         "GRANT ALL ON warmup_threads TO {campaign}",
         "REVOKE ALL ON warmup_threads FROM {campaign}",
         all_ways("campaign", "warmup_threads"),
         true},
    };
    return all;
}

class BrokenSeparation : public StoreSeparation {
  protected:
    void as_admin(std::string sql) {
        for (const auto& [name, role] :
             {std::pair{"{warmup}", Role::warmup},
              {"{campaign}", Role::campaign},
              {"{owner}", Role::owner}})
            sql = base::replace_all(
                std::move(sql), name, store::quote_name(store::login_name(database_name_, role))
            );
        PostgresServer::shared()->run(database_name_, sql);
    }
    // As `verify` does: a session keeps what it has planned, with the row policies of that time.
    void reopen() {
        database_.reset();
        open();
    }
    // Those that were not refused, as "warmup read email_drafts".
    static std::vector<std::string> let_through(const SeparationReport& report) {
        std::vector<std::string> out;
        for (const engine::PoolProbe& probe : report.probes)
            if (!probe.refused)
                out.push_back(fmt::format("{} {} {}", probe.role, probe.action, probe.table));
        return out;
    }
};

TEST_P(BrokenSeparation, IsSeenNamedAndMended) {
    const std::string before = pools();
    for (const Mistake& mistake : mistakes()) {
        SCOPED_TRACE(mistake.name);
        as_admin(mistake.sql);
        reopen();
        const SeparationReport report = check();
        EXPECT_FALSE(report.verified());
        EXPECT_EQ(report.pools_apart(), mistake.evidence.empty());
        EXPECT_EQ(report.budgets_apart(), mistake.budgets_apart);
        EXPECT_EQ(report.drafts_untouchable(), mistake.drafts_untouchable);
        EXPECT_TRUE(report.warmup_uses_groq());
        EXPECT_THAT(let_through(report), testing::UnorderedElementsAreArray(mistake.evidence));
        const std::string words = engine::in_words(report);
        EXPECT_THAT(
            words,
            HasSubstr(
                mistake.evidence.empty() ? "❌ ONE SIDE CAN USE THE OTHER'S BUDGETS"
                                         : "❌ SEPARATION BROKEN"
            )
        );
        for (const std::string& way : mistake.evidence) {
            const std::vector<std::string> word = base::split(way, ' ');
            EXPECT_THAT(
                words,
                HasSubstr(
                    fmt::format("the {} role was not refused to {} {}", word[0], word[1], word[2])
                )
            );
        }
        // Even where all was allowed, trying changed nothing.
        EXPECT_EQ(pools(), before);
        // What the next mistake finds, and what is found at the end, shows that this one is mended.
        as_admin(mistake.mend);
    }
    reopen();
    const SeparationReport mended = check();
    EXPECT_TRUE(mended.verified()) << engine::in_words(mended);
}

INSTANTIATE_TEST_SUITE_P(
    Engines,
    BrokenSeparation,
    testing::Values(Kind::postgresql),
    [](const auto& info) { return name_of(info.param); }
);

}  // namespace
}  // namespace tests
