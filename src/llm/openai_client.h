// One chat-completion request over HTTP; retries, models and budgets are the chain's
// (model_chain.h).
//
// Life cycle: made with the chain, which outlives every request. Limits: 1 MiB of answer, the
// timeout of each call. Errors stand in the Attempt, with stage "llm.<provider>".
#pragma once
#include <string>

#include "base/clock.h"
#include "config/settings.h"
#include "llm/chat_format.h"
#include "net/http_client.h"

namespace llm {

class OpenAiClient {
  public:
    struct Options {
        std::string provider;  // "groq", "ollama", "openai"
        std::string base_url;  // without a slash at its end
        config::Secret api_key;
        // Only for an address that the owner configured (a proxy, Ollama, a test).
        bool allow_private_addresses = false;
    };

    OpenAiClient(Options options, net::HttpClient& http, base::Clock& clock);

    const Options& options() const { return options_; }
    base::Task<Attempt> ask_once(
        const Question& question, std::string model, base::Duration timeout
    );

  private:
    net::HttpRequest request(
        const Question& question, const std::string& model, base::Duration timeout
    ) const;

    Options options_;
    net::HttpClient& http_;
    base::Clock& clock_;
};

}  // namespace llm
