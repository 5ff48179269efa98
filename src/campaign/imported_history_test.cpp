#include "campaign/imported_history.h"

namespace campaign {
namespace {

constexpr base::Timestamp kNow{1'800'000'000'000'000};
constexpr base::Timestamp kSent{1'790'000'000'000'000};
const std::vector<Step> kSteps = Settings{}.steps;  // day 0, day 3, day 6

ImportedMail mail(int step, const char* outcome = "none", std::int64_t mailbox = 7) {
    return {step, kSent + std::chrono::hours(step), mailbox, outcome, false};
}

TEST(ImportedHistory, NothingSentLeavesTheLeadAsItIs) {
    EXPECT_EQ(state_after({}, kSteps, kNow).status, "");
}

TEST(ImportedHistory, AFirstMailMakesTheFollowUpDueByTheCampaignsDelay) {
    const ImportedState state = state_after({mail(0)}, kSteps, kNow);
    EXPECT_EQ(state.status, "active");
    EXPECT_EQ(state.next_step, 1);
    EXPECT_EQ(state.next_step_at, kSent + std::chrono::hours(72));
    EXPECT_EQ(state.sender_mailbox_id, 7);
}

TEST(ImportedHistory, TheSenderIsThatOfTheFirstMail) {
    EXPECT_EQ(
        state_after({mail(0, "none", 3), mail(1, "none", 9)}, kSteps, kNow).sender_mailbox_id, 3
    );
    EXPECT_EQ(
        state_after({mail(0, "none", 0), mail(1, "none", 9)}, kSteps, kNow).sender_mailbox_id, 9
    );
}

TEST(ImportedHistory, TheLastStepFinishes) {
    const ImportedState state = state_after({mail(0), mail(1), mail(2)}, kSteps, kNow);
    EXPECT_EQ(state.status, "finished");
    EXPECT_EQ(state.next_step_at, std::nullopt);
}

TEST(ImportedHistory, ReplyAndBounceEndItWhereverTheyStand) {
    for (const char* outcome : {"replied", "bounced"})
        for (int at = 0; at < 3; ++at) {
            std::vector<ImportedMail> mails = {mail(0), mail(1), mail(2)};
            mails[static_cast<std::size_t>(at)].outcome = outcome;
            const ImportedState state = state_after(mails, kSteps, kNow);
            EXPECT_EQ(state.status, outcome);
            EXPECT_EQ(state.next_step_at, std::nullopt);
        }
}

TEST(ImportedHistory, WhatMayHaveBeenSentHoldsTheNextStep) {
    std::vector<ImportedMail> mails = {mail(0), mail(1)};
    mails[1].in_doubt = true;
    const ImportedState state = state_after(mails, kSteps, kNow);
    EXPECT_EQ(state.status, "active");
    EXPECT_EQ(state.next_step, 1);
    EXPECT_EQ(state.next_step_at, std::nullopt);
}

TEST(ImportedHistory, AMailWithoutATimeCountsFromNow) {
    std::vector<ImportedMail> mails = {mail(0)};
    mails[0].sent_at.reset();
    EXPECT_EQ(state_after(mails, kSteps, kNow).next_step_at, kNow + std::chrono::hours(72));
}

}  // namespace
}  // namespace campaign
