// Campaigns' chat model: ollama, groq or openai, as LLM_PROVIDER or [llm.campaign] provider says.
#pragma once
#include <memory>

#include "base/clock.h"
#include "base/random.h"
#include "config/settings.h"
#include "llm/chat_model.h"
#include "net/http_client.h"
#include "store/database.h"

namespace llm {

// From [llm.campaign] alone; all three speak the OpenAI-compatible interface. Without a model groq
// takes openai/gpt-oss-120b; the others are then not configured. Counts in llm_usage as "campaign"
// with the campaign role. Where warmup asks the same Groq organisation, a part of its limits is
// left to warmup (reserve.h). The references must outlive the model.
std::unique_ptr<ChatModel> make_campaign_model(
    const config::Settings& settings,
    net::HttpClient& http,
    base::Clock& clock,
    base::Random& random,
    store::Database* database
);

}  // namespace llm
