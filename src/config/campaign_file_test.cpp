#include "config/campaign_file.h"

#include <boost/json.hpp>

#include "base/text.h"
#include "config/campaign_keys.h"

namespace config {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr const char* kSmall =
    "[sender]\n"
    "name = \"Ann Lee\"\n"
    "[[step]]\n"
    "subject = \"Hello\"\n"
    "body = \"Hi there\"\n";

std::string problems_of(const std::string& text) {
    const auto file = read_campaign_file(text, "c.toml");
    EXPECT_FALSE(file) << text;
    return file ? "" : file.error().message;
}

boost::json::object settings_of(const CampaignFile& file) {
    return boost::json::parse(file.settings_json).as_object();
}

TEST(CampaignFile, TakesSettingsAndTexts) {
    const auto file = read_campaign_file(kSmall, "c.toml");
    ASSERT_TRUE(file) << file.error().message;
    EXPECT_EQ(settings_of(*file).at("sender_name").as_string(), "Ann Lee");
    EXPECT_EQ(settings_of(*file).at("steps").as_array().size(), 1u);
    ASSERT_EQ(file->texts.size(), 1u);
    EXPECT_EQ(file->texts[0].variant, "a");
    EXPECT_EQ(file->texts[0].subject, "Hello");
    EXPECT_EQ(file->texts[0].body, "Hi there");
    EXPECT_FALSE(file->texts[0].html_body);
}

TEST(CampaignFile, ItsExampleIsReadAndHasEveryKey) {
    const std::string example = campaign_file_example();
    const auto file = read_campaign_file(example, "c.toml");
    ASSERT_TRUE(file) << file.error().message;
    for (const CampaignKey& key : kCampaignKeys) {
        const std::string name(key.name.substr(key.name.find('.') + 1));
        EXPECT_THAT(example, HasSubstr(name + " = " + std::string(key.example)));
    }
    ASSERT_EQ(file->texts.size(), 4u);
    EXPECT_EQ(file->texts[1].variant, "a");
    EXPECT_EQ(file->texts[2].variant, "b");
    EXPECT_EQ(file->texts[2].subject, "");
    EXPECT_EQ(
        boost::json::serialize(settings_of(*file).at("steps")),
        R"([{"after_days":0,"same_thread":true},{"after_days":3,"same_thread":true},)"
        R"({"after_days":3,"same_thread":false}])"
    );
    // What is commented is the default; uncommented it is read too.
    std::string all;
    for (const std::string& line : base::split(example, '\n')) {
        bool assignment = false;
        for (const CampaignKey& key : kCampaignKeys)
            assignment |= line.starts_with(
                "# " + std::string(key.name.substr(key.name.find('.') + 1)) + " = "
            );
        all += (assignment ? line.substr(2) : line) + "\n";
    }
    const auto whole = read_campaign_file(all, "c.toml");
    ASSERT_TRUE(whole) << whole.error().message;
    for (const CampaignKey& key : kCampaignKeys)
        EXPECT_TRUE(settings_of(*whole).contains(std::string(key.setting))) << key.name;
}

TEST(CampaignFile, NamesEveryWrongKeyAtOnce) {
    const std::string problems = problems_of(
        "[sender]\n"
        "nmae = \"Ann\"\n"
        "[mail]\n"
        "language = \"english\"\n"
        "links = [\"ftp://x\"]\n"
        "canary = true\n"
        "[when]\n"
        "weekdays = [\"monday\"]\n"
        "holidays = [\"2026-02-30\"]\n"
        "zone = \"Mars/Base\"\n"
        "start_hour = 25\n"
        "[rules]\n"
        "verifier = \"verify.sh\"\n"
        "unsubscribe = \"never\"\n"
        "[[step]]\n"
        "subject = 5\n"
        "bdoy = \"x\"\n"
    );
    for (const char* words :
         {"c.toml:2: sender.nmae is not a key; did you mean sender.name?",
          "c.toml:4: mail.language",
          "c.toml:5: mail.links",
          "c.toml:6: mail.canary is not a key; did you mean rules.canary?",
          "c.toml:8: when.weekdays",
          "c.toml:9: when.holidays",
          "c.toml:10: when.zone",
          "c.toml:11: when.start_hour needs a whole number from -1 to 23",
          "c.toml:13: rules.verifier",
          "c.toml:14: rules.unsubscribe is none of \"\", \"mailto-only\"",
          "c.toml:16: step[0].subject needs a text in quotes",
          "c.toml:17: step[0].bdoy is not a key; did you mean body?",
          "step 1 has no body"})
        EXPECT_THAT(problems, HasSubstr(words));
    EXPECT_THAT(problems_of("a = [\n"), HasSubstr("c.toml:"));
}

TEST(CampaignFile, ChecksItsSteps) {
    const std::string step = "[[step]]\nsubject = \"s\"\nbody = \"b\"\n";
    const std::string next = "[[step]]\nsame_thread = false\nsubject = \"s\"\nbody = \"b\"\n";
    const std::vector<std::pair<std::string, std::string>> cases = {
        {"", "there is no [[step]]"},
        {"[[step]]\nbody = \"b\"\n", "step 1 has no subject"},
        {"[[step]]\nsubject = \"s\"\n", "step 1 has no body"},
        {"[[step]]\nafter_days = 2\nsubject = \"s\"\nbody = \"b\"\n", "leave after_days out"},
        {step + "[[step]]\nafter_days = 0\nbody = \"b\"\n", "needs after_days from 1 to 60"},
        {step + "[[step]]\nsubject = \"s\"\nbody = \"b\"\n", "same_thread = false"},
        {step + "[[step]]\nsame_thread = false\nbody = \"b\"\n", "step 2 has no subject"},
        {step + next + next + next, "at most 3 mails"},
        {step + "[[step.variant]]\nsubject = \"s\"\nbody = \"b\"\n", "make it a variant too"},
        {"[[step]]\n[[step.variant]]\nname = \"b\"\nsubject = \"s\"\nbody = \"b\"\n"
         "[[step.variant]]\nsubject = \"s\"\nbody = \"c\"\n",
         "two variants 'b'"},
        {"[[step]]\n[[step.variant]]\nshare = 0\nsubject = \"s\"\nbody = \"b\"\n",
         "whole number from 1"},
        {"[[step]]\nsubject = \"a\\nb\"\nbody = \"b\"\n", "has a line end"},
        {"[when]\nstart_hour = 9\nend_hour = 9\n" + step, "is not after"},
    };
    for (const auto& [text, words] : cases) EXPECT_THAT(problems_of(text), HasSubstr(words));
}

TEST(CampaignFile, NeedsNoTextsWhereAModelWrites) {
    const auto file = read_campaign_file("[mail]\nwriter = \"model\"\n", "c.toml");
    ASSERT_TRUE(file) << file.error().message;
    EXPECT_TRUE(file->texts.empty());
    EXPECT_FALSE(settings_of(*file).contains("steps"));
    const auto steps =
        read_campaign_file("[mail]\nwriter = \"model\"\n[[step]]\n[[step]]\nafter_days = 5\n", "c");
    ASSERT_TRUE(steps) << steps.error().message;
    EXPECT_EQ(settings_of(*steps).at("steps").as_array().size(), 2u);
}

TEST(CampaignFile, TakesVerifiersAndLinksWithQueries) {
    for (const char* verifier :
         {"command:/usr/bin/verify", "https://v.example/check?e={email}&k={key}", ""})
        EXPECT_TRUE(read_campaign_file(
            std::string("[rules]\nverifier = \"") + verifier + "\"\n" + kSmall, "c"
        )) << verifier;
    for (const char* verifier :
         {"command:verify", "http://v.example/{email}", "https://v.example/"})
        EXPECT_FALSE(read_campaign_file(
            std::string("[rules]\nverifier = \"") + verifier + "\"\n" + kSmall, "c"
        )) << verifier;
    EXPECT_TRUE(read_campaign_file(
        std::string("[mail]\nlinks = [\"https://example.com/a?b=c#d\"]\n") + kSmall, "c"
    ));
}

}  // namespace
}  // namespace config
