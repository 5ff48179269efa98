#include "warmup/filing_rules.h"

namespace {

using std::chrono::minutes;
using warmup::RescueFacts;

constexpr base::Timestamp kNow{1'780'300'800'000'000};

RescueFacts good() {
    RescueFacts facts;
    facts.wanted = facts.accepted = facts.proven_ours = true;
    return facts;
}

}  // namespace

TEST(FilingDue, LiesBetween30And90MinutesAndIsDrawn) {
    base::SeededRandom random(7);
    std::set<std::int64_t> drawn;
    for (int i = 0; i < 500; ++i) {
        const base::Duration wait = warmup::filing_due(kNow, random) - kNow;
        EXPECT_GE(wait, minutes(30));
        EXPECT_LE(wait, minutes(90));
        drawn.insert(wait.count());
        const base::Duration rescue = warmup::rescue_due(kNow, random) - kNow;
        EXPECT_GE(rescue, minutes(10));
        EXPECT_LE(rescue, minutes(60));
    }
    EXPECT_GT(drawn.size(), 400U);
}

TEST(DecideRescue, NeedsTheSettingTheConsentAndOurOwnMail) {
    EXPECT_TRUE(decide_rescue(good()).rescue);
    EXPECT_FALSE(decide_rescue(RescueFacts{}).rescue);
    struct Case {
        void (*spoil)(RescueFacts&);
        const char* words;
    };
    const Case cases[] = {
        {[](RescueFacts& facts) { facts.wanted = false; }, "off"},
        {[](RescueFacts& facts) { facts.accepted = false; }, "consented"},
        {[](RescueFacts& facts) { facts.measuring = true; }, "measures"},
        {[](RescueFacts& facts) { facts.google_oauth = true; }, "Google"},
        {[](RescueFacts& facts) { facts.proven_ours = false; }, "text"},
        {[](RescueFacts& facts) { facts.today = 1; }, "today"},
    };
    for (const Case& one : cases) {
        RescueFacts facts = good();
        one.spoil(facts);
        const warmup::RescueDecision decision = decide_rescue(facts);
        EXPECT_FALSE(decision.rescue) << one.words;
        EXPECT_NE(decision.reason.find(one.words), std::string_view::npos) << decision.reason;
    }
}

TEST(IsGoogleOauth, ByProviderOrHostAndOnlyWithATokenLogin) {
    mailbox::Mailbox mailbox;
    mailbox.imap.host = "imap.gmail.com";
    EXPECT_FALSE(warmup::is_google_oauth(mailbox));
    mailbox.login_method = mailbox::LoginMethod::oauth2;
    EXPECT_TRUE(warmup::is_google_oauth(mailbox));
    mailbox.imap.host = "outlook.office365.com";
    EXPECT_FALSE(warmup::is_google_oauth(mailbox));
    mailbox.provider = "workspace";
    EXPECT_TRUE(warmup::is_google_oauth(mailbox));
}
