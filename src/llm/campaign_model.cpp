#include "llm/campaign_model.h"

#include "config/url.h"
#include "llm/model_chain.h"

namespace llm {

namespace {

// The public addresses of providers need no way into private networks.
bool is_public_provider(const std::string& base_url) {
    const auto url = config::parse_http_url(base_url);
    return url && (url->host == "api.groq.com" || url->host == "api.openai.com");
}

}  // namespace

std::unique_ptr<ChatModel> make_campaign_model(
    const config::Settings& settings,
    net::HttpClient& http,
    base::Clock& clock,
    base::Random& random,
    store::Database* database
) {
    const config::LlmCampaignSettings& campaign = settings.llm_campaign;
    ModelChain::Options options;
    options.client = {
        campaign.provider,
        campaign.base_url,
        campaign.api_key,
        !is_public_provider(campaign.base_url)
    };
    options.models.push_back(campaign.model);
    if (campaign.provider == "groq") options.models.emplace_back("openai/gpt-oss-120b");
    options.section = "llm.campaign";
    options.api_key_env = campaign.api_key_env;
    options.budget = {"campaign", store::Role::campaign, campaign.requests_per_day};
    if (shares_organisation(settings)) options.reserve = Reserve{};
    return std::make_unique<ModelChain>(std::move(options), http, clock, random, database);
}

}  // namespace llm
