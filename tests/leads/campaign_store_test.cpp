#include "campaign/campaign_store.h"

#include "tests/leads/leads_fixture.h"

namespace tests {
namespace {

using ::testing::HasSubstr;

class CampaignStore : public LeadsTest {
  protected:
    base::Result<campaign::TextChanges> update(std::vector<campaign::NewText> texts) {
        return run(Role::campaign, [=, this](Connection& c) {
            return campaign::update_campaign(c, campaign_id_, settings_, texts, kNow);
        });
    }
    std::vector<campaign::Text> texts() {
        return read(Role::operator_, [this](Connection& c) {
            return campaign::texts_of(c, campaign_id_);
        });
    }
    bool set_status(const std::string& status) {
        return run(Role::campaign, [=, this](Connection& c) {
            return campaign::set_campaign_status(c, campaign_id_, status, "", kNow);
        });
    }
    campaign::Settings settings_;
};
INSTANTIATE_LEADS_TEST(CampaignStore);

TEST_P(CampaignStore, FindsByNameWithoutCaseAndNamesTheOthers) {
    const auto again = run(Role::campaign, [](Connection& c) {
        return campaign::create_campaign(c, "SHOPS", {}, {}, kNow);
    });
    ASSERT_FALSE(again);
    EXPECT_EQ(again.error().code, base::ErrorCode::already_exists);
    const auto found =
        read(Role::operator_, [](Connection& c) { return campaign::campaign_named(c, "Shops"); });
    ASSERT_TRUE(found);
    EXPECT_EQ(found->status, "draft");
    const auto missing =
        read(Role::operator_, [](Connection& c) { return campaign::campaign_named(c, "shop"); });
    ASSERT_FALSE(missing);
    EXPECT_THAT(missing.error().message, HasSubstr("there are: shops"));
}

TEST_P(CampaignStore, KeepsTextsThatSayTheSame) {
    const campaign::NewText first{0, "a", 1, "Hello", "Body", std::nullopt};
    const campaign::NewText second{1, "a", 1, "", "Again", std::nullopt};
    ASSERT_EQ(update({first, second})->added, 2);
    const std::int64_t kept_id = texts()[0].id;
    campaign::NewText shared = first;
    shared.share = 3;
    campaign::NewText changed = second;
    changed.body = "Again, please";
    const auto changes = update({shared, changed});
    ASSERT_TRUE(changes);
    EXPECT_EQ(changes->kept, 1);
    EXPECT_EQ(changes->added, 1);
    EXPECT_EQ(changes->retired, 1);
    ASSERT_EQ(texts().size(), 2u);
    EXPECT_EQ(texts()[0].id, kept_id);
    EXPECT_EQ(texts()[0].share, 3);
    EXPECT_EQ(texts()[1].body, "Again, please");
    // The retired row is still there: drafts name it.
    EXPECT_EQ(count(Role::operator_, "SELECT COUNT(*) FROM campaign_texts"), 3);
    // Twice the same text in two variants is two texts.
    EXPECT_EQ(update({shared, {0, "b", 1, "Hello", "Body", std::nullopt}})->added, 1);
}

TEST_P(CampaignStore, ChangesOnlyWhatDoesNotRun) {
    settings_.sender_name = "Ann";
    ASSERT_TRUE(set_status("active"));
    EXPECT_FALSE(set_status("active"));
    const auto refused = update({});
    ASSERT_FALSE(refused);
    EXPECT_THAT(refused.error().message, HasSubstr("pause it"));
    set_status("paused");
    EXPECT_TRUE(update({}));
    const auto settings = read(Role::operator_, [this](Connection& c) {
        return campaign::load_settings(c, campaign_id_);
    });
    ASSERT_TRUE(settings);
    EXPECT_EQ(settings->sender_name, "Ann");
    const auto row = read(Role::operator_, [this](Connection& c) {
        return campaign::campaign_by_id(c, campaign_id_);
    });
    EXPECT_EQ(row->started_at, kNow);
}

}  // namespace
}  // namespace tests
