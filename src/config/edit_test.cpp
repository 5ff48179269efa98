#include "config/edit.h"

#include "config/load.h"
#include "config/template.h"

namespace config {
namespace {

TEST(Edit, ReplacesAddsAndKeepsEverythingElse) {
    const std::string before =
        "# mine\n[sending]\nstart_hour = 8 # early\n# end_hour = 17\n\n[warmup]\nreply_rate = "
        "0.4\n";
    const auto after = with_settings(
        before,
        {{"sending.start_hour", "10"},
         {"sending.end_hour", "20"},
         {"sending.timezone", "Europe/Berlin"},
         {"llm.warmup.model", "a \"b\""}}
    );
    ASSERT_TRUE(after) << after.error().message;
    EXPECT_EQ(
        *after,
        "# mine\n[sending]\nstart_hour = 10\nend_hour = 20\ntimezone = \"Europe/Berlin\"\n\n"
        "[warmup]\nreply_rate = 0.4\n\n[llm.warmup]\nmodel = \"a \\\"b\\\"\"\n"
    );
}

TEST(Edit, FillsTheTemplateInPlace) {
    const auto after = with_settings(
        toml_template(), {{"sending.timezone", "Europe/Berlin"}, {"provider.zoho.smtp_port", "465"}}
    );
    ASSERT_TRUE(after) << after.error().message;
    const auto loaded = load_text(*after, "/d/p.toml", {});
    ASSERT_TRUE(loaded) << loaded.error().message;
    EXPECT_EQ(loaded->sending.timezone.name(), "Europe/Berlin");
    EXPECT_EQ(loaded->provider.zoho.smtp_port, 465);
    const std::string text = toml_template();
    EXPECT_EQ(std::ranges::count(*after, '\n'), std::ranges::count(text, '\n'));
}

TEST(Edit, TwiceIsTheSameAsOnce) {
    const std::vector<PlainSetting> settings = {
        {"sending.start_hour", "10"}, {"llm.warmup.model", "m"}
    };
    const auto once = with_settings("", settings);
    ASSERT_TRUE(once);
    EXPECT_EQ(*with_settings(*once, settings), *once);
}

TEST(Edit, RefusesBadValuesAndUnknownKeys) {
    EXPECT_FALSE(with_settings("", {{"sending.start_hour", "30"}}));
    EXPECT_FALSE(with_settings("", {{"sending.bogus", "1"}}));
    EXPECT_FALSE(with_settings("[broken", {{"sending.start_hour", "3"}}));
}

TEST(Edit, RefusesALayoutThatItCanNotEditAndSaysWhatToWrite) {
    for (const char* text :
         {"sending = { start_hour = 8 }\n",
          "sending.start_hour = 8\n",
          "[sending]\ntimezone = \"\"\"UTC\"\"\"\nstart_hour = \"\"\"\nend\"\"\"\n"}) {
        const auto after = with_settings(text, {{"sending.start_hour", "10"}});
        ASSERT_FALSE(after) << *after;
        EXPECT_THAT(after.error().message, testing::HasSubstr("by hand: sending.start_hour = 10;"));
    }
}

}  // namespace
}  // namespace config
