#include "campaign/verification.h"

#include "campaign/basis.h"
#include "campaign/lead_checks.h"
#include "campaign/lead_recheck.h"
#include "tests/leads/leads_fixture.h"
#include "tests/support/manual_loop.h"

namespace tests {
namespace {

using campaign::Verification;
using ::testing::HasSubstr;

class FakeVerifier : public campaign::Verifier {
  public:
    std::map<std::string, Verification> answers;
    std::vector<std::string> asked;
    base::Task<campaign::VerifierAnswer> verify(std::string email) override {
        asked.push_back(email);
        co_return campaign::VerifierAnswer{answers.at(email), "words"};
    }
};

class LeadVerification : public LeadsTest {
  protected:
    campaign::Verified verify(int count_max = 100) {
        return base::run_to_end(
            loop_, campaign::verify_leads(*database_, verifier_, clock_, campaign_id_, count_max)
        );
    }
    void SetUp() override {
        LeadsTest::SetUp();
        if (!IsSkipped()) set_verifier("/bin/verify");
    }
    void set_verifier(const std::string& verifier) {
        campaign::Settings settings;
        settings.verifier = verifier;
        execute(
            Role::campaign,
            "UPDATE campaigns SET settings = :settings",
            values(campaign::to_json(settings))
        );
    }
    campaign::Rechecked recheck(std::int64_t most = campaign::kUnansweredMax) {
        return base::run_to_end(
            loop_,
            campaign::recheck_new_leads(*database_, domains_, campaign_id_, clock_.now(), most)
        );
    }
    void wait(base::Duration time) { clock_.set_monotonic(clock_.monotonic() + time); }
    std::int64_t add_waiting(const std::string& address) {
        const std::int64_t id = add_lead(address, "new");
        execute(
            Role::campaign,
            "UPDATE leads SET status_reason = :reason WHERE id = :id",
            values(campaign::kUnverified, id)
        );
        return id;
    }
    FakeMailDomains domains_;
    FakeVerifier verifier_;
    support::ManualClock clock_;
};
INSTANTIATE_LEADS_TEST(LeadVerification);

TEST_P(LeadVerification, RecordsEachAnswer) {
    const std::int64_t valid = add_waiting("valid@shop.example");
    const std::int64_t risky = add_waiting("risky@shop.example");
    const std::int64_t invalid = add_waiting("invalid@shop.example");
    const std::int64_t unknown = add_waiting("unknown@shop.example");
    add_lead("waiting@shop.example", "needs_basis");
    verifier_.answers = {
        {"valid@shop.example", Verification::valid},
        {"risky@shop.example", Verification::risky},
        {"invalid@shop.example", Verification::invalid},
        {"unknown@shop.example", Verification::unknown}
    };
    const campaign::Verified found = verify();
    EXPECT_EQ(found.valid, 1);
    EXPECT_EQ(found.risky, 1);
    EXPECT_EQ(found.invalid, 1);
    EXPECT_EQ(found.unknown, 1);
    EXPECT_TRUE(lead(valid).verified_at);
    EXPECT_TRUE(lead(risky).verified_at);
    EXPECT_THAT(lead(risky).status_reason, HasSubstr("risky"));
    EXPECT_EQ(lead(invalid).status, "stopped");
    EXPECT_TRUE(lead(invalid).email_invalid);
    EXPECT_EQ(lead(valid).status, "ready");
    EXPECT_EQ(lead(risky).status, "ready");
    EXPECT_EQ(lead(unknown).status, "new");
    EXPECT_FALSE(lead(unknown).verified_at);
    // The one that it does not know is asked about again, 6 hours later.
    EXPECT_EQ(verify().unknown, 0);
    clock_.set_monotonic(clock_.monotonic() + std::chrono::hours(7));
    EXPECT_EQ(verify().unknown, 1);
    EXPECT_EQ(verifier_.asked.size(), 5u);
}

TEST_P(LeadVerification, AsksNoMoreThanItMay) {
    for (int i = 0; i < 12; ++i) {
        const std::string address = fmt::format("p{}@shop.example", i);
        add_waiting(address);
        verifier_.answers[address] = Verification::valid;
    }
    EXPECT_EQ(verify(7).valid, 7);
    EXPECT_EQ(verify().valid, 5);
}

TEST_P(LeadVerification, HoldsReadyLeadsOfACampaignThatGetsAVerifier) {
    const std::int64_t ready = add_lead("ready@shop.example");
    const std::int64_t begun = add_lead("begun@shop.example", "active");
    const auto next = [this](std::int64_t after) {
        return run(Role::campaign, [this, after](Connection& c) {
            return campaign::hold_unverified(c, campaign_id_, after);
        });
    };
    EXPECT_EQ(next(next(0)), 0);
    EXPECT_EQ(lead(ready).status, "new");
    EXPECT_EQ(lead(begun).status, "active");
    verifier_.answers["ready@shop.example"] = Verification::valid;
    EXPECT_EQ(verify().valid, 1);
    EXPECT_EQ(lead(ready).status, "ready");
    EXPECT_EQ(next(0), 0);  // once is enough
}

TEST_P(LeadVerification, ALeadWhoseDomainGaveNoAnswerWaitsForThatToo) {
    const std::int64_t id = add_waiting("ann@shop.example");
    execute(
        Role::campaign,
        "UPDATE leads SET status_reason = :reason WHERE id = :id",
        values(std::string(campaign::kNoAnswer) + "; " + std::string(campaign::kUnverified), id)
    );
    verifier_.answers["ann@shop.example"] = Verification::valid;
    EXPECT_EQ(verify().valid, 1);
    EXPECT_EQ(lead(id).status, "new");
    EXPECT_EQ(lead(id).status_reason, campaign::kNoAnswer);
}

// Whatever the words in its reason say: the campaign and verified_at decide.
TEST_P(LeadVerification, NobodyPassesAVerifierThatWasAddedLater) {
    set_verifier("");
    const std::int64_t imported = add_lead("imported@shop.example", "new");
    const std::int64_t unanswered = add_lead("slow@shop.example", "new");
    const std::int64_t no_basis = add_lead("ann@gmail.com", "needs_basis");
    execute(
        Role::campaign,
        "UPDATE leads SET status_reason = :reason WHERE id = :id",
        values(campaign::kNoAnswer, unanswered)
    );
    set_verifier("/bin/verify");
    EXPECT_EQ(recheck().ready, 0);
    run(Role::campaign, [this](Connection& c) {
        campaign::record_basis_page(c, {campaign_id_, "consent", "Ann", kNow}, 0);
    });
    for (const std::int64_t id : {imported, unanswered, no_basis}) {
        EXPECT_EQ(lead(id).status, "new");
        EXPECT_EQ(lead(id).status_reason, campaign::kUnverified);
        verifier_.answers[lead(id).email] = Verification::valid;
    }
    EXPECT_EQ(verify().valid, 3);
    for (const std::int64_t id : {imported, unanswered, no_basis})
        EXPECT_EQ(lead(id).status, "ready");
}

TEST_P(LeadVerification, LeadsGoOnWhenTheVerifierIsTakenAway) {
    const std::int64_t waiting = add_waiting("ann@shop.example");
    EXPECT_EQ(recheck().ready, 0);
    EXPECT_EQ(lead(waiting).status, "new");
    set_verifier("");
    EXPECT_EQ(recheck().ready, 1);
    EXPECT_EQ(lead(waiting).status, "ready");
}

// The verifier speaks while the domain's servers are asked.
TEST_P(LeadVerification, AndRecheckMayCrossEachOther) {
    const std::int64_t id = add_waiting("ann@shop.example");
    execute(
        Role::campaign,
        "UPDATE leads SET status_reason = :reason WHERE id = :id",
        values(std::string(campaign::kNoAnswer) + "; " + std::string(campaign::kUnverified), id)
    );
    verifier_.answers["ann@shop.example"] = Verification::valid;
    domains_.before_answer = [this] { EXPECT_EQ(verify().valid, 1); };
    EXPECT_EQ(recheck().ready, 1);
    EXPECT_EQ(lead(id).status, "ready");
    EXPECT_TRUE(lead(id).verified_at);
}

TEST_P(LeadVerification, WhatItNeverKnowsHoldsUpNobodyAndIsGivenUp) {
    const std::int64_t never = add_waiting("never@shop.example");
    verifier_.answers["never@shop.example"] = Verification::unknown;
    EXPECT_EQ(verify(1).unknown, 1);
    wait(std::chrono::hours(7));
    add_waiting("later@shop.example");
    verifier_.answers["later@shop.example"] = Verification::valid;
    EXPECT_EQ(verify(1).valid, 1);
    for (int i = 1; i < campaign::kTriesMax; ++i) {
        EXPECT_EQ(lead(never).status, "new");
        EXPECT_EQ(verify().unknown, 1);
        wait(std::chrono::hours(7));
    }
    EXPECT_EQ(lead(never).status, "stopped");
    EXPECT_THAT(lead(never).status_reason, HasSubstr("knew nothing"));
    EXPECT_EQ(verify().unknown, 0);
}

TEST_P(LeadVerification, ADeadNameServerHoldsUpNothingElse) {
    set_verifier("");
    for (int i = 0; i < 250; ++i) {
        const std::string domain = fmt::format("d{}.example", i);
        add_lead("ann@" + domain, "new");
        domains_.answers[domain] = {campaign::MailDomain::Verdict::unknown, "", ""};
    }
    add_lead("ann@good.example", "new");
    EXPECT_EQ(recheck(150).waiting, 200);
    EXPECT_EQ(domains_.asked.size(), 200u);
    wait(std::chrono::hours(1));
    // The next pass begins with those that this one did not come to.
    EXPECT_EQ(recheck(50).ready, 1);
}

}  // namespace
}  // namespace tests
