// A chat model made of several: each is asked in turn until one gives a fitting answer.
//
// Life cycle: holds references to the loop's HTTP client, clock, random and store, and must outlive
// every question that is open. What happens after a failure is decided in failure.h; a model that
// is gone is skipped for the rest of the process, with one warning. Limits: 60 s a request, 2
// minutes a question, the day's budget (budget.h). Errors: see chat_model.h; after the last model
// its error is given, preferring one that tells more than "blocked".
#pragma once
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/random.h"
#include "llm/budget.h"
#include "llm/failure.h"
#include "llm/openai_client.h"
#include "llm/reserve.h"

namespace llm {

class ModelChain : public ChatModel {
  public:
    struct Options {
        OpenAiClient::Options client;
        std::vector<std::string> models;  // in order; empty and repeated names are dropped
        std::string section;              // "llm.warmup", for error lines
        std::string api_key_env;          // the variable that holds the key; empty: none is needed
        Budget::Options budget;
        base::Duration request_timeout = std::chrono::seconds(60);
        base::Duration question_timeout = std::chrono::seconds(120);
        std::optional<Reserve> reserve = std::nullopt;  // what this chain leaves to another side
    };
    ModelChain(
        Options options,
        net::HttpClient& http,
        base::Clock& clock,
        base::Random& random,
        store::Database* database
    );

    base::Task<base::Result<Answer>> ask(Question question) override;
    bool configured() const override;
    std::string provider() const override { return options_.client.provider; }
    std::string base_url() const override { return options_.client.base_url; }
    const std::vector<std::string>& models() const { return options_.models; }

  private:
    // How one model's turn ended.
    struct Turn {
        base::Result<Answer> result;
        bool stop = false;     // no other model would do better
        bool skipped = false;  // it was not asked at all
    };
    base::Task<Turn> ask_model(
        const Question& question, std::string model, base::MonotonicTime deadline
    );
    base::Task<base::Result<>> permit(std::string model, base::MonotonicTime deadline);
    base::Error not_configured() const;
    base::Error nothing_left() const;
    base::Error best_error(
        const std::optional<base::Error>& asked, const std::optional<base::Error>& skipped
    ) const;
    base::Error refused_permit(const std::string& model, const Permit& permit) const;
    void tell_gone(const std::string& model, const base::Error& error);
    void name_the_key(base::Error& error) const;
    std::string stage() const { return "llm." + options_.client.provider; }

    Options options_;
    base::Clock& clock_;
    base::Random& random_;
    OpenAiClient client_;
    Budget budget_;
    std::set<std::string> gone_;
};

}  // namespace llm
