#include "config/accounts.h"

#include "base/log.h"
#include "base/text.h"

namespace config {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

constexpr std::string_view kStory = R"(# the outreach system
ZOHO_ACCOUNTS='[
  {"email": "ann@co.example.com", "password": "planted_1", "sender_name": "Ann Lee"},
  {"email": "bob@co.example.com", "password": "planted_2"}
]'
WARMUP_EMAILS=s1@gmail.com, s2@outlook.com ,s3@gmail.com,
WARMUP_EMAILS_APP_PASSWORDS="planted ab cd,,"
GROQ_API_KEY=gsk_planted_key
GROQ_MODEL=llama-3.3-70b-versatile
export LLM_PROVIDER=ollama
OLLAMA_API_BASE=http://localhost:11434
OLLAMA_MODEL=qwen2.5
TARGET_TIMEZONE=America/New_York
SENDING_START_HOUR=9
SENDING_END_HOUR=18
ZOHO_SMTP_PORT=465
DATABASE_URL=mongodb://u:planted_db@h/db
REDIS_URL=redis://planted_redis
EMPTY=
)";

TEST(ImportEnvironment, TakesTheWholeStory) {
    const auto imported = import_environment(kStory);
    ASSERT_TRUE(imported) << imported.error().message;
    const auto& accounts = imported->accounts;
    ASSERT_EQ(accounts.size(), 5u);
    EXPECT_EQ(accounts[0].email.str(), "ann@co.example.com");
    EXPECT_EQ(accounts[0].name, "Ann Lee");
    EXPECT_EQ(accounts[0].role, AccountRole::sender);
    EXPECT_EQ(accounts[0].password->reveal(), "planted_1");
    EXPECT_EQ(accounts[1].name, "");
    EXPECT_EQ(accounts[2].email.str(), "s1@gmail.com");
    EXPECT_EQ(accounts[2].role, AccountRole::seed);
    EXPECT_EQ(accounts[2].password->reveal(), "planted ab cd");
    EXPECT_FALSE(accounts[3].password);
    EXPECT_FALSE(accounts[4].password);
    EXPECT_THAT(
        imported->settings,
        ElementsAre(
            PlainSetting{"llm.warmup.model", "llama-3.3-70b-versatile"},
            PlainSetting{"llm.campaign.provider", "ollama"},
            PlainSetting{"llm.campaign.base_url", "http://localhost:11434/v1"},
            PlainSetting{"llm.campaign.model", "qwen2.5"},
            PlainSetting{"sending.timezone", "America/New_York"},
            PlainSetting{"sending.start_hour", "9"},
            PlainSetting{"sending.end_hour", "18"},
            PlainSetting{"provider.zoho.smtp_port", "465"}
        )
    );
    EXPECT_THAT(imported->keys_to_export, ElementsAre("GROQ_API_KEY"));
    EXPECT_THAT(
        imported->notes,
        ElementsAre(
            HasSubstr("s2@outlook.com has no password"),
            HasSubstr("s3@gmail.com has no password"),
            HasSubstr("pilotlight import mongo"),
            "not used by Pilotlight: REDIS_URL"
        )
    );
    EXPECT_TRUE(with_settings("", imported->settings));
}

TEST(ImportEnvironment, WithoutAnythingIsEmpty) {
    const auto imported = import_environment("");
    ASSERT_TRUE(imported);
    EXPECT_TRUE(imported->accounts.empty());
    EXPECT_TRUE(imported->settings.empty());
    EXPECT_TRUE(imported->notes.empty());
}

TEST(ImportEnvironment, GroqModelServesTheCampaignTooWhereGroqIsChosen) {
    const auto imported = import_environment(
        "OLLAMA_MODEL=q\nGROQ_MODEL=gm\nLLM_PROVIDER=groq\nOLLAMA_API_BASE=http://h.test\n"
    );
    ASSERT_TRUE(imported) << imported.error().message;
    EXPECT_THAT(
        imported->settings,
        ElementsAre(
            PlainSetting{"llm.warmup.model", "gm"},
            PlainSetting{"llm.campaign.model", "gm"},
            PlainSetting{"llm.campaign.provider", "groq"}
        )
    );
    EXPECT_EQ(imported->notes.size(), 2u);
}

TEST(ImportEnvironment, RefusesWithNameAndPositionAndNeverShowsAPassword) {
    const std::pair<const char*, const char*> cases[] = {
        {"ZOHO_ACCOUNTS=[{\"email\":\"a@x.test\",\"password\":\"planted\"",
         "ZOHO_ACCOUNTS, character 42 of the value (line 1): the JSON is broken there"},
        {"B=1\nZOHO_ACCOUNTS='[{\"email\":\"a@x.test\" \"password\":\"planted\"}]'",
         "ZOHO_ACCOUNTS, character 22 of the value (line 2): the JSON is broken there"},
        {"ZOHO_ACCOUNTS='[] planted'", "something follows after the JSON array"},
        {"ZOHO_ACCOUNTS='{\"email\":\"a@x.test\"}'", "ZOHO_ACCOUNTS (line 1): expected a JSON array"
        },
        {"ZOHO_ACCOUNTS='[\"planted\"]'", "ZOHO_ACCOUNTS[0] (line 1): expected an object"},
        {"ZOHO_ACCOUNTS='[{\"password\":\"planted\"}]'",
         "ZOHO_ACCOUNTS[0] (line 1): email is missing"},
        {"ZOHO_ACCOUNTS='[{\"email\":\"a@x.test\"}]'",
         "ZOHO_ACCOUNTS[0] a@x.test (line 1): password is missing"},
        {"ZOHO_ACCOUNTS='[{\"email\":\"a@x.test\",\"password\":\"\"}]'", "password is missing"},
        {"ZOHO_ACCOUNTS='[{\"email\":\"a@x.test\",\"password\":5}]'",
         "ZOHO_ACCOUNTS[0].password (line 1): expected a text in quotes"},
        {"ZOHO_ACCOUNTS='[{\"email\":\"nobody\",\"password\":\"planted\"}]'",
         "ZOHO_ACCOUNTS[0].email (line 1): 'nobody' is not an email address"},
        {"ZOHO_ACCOUNTS='[{\"email\":\"a@x.test\",\"password\":\"planted\"},"
         "{\"email\":\"A@X.test\",\"password\":\"planted\"}]'",
         "ZOHO_ACCOUNTS[1] A@x.test (line 1): A@x.test is listed twice"},
        {"ZOHO_ACCOUNTS='[{\"email\":\"a@x.test\",\"password\":\"planted\"}]'\nWARMUP_EMAILS=a@x."
         "test",
         "WARMUP_EMAILS, entry 1 (line 2): a@x.test is listed twice"},
        {"WARMUP_EMAILS=a@x.test,,b@x.test", "WARMUP_EMAILS, entry 2 (line 1): is empty"},
        {"WARMUP_EMAILS=a@x.test,b@@x",
         "WARMUP_EMAILS, entry 2 (line 1): 'b@@x' is not an email address"},
        {"WARMUP_EMAILS=a@x.test\nWARMUP_EMAILS_APP_PASSWORDS=planted,planted2",
         "WARMUP_EMAILS_APP_PASSWORDS (line 2): has 2 entries, WARMUP_EMAILS has 1"},
        {"WARMUP_EMAILS_APP_PASSWORDS=planted",
         "WARMUP_EMAILS_APP_PASSWORDS (line 1): there is no WARMUP"},
        {"SENDING_START_HOUR=nine",
         "SENDING_START_HOUR (line 1) = \"nine\" is a text; use a whole number"},
        {"TARGET_TIMEZONE=Nowhere/X", "TARGET_TIMEZONE (line 1) = \"Nowhere/X\" is not a time zone"
        },
        {"LLM_PROVIDER=claude", "LLM_PROVIDER (line 1) = \"claude\" is not known"},
        {"SENDING_START_HOUR=18\nSENDING_END_HOUR=9", "SENDING_END_HOUR = 9 is not after"},
        {"ZOHO_SMTP_HOST=bad host", "ZOHO_SMTP_HOST (line 1) = \"bad host\" is not a host name"},
    };
    for (const auto& [text, problem] : cases) {
        const auto imported = import_environment(text);
        ASSERT_FALSE(imported) << text;
        EXPECT_THAT(imported.error().message, HasSubstr(problem)) << text;
        EXPECT_THAT(imported.error().message, Not(HasSubstr("planted"))) << text;
    }
}

TEST(ImportEnvironment, AllProblemsAreFoundAtOnce) {
    const auto imported =
        import_environment("WARMUP_EMAILS=a,b\nSENDING_END_HOUR=99\nGMAIL_IMAP_PORT=x\n");
    ASSERT_FALSE(imported);
    EXPECT_EQ(base::split(imported.error().message, '\n').size(), 4u) << imported.error().message;
}

TEST(ImportEnvironment, PasswordsAreMaskedInTheLog) {
    std::vector<std::string> lines;
    base::log::Sink before =
        base::log::set_sink([&](const base::log::Line& line) { lines.push_back(line.text); });
    ASSERT_TRUE(import_environment(
        "ZOHO_ACCOUNTS='[{\"email\":\"a@x.test\",\"password\":\"masked_zoho\"}]'\n"
        "WARMUP_EMAILS=b@x.test\nWARMUP_EMAILS_APP_PASSWORDS=masked_seed\nGROQ_API_KEY=masked_"
        "groq\n"
    ));
    base::log::warn("test", "masked_zoho masked_seed masked_groq");
    base::log::set_sink(std::move(before));
    ASSERT_EQ(lines.size(), 1u);
    EXPECT_EQ(lines[0], "*** *** ***");
}

TEST(ImportEnvironment, DeepJsonIsRefused) {
    EXPECT_FALSE(import_environment("ZOHO_ACCOUNTS='" + std::string(10'000, '[') + "'"));
}

}  // namespace
}  // namespace config
