#include "campaign/settings.h"

namespace campaign {
namespace {

TEST(CampaignSettings, ComeBackAsTheyWereWritten) {
    Settings settings;
    settings.postal_address = "1 Main Street, Springfield";
    settings.steps = {{0, true}, {5, false}};
    settings.weekdays = {"mon"};
    const auto back = settings_from_json(to_json(settings));
    ASSERT_TRUE(back);
    EXPECT_EQ(to_json(*back), to_json(settings));
    ASSERT_EQ(back->steps.size(), 2U);
    EXPECT_EQ(back->steps[1].after_days, 5);
}

TEST(CampaignSettings, OlderOnesGetTheDefaultsOfNewKeys) {
    const auto settings = settings_from_json(R"({"postal_address": "1 Main Street"})");
    ASSERT_TRUE(settings);
    EXPECT_EQ(settings->steps.size(), 3U);
    EXPECT_TRUE(settings->canary);
}

TEST(CampaignSettings, NameTheKeyThatIsWrong) {
    const auto unknown = settings_from_json(R"({"posal_address": "x"})");
    ASSERT_FALSE(unknown);
    EXPECT_NE(unknown.error().message.find("posal_address"), std::string::npos);
    const auto kind = settings_from_json(R"({"canary": "yes"})");
    ASSERT_FALSE(kind);
    EXPECT_NE(kind.error().message.find("canary"), std::string::npos);
    EXPECT_FALSE(settings_from_json("[]"));
    EXPECT_FALSE(settings_from_json("{"));
}

}  // namespace
}  // namespace campaign
