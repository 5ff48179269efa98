#include "config/load.h"

#include <sys/stat.h>
#include <unistd.h>

#include "base/log.h"
#include "base/text.h"
#include "config/assign.h"

namespace config {
namespace {

using testing::HasSubstr;
using testing::Not;

std::string problems_of(const std::string& text, const Environment& environment = {}) {
    const auto loaded = load_text(text, "/d/pilotlight.toml", environment);
    return loaded ? "" : loaded.error().message;
}

TEST(Load, EmptyFileGivesTheDefaultsBesideIt) {
    const auto loaded = load_text("", "/d/pilotlight.toml", {});
    ASSERT_TRUE(loaded) << loaded.error().message;
    EXPECT_EQ(loaded->store.url, "sqlite:/d/pilotlight.db");
    EXPECT_EQ(loaded->key.file, "/d/pilotlight.key");
    EXPECT_EQ(loaded->file, "/d/pilotlight.toml");
    EXPECT_EQ(loaded->warmup.cycle_every, std::chrono::hours(4));
    EXPECT_EQ(loaded->llm_warmup.base_url, kGroqBaseUrl);
    EXPECT_EQ(loaded->llm_campaign.provider, "ollama");
    EXPECT_EQ(loaded->llm_campaign.base_url, "http://localhost:11434/v1");
    EXPECT_TRUE(loaded->llm_warmup.api_key.empty());
    EXPECT_TRUE(loaded->notes.empty());
}

TEST(Load, ReadsEveryKindOfValue) {
    const auto loaded = load_text(
        R"([store]
url = "sqlite:data/x.db"
[warmup]
cycle_every = "1h30m"
templates_per_day = 7
reply_rate = 0
rescue = true
[llm.warmup]
base_url = "http://127.0.0.1:9/v1"
fallback_models = ["a", "b"]
[sending]
timezone = "Europe/Berlin"
min_gap = "2m"
[provider.zoho]
smtp_host = "smtppro.zoho.eu"
smtp_port = 465
[smtp]
ehlo_name = "[192.0.2.1]"
[alerts]
)",
        "/d/conf/pilotlight.toml",
        {}
    );
    ASSERT_TRUE(loaded) << loaded.error().message;
    EXPECT_EQ(loaded->store.url, "sqlite:/d/conf/data/x.db");
    EXPECT_EQ(loaded->warmup.cycle_every, std::chrono::minutes(90));
    EXPECT_EQ(loaded->warmup.templates_per_day, 7);
    EXPECT_DOUBLE_EQ(loaded->warmup.reply_rate, 0);
    EXPECT_TRUE(loaded->warmup.rescue);
    EXPECT_EQ(loaded->llm_warmup.fallback_models, (std::vector<std::string>{"a", "b"}));
    EXPECT_EQ(loaded->sending.timezone.name(), "Europe/Berlin");
    EXPECT_EQ(loaded->sending.min_gap, std::chrono::minutes(2));
    EXPECT_EQ(loaded->provider.of("zoho").smtp_host, "smtppro.zoho.eu");
    EXPECT_EQ(loaded->provider.of("zoho").smtp_port, 465);
    EXPECT_EQ(loaded->provider.of("gmail").smtp_port, 0);
    EXPECT_EQ(loaded->smtp.ehlo_name, "[192.0.2.1]");
    EXPECT_TRUE(loaded->notes.empty());
}

struct Refused {
    const char* toml;
    const char* line;  // the whole line, or its start where it ends in "…"
};

TEST(Load, EachProblemIsOneLineWithKeyValueAndMend) {
    const Refused cases[] = {
        {"[warmup]\nreply_rate = 1.5",
         "/d/pilotlight.toml:2: warmup.reply_rate = 1.5 is out of range; use a number from 0 to 1"},
        {"[warmup]\nfolder = \"inbox\"",
         "/d/pilotlight.toml:2: warmup.folder = \"inbox\" can't hold filed mail; use a name such "
         "as "
         "\"Pilotlight\""},
        {"[warmup]\nsender_mail = \"delete\"",
         "/d/pilotlight.toml:2: warmup.sender_mail = \"delete\" is not known; use one of "
         "file, leave"},
        {"[warmup]\nreply_rate = nan",
         "/d/pilotlight.toml:2: warmup.reply_rate = nan is out of range; use a number from 0 to 1"},
        {"[warmup]\nreply_rat = 0.4",
         "/d/pilotlight.toml:2: warmup.reply_rat is not a key; did you mean warmup.reply_rate?"},
        {"[warmpu]\nrescue = true",
         "/d/pilotlight.toml:2: warmpu.rescue is not a key; did you mean warmup.rescue?"},
        {"[warmpu]", "/d/pilotlight.toml:1: warmpu is not a key; did you mean …"},
        {"[warmup]\ntemplates_per_day = \"5\"",
         "/d/pilotlight.toml:2: warmup.templates_per_day = \"5\" is a text; use a whole number "
         "from 1 to 100"},
        {"[warmup]\ntemplates_per_day = 5.0",
         "/d/pilotlight.toml:2: warmup.templates_per_day = 5.0 is a number with a point; use a "
         "whole …"},
        {"[warmup]\ntemplates_per_day = 99999999999999",
         "/d/pilotlight.toml:2: warmup.templates_per_day = 99999999999999 is out of range; use a …"
        },
        {"[warmup]\nrescue = 1",
         "/d/pilotlight.toml:2: warmup.rescue = 1 is a whole number; use true or false"},
        {"[warmup]\ncycle_every = \"4 hours\"",
         "/d/pilotlight.toml:2: warmup.cycle_every = \"4 hours\" is not a duration; use a duration "
         "from "
         "\"5m\" to \"7d\", such as \"4h\""},
        {"[warmup]\ncycle_every = 4",
         "/d/pilotlight.toml:2: warmup.cycle_every = 4 is a whole number; use a duration from …"},
        {"[warmup]\ncycle_every = \"10s\"",
         "/d/pilotlight.toml:2: warmup.cycle_every = \"10s\" is out of range; use …"},
        {"[sending]\ntimezone = \"Berlin\"",
         "/d/pilotlight.toml:2: sending.timezone = \"Berlin\" is not a time zone; use an IANA name "
         "such as "
         "\"Europe/Berlin\""},
        {"[sending]\nstart_hour = 18",
         "/d/pilotlight.toml: sending.end_hour = 17 is not after sending.start_hour = 18; the "
         "window …"},
        {"[sending]\nstart_hour = 8\nend_hour = 8",
         "/d/pilotlight.toml:3: sending.end_hour = 8 is not after sending.start_hour = 8; the "
         "window …"},
        {"[llm.campaign]\nprovider = \"grok\"",
         "/d/pilotlight.toml:2: llm.campaign.provider = \"grok\" is not known; use one of ollama, "
         "groq, "
         "openai"},
        {"[llm.warmup]\nprovider = \"ollama\"",
         "/d/pilotlight.toml:2: llm.warmup.provider is not a key; did you mean …"},
        {"[llm.warmup]\nbase_url = \"api.groq.com\"",
         "/d/pilotlight.toml:2: llm.warmup.base_url = \"api.groq.com\" is not a usable URL: it "
         "does not …"},
        {"[llm.warmup]\nbase_url = \"\"",
         "/d/pilotlight.toml:2: llm.warmup.base_url = \"\" is empty; …"},
        {"[llm.warmup]\nfallback_models = \"a\"",
         "/d/pilotlight.toml:2: llm.warmup.fallback_models = \"a\" is a text; use a list of texts "
         "such as …"},
        {"[llm.warmup]\nfallback_models = [\"a\", 5]",
         "/d/pilotlight.toml:2: llm.warmup.fallback_models = an array with something else than "
         "texts …"},
        {"[llm.warmup]\nfallback_models = []",
         "/d/pilotlight.toml:2: llm.warmup.fallback_models = [] leaves no model; …"},
        {"[store]\nurl = \"mysql://x\"",
         "/d/pilotlight.toml:2: store.url = \"mysql://x\" is no store's address; use "
         "\"sqlite:PATH\" or …"},
        {"[store]\nurl = \"mongodb://u:pw@h/db\"",
         "/d/pilotlight.toml:2: store.url = \"mongodb://***@h/db\" is not a store of ours; its "
         "data moves "
         "by `pilotlight import mongo PATH`; use …"},
        {"[store]\nurl = \"sqlite:\"",
         "/d/pilotlight.toml:2: store.url = \"sqlite:\" names no file; use …"},
        {"[key]\nfile = \"~/k\"",
         "/d/pilotlight.toml:2: key.file = \"~/k\" starts with ~, which is not expanded; use …"},
        {"[tls]\nca_file = \"nowhere.pem\"",
         "/d/pilotlight.toml:2: tls.ca_file = \"/d/nowhere.pem\" can't be read; name a PEM file or "
         "…"},
        {"[smtp]\nehlo_name = \"localhost\"",
         "/d/pilotlight.toml:2: smtp.ehlo_name = \"localhost\" is not a full host name; use a full "
         "…"},
        {"[smtp]\nehlo_name = \"192.0.2.1\"",
         "/d/pilotlight.toml:2: smtp.ehlo_name = \"192.0.2.1\" is an address without its brackets; "
         "use …"},
        {"[smtp]\nehlo_name = \"a.example.com\\r\\nX\"",
         "/d/pilotlight.toml:2: smtp.ehlo_name = \"a.example.com\\u000D\\u000AX\" has a control "
         "character; …"},
        {"[provider.zoho]\nsmtp_port = 70000",
         "/d/pilotlight.toml:2: provider.zoho.smtp_port = 70000 is out of range; use a port from 1 "
         "to …"},
        {"[provider.zoho]\nimap_host = \"a b\"",
         "/d/pilotlight.toml:2: provider.zoho.imap_host = \"a b\" is not a host name; use a host "
         "name …"},
        {"[unsubscribe]\nurl = \"http://x.example.com/u\"",
         "/d/pilotlight.toml:2: unsubscribe.url = \"http://x.example.com/u\" is not https; use an …"
        },
        {"[unsubscribe]\nlisten = \"8026\"",
         "/d/pilotlight.toml:2: unsubscribe.listen = \"8026\" is not HOST:PORT; use …"},
        {"[api]\nlisten = \"8080\"",
         "/d/pilotlight.toml:2: api.listen = \"8080\" is not HOST:PORT; use …"},
        {"[dns]\nserver = \"9.9.9.9\"",
         "/d/pilotlight.toml:2: dns.server = \"9.9.9.9\" is not HOST:PORT; use ADDRESS:PORT …"},
        {"[warmup]\nreply_rate = 2020-01-01",
         "/d/pilotlight.toml:2: warmup.reply_rate = a date or time is a date or time; use a number "
         "from 0 …"},
        {"warmup = 5", "/d/pilotlight.toml:1: warmup is not a key; did you mean …"},
        {"[alerts]\nurl = \"x\"", "/d/pilotlight.toml:2: alerts.url is not a key; did you mean …"},
        {"[warmup]\nrescue = true\nrescue = false", "/d/pilotlight.toml:3:10: …"},
        {"[warmup\n", "/d/pilotlight.toml:1:8: …"},
    };
    for (const Refused& refused : cases) {
        const std::string found = problems_of(refused.toml);
        std::string expected = refused.line;
        if (expected.ends_with("…")) {
            expected.resize(expected.size() - std::string_view("…").size());
            EXPECT_THAT(found, testing::StartsWith(expected));
            EXPECT_GT(found.size(), expected.size());
        } else {
            EXPECT_EQ(found, expected);
        }
        EXPECT_EQ(found.find('\n'), std::string::npos) << found;
    }
}

TEST(Load, AnUnsubscribeUrlTooLongForAHeaderIsRefused) {
    const std::string url = "https://x.example.com/" + std::string(300, 'u');
    EXPECT_THAT(problems_of("[unsubscribe]\nurl = \"" + url + "\""), HasSubstr("longer than"));
}

TEST(Load, AllProblemsAreFoundAtOnce) {
    const std::string found = problems_of(
        "[warmup]\nreply_rate = 2\nbogus = 1\n[sending]\nstart_hour = 25\n",
        {{"TARGET_TIMEZONE", "Mars/Base"}, {"ZOHO_SMTP_PORT", "abc"}}
    );
    const std::vector<std::string> lines = base::split(found, '\n');
    ASSERT_EQ(lines.size(), 5u) << found;
    EXPECT_THAT(lines[0], HasSubstr(":2: warmup.reply_rate = 2 "));
    EXPECT_THAT(lines[1], HasSubstr(":3: warmup.bogus "));
    EXPECT_THAT(lines[2], HasSubstr(":5: sending.start_hour = 25 "));
    EXPECT_THAT(
        lines[3], HasSubstr("environment TARGET_TIMEZONE: sending.timezone = \"Mars/Base\" ")
    );
    EXPECT_THAT(
        lines[4], HasSubstr("environment ZOHO_SMTP_PORT: provider.zoho.smtp_port = \"abc\" ")
    );
}

TEST(Load, EnvironmentWinsOverTheFile) {
    const auto loaded = load_text(
        "[llm.warmup]\nmodel = \"file\"\n[sending]\ntimezone = \"Europe/Berlin\"\nstart_hour = 8\n"
        "[provider.outlook]\nimap_host = \"file.example.com\"\n",
        "/d/pilotlight.toml",
        {{"GROQ_MODEL", "env-model"},
         {"TARGET_TIMEZONE", "America/New_York"},
         {"SENDING_START_HOUR", "10"},
         {"SENDING_END_HOUR", "24"},
         {"OUTLOOK_IMAP_HOST", "env.example.com"},
         {"OUTLOOK_IMAP_PORT", "1993"},
         {"ZOHO_IMAP_HOST", ""},
         {"PILOTLIGHT_STORE_URL", "postgres://u@h/db"},
         {"PRIMARY_SENDER_MODE", "warmup"}}
    );
    ASSERT_TRUE(loaded) << loaded.error().message;
    EXPECT_EQ(loaded->llm_warmup.model, "env-model");
    EXPECT_EQ(loaded->sending.timezone.name(), "America/New_York");
    EXPECT_EQ(loaded->sending.start_hour, 10);
    EXPECT_EQ(loaded->sending.end_hour, 24);
    EXPECT_EQ(loaded->provider.outlook.imap_host, "env.example.com");
    EXPECT_EQ(loaded->provider.outlook.imap_port, 1993);
    EXPECT_EQ(loaded->provider.zoho.imap_host, "");
    EXPECT_EQ(loaded->store.url, "postgresql://u@h/db");
    EXPECT_EQ(loaded->sending.primary_sender_mode, "warmup");
    EXPECT_EQ(loaded->llm_campaign.model, "");  // GROQ_MODEL is not for Ollama
}

TEST(Load, LlmProviderMovesTheCampaignAndNeverWarmup) {
    struct Case {
        const char* provider;
        const char* base_url;
        const char* model;
        const char* key_env;
    };
    const Case cases[] = {
        {"", "http://gpu.example.com:11434/v1", "llama", ""},
        {"ollama", "http://gpu.example.com:11434/v1", "llama", ""},
        {"Groq", "https://api.groq.com/openai/v1", "gm", "GROQ_API_KEY"},
        {"openai", "https://api.openai.com/v1", "", "OPENAI_API_KEY"},
    };
    for (const Case& one : cases) {
        const auto loaded = load_text(
            "",
            "/d/pilotlight.toml",
            {{"LLM_PROVIDER", one.provider},
             {"OLLAMA_API_BASE", "http://gpu.example.com:11434/"},
             {"OLLAMA_MODEL", "llama"},
             {"GROQ_MODEL", "gm"},
             {"GROQ_API_KEY", "gsk_planted_groq"},
             {"OPENAI_API_KEY", "sk-planted_openai"}}
        );
        ASSERT_TRUE(loaded) << loaded.error().message;
        EXPECT_EQ(loaded->llm_campaign.base_url, one.base_url) << one.provider;
        EXPECT_EQ(loaded->llm_campaign.model, one.model) << one.provider;
        EXPECT_EQ(loaded->llm_campaign.api_key_env, one.key_env) << one.provider;
        EXPECT_EQ(loaded->llm_campaign.api_key.empty(), one.key_env[0] == '\0') << one.provider;
        EXPECT_EQ(loaded->llm_warmup.base_url, kGroqBaseUrl);
        EXPECT_EQ(loaded->llm_warmup.model, "gm");
        EXPECT_EQ(loaded->llm_warmup.api_key.reveal(), "gsk_planted_groq");
    }
}

TEST(Load, OllamaAddressIsTakenWithAndWithoutV1) {
    for (const char* address :
         {"http://h.example.com:1",
          "http://h.example.com:1/",
          "http://h.example.com:1/v1",
          "http://h.example.com:1/v1/"}) {
        const auto loaded = load_text("", "/d/p.toml", {{"OLLAMA_API_BASE", address}});
        ASSERT_TRUE(loaded);
        EXPECT_EQ(loaded->llm_campaign.base_url, "http://h.example.com:1/v1") << address;
    }
}

TEST(Load, SecretsAreMaskedInTheLogAndNamedVariablesAreRead) {
    std::vector<std::string> lines;
    base::log::Sink before =
        base::log::set_sink([&](const base::log::Line& line) { lines.push_back(line.text); });
    base::log::mask("planted");  // the start of the others: must not leave their ends in clear
    const auto loaded = load_text(
        "[llm.warmup]\napi_key_env = \"MY_KEY\"\n[store]\nurl = "
        "\"postgresql://u:planted_pw@h/db\"\n",
        "/d/pilotlight.toml",
        {{"MY_KEY", " planted_api_key\n"}, {"PILOTLIGHT_KEY", "planted_store_key"}}
    );
    ASSERT_TRUE(loaded) << loaded.error().message;
    EXPECT_EQ(loaded->llm_warmup.api_key.reveal(), "planted_api_key");
    EXPECT_EQ(loaded->key.value.reveal(), "planted_store_key");
    base::log::warn("test", "planted_api_key planted_store_key {}", loaded->store.url);
    base::log::set_sink(std::move(before));
    ASSERT_EQ(lines.size(), 1u);
    EXPECT_EQ(lines[0], "*** *** postgresql://u:***@h/db");
}

TEST(Load, AKeyInTheFileIsRefusedWithoutRepeatingIt) {
    const std::string by_name = problems_of("[llm.warmup]\napi_key_env = \"gsk_plantedplanted\"\n");
    EXPECT_THAT(by_name, HasSubstr("llm.warmup.api_key_env = \"***\" is a key itself"));
    EXPECT_THAT(by_name, Not(HasSubstr("planted")));
    const std::string unknown = problems_of("[llm.warmup]\napi_key = \"gsk_plantedplanted\"\n");
    EXPECT_THAT(unknown, HasSubstr("did you mean llm.warmup.api_key_env?"));
    EXPECT_THAT(unknown, Not(HasSubstr("planted")));
}

TEST(Load, NotesTellWhatIsNotUsedOrNotSafe) {
    const auto loaded = load_text(
        "[llm.warmup]\nbase_url = \"http://proxy.example.com/v1\"\n",
        "/d/pilotlight.toml",
        {{"DATABASE_URL", "mongodb://user:planted@h/db"}}
    );
    ASSERT_TRUE(loaded);
    ASSERT_EQ(loaded->notes.size(), 2u);
    EXPECT_THAT(loaded->notes[0], HasSubstr("pilotlight import mongo"));
    EXPECT_THAT(loaded->notes[0], Not(HasSubstr("planted")));
    EXPECT_THAT(loaded->notes[1], HasSubstr("llm.warmup.base_url"));
}

TEST(EnvironmentOfProcess, HoldsWhatTheProcessGot) {
    ASSERT_EQ(setenv("PILOTLIGHT_CONFIG_TEST", "a=b", 1), 0);
    EXPECT_EQ(environment_of_process()["PILOTLIGHT_CONFIG_TEST"], "a=b");
}

}  // namespace
}  // namespace config
