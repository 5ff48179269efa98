// Warmup's chat model: Groq, explicitly.
#pragma once
#include <memory>
#include <string_view>

#include "base/clock.h"
#include "base/random.h"
#include "config/settings.h"
#include "llm/chat_model.h"
#include "net/http_client.h"
#include "store/database.h"

namespace llm {

// From [llm.warmup] alone: provider() is "groq" whatever LLM_PROVIDER or [llm.campaign] say. Made
// without a key too: then configured() is false and ask() answers `unsupported`. The chain is the
// configured model, then the fallbacks. Counts in llm_usage as "warmup" with the warmup role;
// `database` may be null where nothing is to be counted across restarts. The references must
// outlive the model.
std::unique_ptr<ChatModel> make_warmup_model(
    const config::Settings& settings,
    net::HttpClient& http,
    base::Clock& clock,
    base::Random& random,
    store::Database* database
);

// True for https://api.groq.com, whatever the path; false for proxies and tests.
bool is_groq_url(std::string_view url);

}  // namespace llm
