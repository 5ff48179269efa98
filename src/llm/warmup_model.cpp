#include "llm/warmup_model.h"

#include "config/url.h"
#include "llm/model_chain.h"

namespace llm {

std::unique_ptr<ChatModel> make_warmup_model(
    const config::Settings& settings,
    net::HttpClient& http,
    base::Clock& clock,
    base::Random& random,
    store::Database* database
) {
    const config::LlmWarmupSettings& warmup = settings.llm_warmup;
    ModelChain::Options options;
    options.client = {"groq", warmup.base_url, warmup.api_key, !is_groq_url(warmup.base_url)};
    options.models.push_back(warmup.model);
    options.models.insert(
        options.models.end(), warmup.fallback_models.begin(), warmup.fallback_models.end()
    );
    options.section = "llm.warmup";
    // Groq has no access without a key, so that an empty name does not mean "none is needed".
    options.api_key_env = warmup.api_key_env.empty() ? "GROQ_API_KEY" : warmup.api_key_env;
    options.budget = {"warmup", store::Role::warmup, warmup.requests_per_day};
    return std::make_unique<ModelChain>(std::move(options), http, clock, random, database);
}

bool is_groq_url(std::string_view url) {
    const auto parsed = config::parse_http_url(url);
    return parsed && parsed->scheme == "https" && parsed->host == "api.groq.com" &&
           parsed->port == 443;
}

}  // namespace llm
