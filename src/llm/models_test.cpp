#include "config/load.h"
#include "llm/campaign_model.h"
#include "llm/model_chain.h"
#include "llm/warmup_model.h"
#include "tests/llm/scripted_http.h"
#include "tests/support/manual_loop.h"

namespace llm {
namespace {

using testing::ElementsAre;

struct Models : testing::Test {
    support::ManualLoop loop;
    support::ScriptedHttp http{loop.clock()};
    base::SeededRandom random{1};

    static config::Settings settings(
        const config::Environment& environment, const std::string& toml = ""
    ) {
        const auto loaded = config::load_text(toml, "/d/pilotlight.toml", environment);
        EXPECT_TRUE(loaded) << loaded.error().message;
        return *loaded;
    }
    std::unique_ptr<ChatModel> warmup(const config::Settings& with) {
        return make_warmup_model(with, http, loop.clock(), random, nullptr);
    }
    std::unique_ptr<ChatModel> campaign(const config::Settings& with) {
        return make_campaign_model(with, http, loop.clock(), random, nullptr);
    }
    static const std::vector<std::string>& names(const ChatModel& model) {
        return dynamic_cast<const ModelChain&>(model).models();
    }
    const net::HttpRequest& first_request(ChatModel& model) {
        http.answer(413, "");
        const Question question{"s", "u", "n", R"({"type":"object"})"};
        base::run_to_end(loop, model.ask(question));
        return http.requests().back();
    }
};

TEST_F(Models, WarmupIsGroqWhateverLlmProviderSays) {
    for (const char* provider : {"", "ollama", "groq", "openai"}) {
        const auto with = settings(
            {{"LLM_PROVIDER", provider},
             {"GROQ_API_KEY", "gsk_one"},
             {"OPENAI_API_KEY", "sk-two"},
             {"OLLAMA_API_BASE", "http://127.0.0.1:11434"},
             {"OLLAMA_MODEL", "q"}}
        );
        const auto model = warmup(with);
        EXPECT_EQ(model->provider(), "groq") << provider;
        EXPECT_EQ(model->base_url(), "https://api.groq.com/openai/v1") << provider;
        EXPECT_TRUE(model->configured()) << provider;
        EXPECT_THAT(names(*model), ElementsAre("openai/gpt-oss-120b", "openai/gpt-oss-20b"))
            << provider;
        const net::HttpRequest& request = first_request(*model);
        EXPECT_EQ(request.url, "https://api.groq.com/openai/v1/chat/completions");
        EXPECT_FALSE(request.allow_private_addresses);
    }
}

TEST_F(Models, WarmupIsMadeWithoutAKey) {
    const auto model = warmup(settings({}));
    EXPECT_FALSE(model->configured());
    EXPECT_EQ(model->provider(), "groq");
    const auto nameless =
        warmup(settings({{"GROQ_API_KEY", "gsk_one"}}, "[llm.warmup]\napi_key_env = \"\"\n"));
    EXPECT_FALSE(nameless->configured());
}

TEST_F(Models, GroqModelComesFirstAndOnlyOnce) {
    EXPECT_THAT(
        names(*warmup(settings({{"GROQ_MODEL", "llama-3.3-70b-versatile"}}))),
        ElementsAre("llama-3.3-70b-versatile", "openai/gpt-oss-120b", "openai/gpt-oss-20b")
    );
    EXPECT_THAT(
        names(*warmup(settings({{"GROQ_MODEL", "openai/gpt-oss-20b"}}))),
        ElementsAre("openai/gpt-oss-20b", "openai/gpt-oss-120b")
    );
}

TEST_F(Models, TheOwnersOwnAddressMayBePrivate) {
    const auto model = warmup(settings(
        {{"GROQ_API_KEY", "gsk_one"}},
        "[llm.warmup]\nbase_url = \"http://127.0.0.1:8080/openai/v1/\"\n"
    ));
    EXPECT_EQ(model->provider(), "groq");
    const net::HttpRequest& request = first_request(*model);
    EXPECT_EQ(request.url, "http://127.0.0.1:8080/openai/v1/chat/completions");
    EXPECT_TRUE(request.allow_private_addresses);
}

TEST_F(Models, CampaignFollowsLlmProvider) {
    const config::Environment keys = {{"GROQ_API_KEY", "gsk_one"}, {"OLLAMA_MODEL", "q"}};
    auto environment = keys;
    const auto ollama = campaign(settings(environment));
    EXPECT_EQ(ollama->provider(), "ollama");
    EXPECT_TRUE(ollama->configured());  // needs no key
    const net::HttpRequest& request = first_request(*ollama);
    EXPECT_EQ(request.url, "http://localhost:11434/v1/chat/completions");
    EXPECT_TRUE(request.allow_private_addresses);
    for (const auto& [name, value] : request.headers) EXPECT_NE(name, "Authorization") << value;

    environment["LLM_PROVIDER"] = "groq";
    const auto groq = campaign(settings(environment));
    EXPECT_EQ(groq->provider(), "groq");
    EXPECT_TRUE(groq->configured());
    EXPECT_THAT(names(*groq), ElementsAre("openai/gpt-oss-120b"));
    EXPECT_FALSE(first_request(*groq).allow_private_addresses);

    environment["LLM_PROVIDER"] = "openai";
    EXPECT_FALSE(campaign(settings(environment))->configured());  // neither key nor model
    environment["OPENAI_API_KEY"] = "sk-two";
    EXPECT_TRUE(
        campaign(settings(environment, "[llm.campaign]\nmodel = \"gpt-4o-mini\"\n"))->configured()
    );
}

TEST(IsGroqUrl, OnlyGroqsOwnHostOverHttps) {
    for (const char* url :
         {"https://api.groq.com/openai/v1",
          "https://API.GROQ.COM/openai/v1/",
          "https://api.groq.com:443"})
        EXPECT_TRUE(is_groq_url(url)) << url;
    for (const char* url :
         {"",
          "http://api.groq.com/openai/v1",
          "https://api.groq.com:8443/",
          "https://api.groq.com.example.com/",
          "https://example.com/api.groq.com",
          "https://api.groq.com@example.com/",
          "http://127.0.0.1:9/v1",
          "https://xapi.groq.com/"})
        EXPECT_FALSE(is_groq_url(url)) << url;
}

}  // namespace
}  // namespace llm
