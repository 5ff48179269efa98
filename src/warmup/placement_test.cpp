#include "warmup/placement.h"

namespace {

using base::Timestamp;
constexpr std::int64_t kHour = 3'600'000'000;

warmup::SentMail sent_at(std::int64_t hour) {
    warmup::SentMail mail;
    mail.from_ = "a@co.test";
    mail.provider = "gmail";
    mail.sent_at = Timestamp{hour * kHour};
    return mail;
}

}  // namespace

TEST(PlacementAt, FollowsTheWordsOfTheDesign) {
    warmup::SentMail mail = sent_at(0);
    EXPECT_EQ(warmup::placement_at(mail, Timestamp{23 * kHour}), "pending");
    EXPECT_EQ(warmup::placement_at(mail, Timestamp{25 * kHour}), "unknown");
    mail.searched_at = Timestamp{23 * kHour};
    EXPECT_EQ(warmup::placement_at(mail, Timestamp{25 * kHour}), "unknown");
    mail.searched_at = Timestamp{24 * kHour};
    EXPECT_EQ(warmup::placement_at(mail, Timestamp{25 * kHour}), "missing");
    mail.readable = false;
    EXPECT_EQ(warmup::placement_at(mail, Timestamp{25 * kHour}), "unknown");
    mail.bounced = true;
    EXPECT_EQ(warmup::placement_at(mail, Timestamp{1 * kHour}), "bounced");
    mail.placement = "spam";
    EXPECT_EQ(warmup::placement_at(mail, Timestamp{25 * kHour}), "spam");
}

TEST(SpamRate, IsSpamOfFoundAndNullWithoutAny) {
    warmup::Tally tally;
    EXPECT_EQ(tally.spam_rate(), std::nullopt);
    for (const char* placement : {"inbox", "inbox", "inbox", "spam", "elsewhere", "missing"})
        tally.add(placement);
    EXPECT_DOUBLE_EQ(*tally.spam_rate(), 0.25);
    EXPECT_DOUBLE_EQ(*tally.missing_rate(), 1.0 / 6);
    tally.add("bounced");
    EXPECT_EQ(tally.bounced, 1);
    EXPECT_EQ(tally.unknown, 0);
}

TEST(JudgeTarget, NeedsSixDaysAFoundMailAndBothRates) {
    warmup::Tally good;
    for (int i = 0; i < 95; ++i) good.add("inbox");
    for (int i = 0; i < 5; ++i) good.add("spam");
    EXPECT_EQ(warmup::judge_target(good, 5), warmup::Verdict::not_yet_decided);
    EXPECT_EQ(warmup::judge_target(good, 6), warmup::Verdict::met);
    EXPECT_EQ(warmup::judge_target({}, 7), warmup::Verdict::not_yet_decided);
    warmup::Tally spam = good;
    for (int i = 0; i < 10; ++i) spam.add("spam");
    EXPECT_EQ(warmup::judge_target(spam, 7), warmup::Verdict::not_met);
    warmup::Tally lost = good;
    for (int i = 0; i < 6; ++i) lost.add("missing");
    EXPECT_EQ(warmup::judge_target(lost, 7), warmup::Verdict::not_met);
}

TEST(TallyByDay, CountsByTheLocalDayOfSending) {
    const auto zone = *base::TimeZone::find("Europe/Berlin");
    const auto days = warmup::tally_by_day({sent_at(22), sent_at(23)}, zone, Timestamp{30 * kHour});
    ASSERT_EQ(days.size(), 2U);
    EXPECT_EQ(days.begin()->first.day.str(), "1970-01-01");
    EXPECT_EQ(days.rbegin()->first.day.str(), "1970-01-02");
}
