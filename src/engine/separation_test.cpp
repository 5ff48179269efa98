#include "engine/separation.h"

#include "tests/support/manual_loop.h"

namespace {

using engine::SeparationReport;

class FixedModel : public llm::ChatModel {
  public:
    explicit FixedModel(std::string provider, std::string url = "https://api.groq.com/openai/v1")
        : provider_(std::move(provider)), url_(std::move(url)) {}
    base::Task<base::Result<llm::Answer>> ask(llm::Question) override { co_return llm::Answer{}; }
    bool configured() const override { return false; }
    std::string provider() const override { return provider_; }
    std::string base_url() const override { return url_; }

  private:
    std::string provider_;
    std::string url_;
};

// A store in which one role works on another's connection: the separation by roles is gone.
class Confused : public store::Database {
  public:
    Confused(store::Database& db, store::Role role, store::Role becomes)
        : db_(db), role_(role), becomes_(becomes) {}
    std::string_view engine() const override { return db_.engine(); }

  protected:
    void submit(Work work) override {
        if (work.role == role_) work.role = becomes_;
        forward(db_, std::move(work));
    }

  private:
    // `submit` of another object can't be called directly; run the job through its public door.
    static void forward(store::Database& db, Work work) {
        auto job = std::make_shared<Work>(std::move(work));
        base::start(
            db.run(job->role, [job](store::Connection& connection) { job->job(connection); }),
            [job](std::exception_ptr problem) { job->on_end(problem); }
        );
    }
    store::Database& db_;
    store::Role role_;
    store::Role becomes_;
};

class Separation : public testing::Test {
  protected:
    Separation() {
        store::OpenOptions options;
        options.url = "sqlite::memory:";
        options.inline_jobs = true;
        options.create = true;
        db_ = store::open_database(options, loop_);
        sql(store::Role::campaign,
            "INSERT INTO email_drafts (lead_id, campaign_id, to_email, subject, body, status, "
            "created_at) "
            "VALUES (1, 1, 'lead@x.test', 'Offer', 'Body of a draft', 'ready_to_send', 0)");
        sql(store::Role::warmup,
            "INSERT INTO warmup_email_drafts (subject, body, created_at, generated_via) "
            "VALUES ('Hello', 'Body of a template', 0, 'groq')");
    }
    void sql(store::Role role, const std::string& text) {
        base::run_to_end(loop_, db_->run(role, [text](store::Connection& connection) {
            connection.execute(text);
        }));
    }
    SeparationReport check(store::Database& db, engine::ModelFactory factory) {
        return base::run_to_end(loop_, engine::check_separation(db, std::move(factory), "ollama"));
    }
    SeparationReport check() {
        return check(*db_, [](const std::string&) { return std::make_unique<FixedModel>("groq"); });
    }

    support::ManualLoop loop_;
    std::unique_ptr<store::Database> db_;
};

}  // namespace

TEST_F(Separation, IsVerifiedAndSaysSoInTheWordsOwnersKnow) {
    const SeparationReport report = check();
    EXPECT_TRUE(report.verified());
    const std::string words = engine::in_words(report);
    for (const char* line :
         {"Campaign Drafts: 1 documents in email_drafts\n",
          "Warmup Templates: 1 documents in warmup_email_drafts\n",
          "Warmup docs in campaign collection: 0 ✓\n",
          "Campaign docs in warmup collection: 0 ✓\n",
          "Zoho Accounts: 0\n",
          "Warmup Accounts: 0\n",
          "Groq API: ❌\n",
          "LLM Provider: ollama (campaigns only)\n",
          "✅ SEPARATION VERIFIED - WARMUP USES SEPARATE COLLECTION\n",
          "✅ WARMUP USES GROQ (explicit, not LLM_PROVIDER)\n",
          "✅ CAMPAIGN DRAFTS NEVER TOUCHED BY WARMUP SYSTEM\n",
          "✅ EACH SIDE HAS ITS OWN BUDGETS\n"})
        EXPECT_NE(words.find(line), std::string::npos) << line << "in\n" << words;
    EXPECT_NE(words.find("generated_via"), std::string::npos);
    EXPECT_NE(words.find("quality_score"), std::string::npos);
}

TEST_F(Separation, AWarmupDocumentAmongTheDraftsBreaksIt) {
    sql(store::Role::campaign,
        "INSERT INTO email_drafts (to_email, subject, body, status, created_at) "
        "VALUES ('seed@x.test', 'S', 'B', 'ready_to_send', 0)");
    EXPECT_EQ(check().warmup_in_campaign, 1);
    EXPECT_FALSE(check().verified());
    EXPECT_NE(engine::in_words(check()).find("❌ SEPARATION BROKEN"), std::string::npos);
}

TEST_F(Separation, ATemplatesTextAmongTheDraftsBreaksIt) {
    sql(store::Role::campaign,
        "INSERT INTO email_drafts (lead_id, campaign_id, to_email, subject, body, status, "
        "created_at) "
        "VALUES (1, 1, 'lead@x.test', 'Hello', 'Body of a template', 'ready_to_send', 0)");
    EXPECT_EQ(check().warmup_in_campaign, 1);
    EXPECT_EQ(check().campaign_in_warmup, 1);
    EXPECT_FALSE(check().verified());
}

TEST_F(Separation, ACampaignDocumentAmongTheTemplatesBreaksIt) {
    sql(store::Role::warmup,
        "INSERT INTO warmup_email_drafts (subject, body, created_at, generated_via) "
        "VALUES ('S', 'B', 0, 'ollama')");
    EXPECT_EQ(check().campaign_in_warmup, 1);
    EXPECT_FALSE(check().pools_apart());
}

TEST_F(Separation, ARoleThatReachesTheOtherPoolBreaksIt) {
    const auto groq = [](const std::string&) { return std::make_unique<FixedModel>("groq"); };
    Confused warmup_too_mighty(*db_, store::Role::warmup, store::Role::owner);
    SeparationReport report = check(warmup_too_mighty, groq);
    EXPECT_FALSE(report.drafts_untouchable());
    EXPECT_FALSE(report.verified());
    EXPECT_NE(engine::in_words(report).find("not refused to read email_drafts"), std::string::npos);
    Confused campaign_too_mighty(*db_, store::Role::campaign, store::Role::warmup);
    report = check(campaign_too_mighty, groq);
    EXPECT_TRUE(report.drafts_untouchable());
    EXPECT_FALSE(report.pools_apart());
}

TEST_F(Separation, ARoleThatUsesTheOtherSidesBudgetBreaksIt) {
    EXPECT_TRUE(check().budgets_apart());
    const auto groq = [](const std::string&) { return std::make_unique<FixedModel>("groq"); };
    for (const auto& [role, becomes] :
         {std::pair(store::Role::warmup, store::Role::campaign),
          std::pair(store::Role::campaign, store::Role::warmup)}) {
        Confused confused(*db_, role, becomes);
        const SeparationReport report = check(confused, groq);
        EXPECT_FALSE(report.budgets_apart());
        EXPECT_FALSE(report.verified());
        const std::string words = engine::in_words(report);
        EXPECT_NE(words.find("❌ ONE SIDE CAN USE THE OTHER'S BUDGETS"), std::string::npos);
        EXPECT_NE(
            words.find("was not refused to add to the model budget of the other side in llm_usage"),
            std::string::npos
        ) << words;
    }
    // Trying left no row behind.
    EXPECT_EQ(
        base::run_to_end(
            loop_,
            db_->read(
                store::Role::operator_,
                [](store::Connection& connection) {
                    return connection.integer(
                        "SELECT (SELECT COUNT(*) FROM llm_usage) + (SELECT COUNT(*) FROM "
                        "mailbox_usage)"
                    );
                }
            )
        ),
        0
    );
}

// Whatever table is added for one side: it is tried without anybody naming it here.
TEST_F(Separation, EveryTableOfTheOtherSideIsTriedInEveryWay) {
    const SeparationReport report = check();
    const auto tried = [&](const std::string& role, const std::string& table) {
        return std::ranges::count_if(report.probes, [&](const engine::PoolProbe& probe) {
            return probe.role == role && probe.table == table && probe.refused;
        });
    };
    for (const char* table :
         {"campaigns",
          "campaign_texts",
          "leads",
          "email_drafts",
          "emails_campaign",
          "emails_campaign_raw",
          "campaign_replies",
          "suppressions",
          "campaign_imported_fields"}) {
        EXPECT_EQ(tried("warmup", table), 4) << table;
        EXPECT_EQ(tried("campaign", table), 0) << table;
    }
    for (const char* table :
         {"warmup_email_drafts",
          "warmup_threads",
          "warmup_cycles",
          "warmup_filings",
          "emails_warmup",
          "emails_warmup_raw",
          "warmup_imported_fields"}) {
        EXPECT_EQ(tried("campaign", table), 4) << table;
        EXPECT_EQ(tried("warmup", table), 0) << table;
    }
    EXPECT_EQ(tried("warmup", "emails"), 1);
    EXPECT_EQ(tried("campaign", "emails"), 1);
}

TEST_F(Separation, AModelThatFollowsLlmProviderBreaksIt) {
    const SeparationReport report = check(*db_, [](const std::string& llm_provider) {
        return std::make_unique<FixedModel>(llm_provider == "ollama" ? "ollama" : "groq");
    });
    EXPECT_FALSE(report.warmup_uses_groq());
    EXPECT_NE(
        engine::in_words(report).find("with LLM_PROVIDER=ollama warmup's model is ollama"),
        std::string::npos
    );
}

TEST_F(Separation, AForeignBaseUrlIsAWarningOnly) {
    const SeparationReport report = check(*db_, [](const std::string&) {
        return std::make_unique<FixedModel>("groq", "http://127.0.0.1:8080/v1");
    });
    EXPECT_TRUE(report.verified());
    ASSERT_EQ(report.warnings().size(), 1U);
    EXPECT_NE(engine::in_words(report).find("http://127.0.0.1:8080/v1"), std::string::npos);
}

TEST_F(Separation, TryingChangesNothing) {
    check();
    const SeparationReport again = check();
    EXPECT_EQ(again.campaign_drafts, 1);
    EXPECT_EQ(again.warmup_templates, 1);
}
