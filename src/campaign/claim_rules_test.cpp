#include "campaign/claim_rules.h"

namespace campaign {
namespace {

using ::testing::HasSubstr;
using What = Judgement::What;

constexpr base::Timestamp kNow{1'780'300'800'000'000};  // Monday 2026-06-01T08:00:00Z
constexpr std::int64_t kMailbox = 7;

struct Case {
    Candidate candidate;
    Counted counted;
    Plans plans;
    Limits limits;

    Case() {
        Plan plan;
        plan.id = 1;
        plan.window.start_hour = 0;
        plan.window.end_hour = 24;
        plan.window.weekdays.fill(true);
        plan.settings.canary = true;
        plans.emplace(1, plan);
        candidate.id = 5;
        candidate.email_type = "initial";
        candidate.campaign_id = 1;
        candidate.written_by = "model";
        candidate.canary = "clear";
        candidate.lead_id = 3;
        candidate.lead_status = "ready";
    }
    void answer() {
        candidate.email_type = "followup";
        candidate.followup_number = 1;
        candidate.lead_status = "active";
        candidate.sender_mailbox_id = kMailbox;
        candidate.in_reply_to = "first@x.test";
        candidate.subject = "Re: Hello";
        candidate.first_subject = "Hello";
    }
    Judgement by_row() const { return judge(candidate, plans, kMailbox, kNow); }
    Judgement by_counts() const { return judge(candidate, plans, counted, limits, kNow); }
};

TEST(ClaimRules, AReadyFirstMailAndAFollowUpOfItsMailboxMayLeave) {
    Case one;
    EXPECT_EQ(one.by_row().what, What::take);
    EXPECT_EQ(one.by_counts().what, What::take);
    one.answer();
    EXPECT_EQ(one.by_row().what, What::take);
    EXPECT_EQ(one.by_counts().what, What::take);
}

TEST(ClaimRules, JudgeByTheRowsAlone) {
    struct Row {
        void (*change)(Case&);
        What what;
        const char* words;
    };
    const Row rows[] = {
        {[](Case& c) { c.candidate.lead_id = 0; }, What::fail, "no lead"},
        {[](Case& c) { c.candidate.lead_status = "new"; }, What::wait, "its lead is new"},
        {[](Case& c) { c.candidate.lead_status = "needs_basis"; }, What::wait, "needs_basis"},
        {[](Case& c) { c.candidate.lead_status = "replied"; }, What::cancel, "replied"},
        {[](Case& c) { c.candidate.wait_until = kNow + base::Duration(1); }, What::wait, "away"},
        {[](Case& c) { c.candidate.sender_mailbox_id = 8; }, What::fail, "account mismatch"},
        {[](Case& c) { c.answer(), c.candidate.lead_status = "ready"; }, What::cancel, "ready"},
        {[](Case& c) { c.answer(), c.candidate.sender_mailbox_id = 0; }, What::fail, "mismatch"},
        {[](Case& c) { c.candidate.campaign_id = 2; }, What::wait, "does not run"},
        {[](Case& c) { c.plans.at(1).window.start_hour = 9; }, What::wait, "sending hours"},
    };
    for (const Row& row : rows) {
        Case one;
        row.change(one);
        const Judgement judgement = one.by_row();
        EXPECT_EQ(judgement.what, row.what) << row.words;
        EXPECT_THAT(judgement.reason, HasSubstr(row.words));
        if (row.what == What::wait) EXPECT_GT(judgement.until, kNow) << row.words;
    }
}

TEST(ClaimRules, JudgeByWhatWasCounted) {
    struct Row {
        void (*change)(Case&);
        What what;
        const char* words;
    };
    const Row rows[] = {
        {[](Case& c) { c.candidate.of_this_step = 1; }, What::cancel, "of this step"},
        {[](Case& c) { c.candidate.mails = 3; }, What::cancel, "got its 3 mails"},
        {[](Case& c) { c.answer(), c.candidate.subject = "Hello"; }, What::fail, "`Re: `"},
        {[](Case& c) { c.candidate.written_by = "import"; }, What::wait, "reviewed again"},
        {[](Case& c) { c.candidate.reviewed_at = base::Timestamp{1}; }, What::wait, "reviewed"},
        {[](Case& c) { c.candidate.canary = "waiting"; }, What::wait, "outside spam"},
        {[](Case& c) { c.answer(), c.counted.looked = false; }, What::wait, "looked into"},
        {[](Case& c) { c.counted.organisation_day = 1; }, What::wait, "mail of today"},
        {[](Case& c) { c.counted.organisation_leads = 3; }, What::wait, "3 others"},
    };
    for (const Row& row : rows) {
        Case one;
        row.change(one);
        const Judgement judgement = one.by_counts();
        EXPECT_EQ(judgement.what, row.what) << row.words;
        EXPECT_THAT(judgement.reason, HasSubstr(row.words));
        if (row.what == What::wait) EXPECT_GT(judgement.until, kNow) << row.words;
    }
    Case free;
    free.candidate.canary = "held";
    free.plans.at(1).settings.canary = false;
    EXPECT_EQ(free.by_counts().what, What::take) << "the campaign has no canary";
}

TEST(ClaimRules, ACompanysNextMailWaitsForTheNextDayOnTheLeadsClocks) {
    Case one;
    one.counted.organisation_day = 1;
    one.candidate.zone = "Asia/Tokyo";  // 17:00 there
    EXPECT_EQ(base::to_iso(one.by_counts().until), "2026-06-01T15:00:00Z");
    EXPECT_EQ(base::to_iso(day_of_lead(one.candidate, one.plans, kNow)), "2026-05-31T15:00:00Z");
    one.candidate.zone.clear();
    EXPECT_EQ(base::to_iso(one.by_counts().until), "2026-06-02T00:00:00Z");
    EXPECT_EQ(base::to_iso(day_of_lead(one.candidate, one.plans, kNow)), "2026-06-01T00:00:00Z");
}

}  // namespace
}  // namespace campaign
