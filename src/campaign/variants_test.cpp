#include "campaign/variants.h"

#include <map>

#include "campaign/draft_store.h"
#include "campaign/test_store.h"

namespace campaign {
namespace {

using testing::HasSubstr;

Text variant(std::int64_t id, std::string name, int share = 1) {
    Text text;
    text.id = id;
    text.variant = std::move(name);
    text.share = share;
    return text;
}

TEST(Variants, GoToLeadsByShare) {
    const std::vector<Text> texts = {variant(1, "a", 3), variant(2, "b", 1)};
    int a = 0;
    for (std::int64_t lead = 1; lead <= 10'000; ++lead)
        if (choose_text(texts, lead)->id == 1) ++a;
    EXPECT_NEAR(a, 7500, 200);
}

TEST(Variants, StayTheSameForALead) {
    const std::vector<Text> texts = {variant(1, "a"), variant(2, "b")};
    const std::vector<Text> turned = {variant(2, "b"), variant(1, "a")};
    std::vector<Text> more = texts;
    more.push_back(variant(3, "c"));
    int moved = 0;
    for (std::int64_t lead = 1; lead <= 3000; ++lead) {
        const std::int64_t before = choose_text(texts, lead)->id;
        EXPECT_EQ(choose_text(turned, lead)->id, before);
        const std::int64_t after = choose_text(more, lead)->id;
        EXPECT_TRUE(after == before || after == 3);
        if (after == 3) ++moved;
    }
    EXPECT_NEAR(moved, 1000, 120);
}

TEST(Variants, LeaveRetiredAndHeldTextsOut) {
    std::vector<Text> texts = {variant(1, "a"), variant(2, "b"), variant(3, "c", 0)};
    texts[0].retired_at = base::Timestamp{1};
    for (std::int64_t lead = 1; lead <= 50; ++lead) EXPECT_EQ(choose_text(texts, lead)->id, 2);
    texts[1].canary = "held";
    EXPECT_EQ(choose_text(texts, 1), nullptr);
    EXPECT_EQ(choose_text({}, 1), nullptr);
}

// Looks after every single answer, as an impatient owner would.
bool ever_names_a_winner(double rate_a, double rate_b, int mails, base::Random& random) {
    std::vector<VariantCount> counts = {{1, "a", 0, 0, 0}, {2, "b", 0, 0, 0}};
    for (int i = 0; i < mails; ++i) {
        VariantCount& count = counts[random.below(2)];
        ++count.sent;
        if (random.chance(count.text_id == 1 ? rate_a : rate_b)) ++count.replied;
        if (!compare_variants(counts).winner.empty()) return true;
    }
    return false;
}

TEST(SequentialTest, RaisesFewFalseAlarmsThoughLookedAtAfterEveryReply) {
    base::SeededRandom random(2026);
    constexpr int kRuns = 600;
    for (const double rate : {0.03, 0.1, 0.3}) {
        int alarms = 0;
        for (int run = 0; run < kRuns; ++run)
            if (ever_names_a_winner(rate, rate, 600, random)) ++alarms;
        EXPECT_LE(alarms, kRuns * kErrorRate) << rate;
    }
}

TEST(SequentialTest, FindsADifferenceThatIsThere) {
    base::SeededRandom random(7);
    int found = 0;
    for (int run = 0; run < 100; ++run)
        if (ever_names_a_winner(0.02, 0.12, 800, random)) ++found;
    EXPECT_GE(found, 80);
}

TEST(SequentialTest, SaysWhatItShows) {
    const Comparison early = compare_variants({{1, "a", 20, 3, 5}, {2, "b", 20, 1, 0}});
    EXPECT_EQ(early.winner, "");
    EXPECT_THAT(early.words, HasSubstr("no difference shown yet"));
    EXPECT_THAT(early.words, HasSubstr("a: 3 replies to 20 mails (5 more are too young to count)"));
    const Comparison late = compare_variants({{2, "b", 1000, 130, 0}, {1, "a", 1000, 40, 0}});
    EXPECT_EQ(late.winner, "b");
    EXPECT_THAT(late.words, HasSubstr("5 %"));
    EXPECT_THAT(compare_variants({{1, "a", 9, 1, 0}}).words, HasSubstr("nothing to compare"));
    EXPECT_EQ(compare_variants({{1, "a", 0, 0, 0}, {2, "b", 0, 0, 0}}).winner, "");
}

class VariantCountsTest : public test::StoreTest {
  protected:
    // A draft that was sent, and the mail that it became.
    std::int64_t sent(std::int64_t lead_id, std::int64_t text_id, base::Timestamp at) {
        return run([=](store::Connection& connection) {
            NewDraft draft;
            draft.lead_id = lead_id;
            draft.campaign_id = 1;
            draft.variant = text_id == 1 ? "a" : "b";
            draft.text_id = text_id;
            draft.written_by = "template";
            const std::int64_t id = insert_draft(connection, draft, at);
            connection.execute(
                "UPDATE email_drafts SET status = 'sent', sent_at = :at WHERE id = :id",
                store::values(at, id)
            );
            const std::string key = "draft:" + std::to_string(id);
            return connection.insert(
                "INSERT INTO emails_campaign (email_type, lead_id, campaign_id, draft_id, "
                "\"from\", "
                "\"to\", from_mailbox_id, subject, message_id, status, send_key, token, "
                "raw_sha256, "
                "created_at) VALUES ('initial', :lead, 1, :draft, 'a@x.test', 'b@y.test', 1, 's', "
                ":message, 'accepted', :key, :token, '', :at)",
                store::values(lead_id, id, "<" + key + "@x>", key, key, at)
            );
        });
    }
    void replied(std::int64_t email, std::int64_t lead_id, base::Timestamp at, std::string kind) {
        execute(
            "INSERT INTO campaign_replies (mailbox_id, kind, email_id, lead_id, campaign_id, "
            "\"from\", received_at, created_at) VALUES (1, :kind, :email, :lead, 1, 'x', :at, "
            ":at2)",
            store::values(kind, email, lead_id, at, at)
        );
    }
};

TEST_F(VariantCountsTest, CountRepliesWithinTheirTimeAndNoYoungMails) {
    const base::Timestamp old = now() - kAnswerWindow - std::chrono::hours(24);
    for (std::int64_t lead = 1; lead <= 6; ++lead) {
        const std::int64_t email = sent(lead, lead % 2 == 0 ? 2 : 1, old);
        if (lead == 1) replied(email, lead, old + std::chrono::hours(2), "reply");
        if (lead == 3) replied(email, lead, old + kAnswerWindow + std::chrono::hours(1), "reply");
        if (lead == 5) replied(email, lead, old + std::chrono::hours(1), "auto_reply");
    }
    replied(sent(7, 1, now() - std::chrono::hours(1)), 7, now(), "reply");
    const auto counts = run([at = now()](store::Connection& connection) {
        std::vector<VariantCount> all;
        EXPECT_EQ(count_variants(connection, 1, 0, 0, at, all), 0);
        return all;
    });
    ASSERT_EQ(counts.size(), 2U);
    EXPECT_EQ(counts[0].sent, 3);
    EXPECT_EQ(counts[0].replied, 1);
    EXPECT_EQ(counts[0].young, 1);
    EXPECT_EQ(counts[1].sent, 3);
    EXPECT_EQ(counts[1].replied, 0);
}

}  // namespace
}  // namespace campaign
