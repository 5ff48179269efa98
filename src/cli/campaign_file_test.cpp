// The campaign file's keys and the settings they set, which lie in two folders, name the same.
#include <boost/json.hpp>
#include <set>

#include "campaign/settings.h"
#include "config/campaign_file.h"
#include "config/campaign_keys.h"

namespace cli {
namespace {

TEST(CampaignFileKeys, SetEverySettingAndNoOther) {
    std::set<std::string> known;
    const boost::json::value all = boost::json::parse(campaign::to_json({}));
    for (const auto& [name, value] : all.as_object()) known.insert(name);
    std::set<std::string> set = {"steps"};  // the [[step]] tables
    for (const config::CampaignKey& key : config::kCampaignKeys)
        EXPECT_TRUE(set.emplace(key.setting).second) << key.setting;
    EXPECT_EQ(set, known);
}

TEST(CampaignFileKeys, SayTheDefaultWhereTheExampleIsCommented) {
    const auto file = config::read_campaign_file(config::campaign_file_example(), "c.toml");
    ASSERT_TRUE(file) << file.error().message;
    const auto settings = campaign::settings_from_json(file->settings_json);
    ASSERT_TRUE(settings) << settings.error().message;
    // The defaults themselves, written down as the example writes them.
    const boost::json::value defaults = boost::json::parse(campaign::to_json({}));
    for (const config::CampaignKey& key : config::kCampaignKeys) {
        if (!key.default_shown) continue;
        const std::string section(key.name.substr(0, key.name.find('.')));
        const std::string name(key.name.substr(key.name.find('.') + 1));
        const auto one = config::read_campaign_file(
            "[" + section + "]\n" + name + " = " + std::string(key.example) +
                "\n[[step]]\nsubject = \"s\"\nbody = \"b\"\n",
            "c.toml"
        );
        ASSERT_TRUE(one) << key.name;
        EXPECT_EQ(
            boost::json::parse(one->settings_json).at(std::string(key.setting)),
            defaults.at(std::string(key.setting))
        ) << key.name;
    }
}

}  // namespace
}  // namespace cli
