#include "campaign/rotation.h"

#include "campaign/budget.h"
#include "campaign/gap.h"

namespace campaign {
namespace {

SenderState sender(std::int64_t id, const char* family, int sent, int left = 10) {
    return {id, family, sent, left, {}};
}

TEST(Rotation, TakesTheLeastLoadedFirstAndLeavesOutWhoMayNot) {
    std::vector<SenderState> senders = {
        sender(1, "zoho", 5), sender(2, "zoho", 2), sender(3, "zoho", 2), sender(4, "zoho", 0, 0)
    };
    senders[2].due_at = {100};
    EXPECT_EQ(due_in_order(senders, {50}), (std::vector<std::int64_t>{2, 1}));
    EXPECT_EQ(due_in_order(senders, {100}), (std::vector<std::int64_t>{2, 3, 1}));
    EXPECT_EQ(next_due(senders), base::Timestamp{0});
}

TEST(Rotation, SpreadsFewDraftsEvenly) {
    std::vector<SenderState> senders;
    for (int i = 1; i <= 8; ++i) senders.push_back(sender(i, "zoho", 0, 100));
    for (int draft = 0; draft < 100; ++draft) {
        const std::int64_t first = due_in_order(senders, {}).front();
        ++senders[static_cast<std::size_t>(first - 1)].sent;
    }
    for (const SenderState& one : senders) {
        EXPECT_GE(one.sent, 12);
        EXPECT_LE(one.sent, 13);
    }
}

TEST(Rotation, PrefersItsOwnProviderThenWhatNobodyElseIsAtHomeAt) {
    const std::vector<WaitingDraft> waiting = {
        {"google", {1}, 1}, {"microsoft", {2}, 2}, {"zoho", {3}, 3}, {"zoho", {0}, 4}
    };
    const std::vector<SenderState> senders = {
        sender(1, "zoho-eu", 0), sender(2, "gmail", 0), sender(3, "zoho", 0)
    };
    EXPECT_EQ(choose_draft(waiting, senders[2], senders), 3U) << "its own, the oldest";
    EXPECT_EQ(choose_draft(waiting, senders[1], senders), 0U);
    const std::vector<WaitingDraft> foreign = {{"google", {1}, 1}, {"microsoft", {2}, 2}};
    EXPECT_EQ(choose_draft(foreign, senders[2], senders), 1U) << "gmail has somebody at home";
    // All capacity is used all the same.
    EXPECT_EQ(choose_draft({{"google", {1}, 1}}, senders[2], senders), 0U);
    std::vector<SenderState> full = senders;
    full[1].left = 0;
    EXPECT_EQ(choose_draft(foreign, full[2], full), 0U) << "whoever is at home there has no room";
    EXPECT_FALSE(choose_draft({}, senders[2], senders));
}

TEST(Budget, GrowsBySendingDaysUpToItsMaximum) {
    const Limits limits;
    EXPECT_EQ(campaign_cap(0, limits), 5);
    EXPECT_EQ(campaign_cap(3, limits), 11);
    EXPECT_EQ(campaign_cap(12, limits), 29);
    EXPECT_EQ(campaign_cap(13, limits), 30);
    EXPECT_EQ(campaign_cap(1000, limits), 30);
}

TEST(Budget, IsTheLeastOfAllCapsAndSaysWhichIsReached) {
    const Limits limits;
    MailboxLoad load;
    load.warmup_days = 14;
    load.sending_days = 20;
    EXPECT_EQ(budget_of(load, limits).left, 30);
    load.sent_all = 25;
    load.sent_campaign = 10;
    load.under_way = 1;
    EXPECT_EQ(budget_of(load, limits).left, 14) << "40 - 25 - 1";
    load.domain_campaign = 195;
    EXPECT_EQ(budget_of(load, limits).left, 5);
    load.domain_young = true;
    EXPECT_EQ(budget_of(load, limits).left, 0);
    EXPECT_NE(budget_of(load, limits).reason.find("100 campaign mails"), std::string::npos);
    load.warmup_days = 13;
    EXPECT_NE(budget_of(load, limits).reason.find("13 of 14"), std::string::npos);
}

TEST(Gap, IsDrawnBetweenItsBoundsAndBothClocksCount) {
    const Limits limits;
    base::SeededRandom random(5);
    base::Duration least = std::chrono::hours(1);
    base::Duration most{0};
    for (int i = 0; i < 1000; ++i) {
        const base::Duration gap = draw_gap(limits, random);
        least = std::min(least, gap);
        most = std::max(most, gap);
    }
    EXPECT_GE(least, std::chrono::minutes(7));
    EXPECT_LE(most, std::chrono::minutes(12));
    EXPECT_GT(most - least, std::chrono::minutes(4));
    EXPECT_EQ(due_at(std::nullopt, limits), base::Timestamp{});
    const base::Timestamp sent{1'000'000'000};
    EXPECT_EQ(due_at(mailbox::Gap{sent, {0}}, limits), sent + std::chrono::seconds(90));
    EXPECT_EQ(
        due_at(mailbox::Gap{sent, sent + std::chrono::minutes(8)}, limits),
        sent + std::chrono::minutes(8)
    );
}

}  // namespace
}  // namespace campaign
