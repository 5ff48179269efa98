#include "config/keys.h"

#include "base/text.h"
#include "config/assign.h"
#include "config/load.h"
#include "config/nearest.h"
#include "config/template.h"

namespace config {
namespace {

// The alternative of Field that a type is stored in.
std::size_t field_index(KeyType type) {
    Settings settings;
    switch (type) {
        case KeyType::integer:
        case KeyType::port:
            return Field(static_cast<int*>(nullptr)).index();
        case KeyType::number:
            return Field(static_cast<double*>(nullptr)).index();
        case KeyType::boolean:
            return Field(static_cast<bool*>(nullptr)).index();
        case KeyType::duration:
            return Field(static_cast<base::Duration*>(nullptr)).index();
        case KeyType::text_list:
            return Field(static_cast<std::vector<std::string>*>(nullptr)).index();
        case KeyType::zone:
            return Field(static_cast<base::TimeZone*>(nullptr)).index();
        default:
            return Field(static_cast<std::string*>(nullptr)).index();
    }
}

TEST(Keys, EachIsBoundToAMemberOfItsType) {
    Settings settings;
    for (const Key& key : kKeys)
        EXPECT_EQ(field_of(settings, key.name).index(), field_index(key.type)) << key.name;
}

TEST(Keys, NoTwoShareAMemberOrAName) {
    Settings settings;
    std::set<const void*> members;
    std::set<std::string_view> names;
    for (const Key& key : kKeys) {
        const Field field = field_of(settings, key.name);
        members.insert(std::visit([](auto* member) -> const void* { return member; }, field));
        names.insert(key.name);
    }
    EXPECT_EQ(members.size(), kKeys.size());
    EXPECT_EQ(names.size(), kKeys.size());
}

TEST(Keys, DefaultsAreThoseOfSettings) {
    for (const Key& key : kKeys) EXPECT_EQ(toml_of(Settings{}, key), key.default_text) << key.name;
}

TEST(Keys, DefaultsAreValidThemselves) {
    for (const Key& key : kKeys) {
        const std::string text = fmt::format("{} = {}\n", key.name, key.default_text);
        if (key.name == "llm.warmup.model") continue;
        EXPECT_TRUE(load_text(text, "/d/pilotlight.toml", {}).has_value()) << text;
    }
}

TEST(Keys, EachHasHelpThatEndsAsASentence) {
    for (const Key& key : kKeys) EXPECT_TRUE(key.help.ends_with('.')) << key.name;
}

TEST(Keys, NearestKeyIsTheOneThatWasMeant) {
    const std::pair<const char*, const char*> cases[] = {
        {"warmup.reply_rat", "warmup.reply_rate"},
        {"warmup.replyrate", "warmup.reply_rate"},
        {"reply_rate", "warmup.reply_rate"},
        {"store.ulr", "store.url"},
        {"llm.campain.provider", "llm.campaign.provider"},
        {"llm.warmup.api_key", "llm.warmup.api_key_env"},
        {"sending.time_zone", "sending.timezone"},
        {"campaign.provider", "llm.campaign.provider"},
    };
    for (const auto& [written, meant] : cases) EXPECT_EQ(nearest_key(written), meant) << written;
    EXPECT_FALSE(nearest_key("").empty());
    EXPECT_FALSE(nearest_key(std::string(100'000, 'x')).empty());
}

TEST(Template, LoadsBackAndChangesOnlyTheReplyRate) {
    const auto loaded = load_text(toml_template(), "/d/pilotlight.toml", {});
    ASSERT_TRUE(loaded) << loaded.error().describe();
    const auto plain = load_text("", "/d/pilotlight.toml", {});
    ASSERT_TRUE(plain);
    for (const Key& key : kKeys) {
        const std::string expected =
            key.written.empty() ? toml_of(*plain, key) : std::string(key.written);
        EXPECT_EQ(toml_of(*loaded, key), expected) << key.name;
    }
    EXPECT_DOUBLE_EQ(loaded->warmup.reply_rate, 0.4);
    EXPECT_DOUBLE_EQ(plain->warmup.reply_rate, 1.0);
}

TEST(Template, NamesEveryKeyAndIsNotTooWide) {
    const std::string text = toml_template();
    for (const Key& key : kKeys) {
        const std::string leaf(key.name.substr(key.name.rfind('.') + 1));
        EXPECT_NE(text.find(leaf + " = "), std::string::npos) << key.name;
        if (!key.environment.empty()) EXPECT_NE(text.find(key.environment), std::string::npos);
    }
    for (const std::string& line : base::split(text, '\n')) EXPECT_LE(line.size(), 100u) << line;
}

TEST(Template, LoadsWithEveryDefaultUncommented) {
    std::string text;
    for (const std::string& line : base::split(toml_template(), '\n')) {
        const bool assignment = line.starts_with("# ") && line.find(" = ") != std::string::npos &&
                                line.find(' ', 2) == line.find(" = ");
        text += (assignment ? line.substr(2) : line) + "\n";
    }
    const auto loaded = load_text(text, "/d/pilotlight.toml", {});
    EXPECT_TRUE(loaded) << loaded.error().describe();
}

}  // namespace
}  // namespace config
