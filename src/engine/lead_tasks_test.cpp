#include "engine/lead_tasks.h"

#include "campaign/campaign_store.h"
#include "campaign/lead_recheck.h"
#include "campaign/lead_store.h"
#include "tests/support/manual_loop.h"

namespace engine {
namespace {

using store::Connection;
using store::Role;
using ::testing::HasSubstr;

// Every domain takes mail, but for those below `.dead`.
class Domains : public campaign::MailDomains {
  public:
    std::size_t asked = 0;
    base::Task<std::vector<campaign::MailDomain>> look_up(std::vector<std::string> names) override {
        using Verdict = campaign::MailDomain::Verdict;
        std::vector<campaign::MailDomain> out;
        for (const std::string& name : names)
            out.push_back(
                {name.ends_with(".dead") ? Verdict::unknown : Verdict::takes_mail, "mx.example", ""}
            );
        asked += names.size();
        co_return out;
    }
};

class Valid : public campaign::Verifier {
  public:
    base::Task<campaign::VerifierAnswer> verify(std::string) override {
        co_return campaign::VerifierAnswer{campaign::Verification::valid, "yes"};
    }
};

class LeadTasks : public testing::Test {
  protected:
    base::Result<std::string> tend() {
        return base::run_to_end(
            loop_,
            tend_leads(
                LeadTools{
                    *db_,
                    loop_.clock(),
                    domains_,
                    [](const std::string& setting) -> std::unique_ptr<campaign::Verifier> {
                        if (setting.empty()) return nullptr;
                        return std::make_unique<Valid>();
                    }
                },
                [] { return true; }
            )
        );
    }
    template <class Job>
    auto job(Job work) {
        return base::run_to_end(loop_, db_->run(Role::campaign, std::move(work)));
    }
    std::int64_t add_campaign(const std::string& name, const std::string& verifier = "") {
        campaign::Settings settings;
        settings.verifier = verifier;
        return job([=](Connection& c) {
            return *campaign::create_campaign(c, name, settings, {}, {1});
        });
    }
    std::int64_t add_lead(
        std::int64_t campaign_id, const std::string& address, const std::string& status = "new"
    ) {
        campaign::Lead lead;
        lead.campaign_id = campaign_id;
        lead.email = lead.email_key = address;
        lead.status = status;
        return job([lead](Connection& c) { return campaign::add_lead(c, lead); });
    }
    std::string status(std::int64_t id) {
        return job([id](Connection& c) { return campaign::lead_by_id(c, id)->status; });
    }

    support::ManualLoop loop_;
    std::unique_ptr<store::Database> db_ = store::open_database(
        {.url = "sqlite::memory:", .inline_jobs = true, .create = true}, loop_
    );
    Domains domains_;
};

TEST_F(LeadTasks, NameTheCampaignWhoseSettingsCannotBeReadAndTendTheOthers) {
    const std::int64_t broken = add_campaign("Broken one");
    const std::int64_t waiting = add_lead(broken, "ann@shop.example");
    const std::int64_t fine = add_lead(add_campaign("Fine"), "ben@shop.example");
    job([broken](Connection& c) {
        return c.execute(
            "UPDATE campaigns SET settings = '[]' WHERE id = :id", store::values(broken)
        );
    });
    const auto done = tend();
    ASSERT_FALSE(done);
    EXPECT_THAT(done.error().message, HasSubstr("settings of 'Broken one' can't be read"));
    EXPECT_THAT(done.error().message, HasSubstr("1 leads ready"));
    EXPECT_EQ(status(waiting), "new");
    EXPECT_EQ(status(fine), "ready");
}

// By a verifier that was added while they were ready, too.
TEST_F(LeadTasks, NoLeadIsReadyWithoutTheVerifiersWord) {
    const std::int64_t shops = add_campaign("Shops", "/bin/verify");
    const std::int64_t fresh = add_lead(shops, "ann@shop.example");
    const std::int64_t ready = add_lead(shops, "ben@shop.example", "ready");
    const auto done = tend();
    ASSERT_TRUE(done) << done.error().message;
    EXPECT_THAT(*done, HasSubstr("verifier: 2 valid"));
    for (const std::int64_t id : {fresh, ready})
        EXPECT_TRUE(job([id](Connection& c) { return campaign::lead_by_id(c, id)->verified_at; }));
}

TEST_F(LeadTasks, ADeadNameServerEndsThePassOfAllCampaigns) {
    for (const char* name : {"One", "Two"}) {
        const std::int64_t id = add_campaign(name);
        for (int i = 0; i < 400; ++i) add_lead(id, fmt::format("ann@{}-{}.dead", name, i));
    }
    ASSERT_TRUE(tend());
    EXPECT_EQ(domains_.asked, static_cast<std::size_t>(campaign::kUnansweredMax));
}

TEST_F(LeadTasks, RetentionGoesThroughAllTables) {
    const std::int64_t old = add_lead(add_campaign("Shops"), "ann@shop.example", "finished");
    const auto done = base::run_to_end(
        loop_,
        keep_retention(*db_, base::Timestamp{1} + std::chrono::days(366), [] { return true; })
    );
    ASSERT_TRUE(done);
    EXPECT_THAT(*done, HasSubstr("forgot 1 leads"));
    EXPECT_EQ(status(old), "erased");
}

}  // namespace
}  // namespace engine
