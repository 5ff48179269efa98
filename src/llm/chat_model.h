// A chat model as its users see it: one question, one checked JSON answer.
//
// Life cycle: made by make_warmup_model or make_campaign_model, one for each side; many questions
// may be open at once. The answer fits the question's schema, but its texts are a model's: check
// length, links and placeholders before use. A question holds no secrets and offers no tools.
#pragma once
#include <string>

#include "base/result.h"
#include "base/task.h"

namespace llm {

struct Question {
    std::string system;
    std::string user;
    std::string schema_name;  // "warmup_templates": letters, digits, '_' and '-'
    std::string schema;     // JSON schema text, all properties required, additionalProperties false
    int tokens_max = 2000;  // completion tokens, reasoning included
    double temperature = 0.9;
};

struct Answer {
    std::string json;  // a JSON object that fits the schema (llm/schema_check.h says how far)
    std::string model;
    int tokens_in = 0;
    int tokens_out = 0;
};

class ChatModel {
  public:
    virtual ~ChatModel() = default;
    // Errors: unsupported (not configured), unauthenticated, unavailable (429, 5xx, budget used up,
    // with the reason), timed_out, network, tls, protocol (nonsense, cut JSON, refusal text),
    // limit_exceeded (413), refused (400, 422: the request itself), not_found (no model of the
    // chain, or no API, is there), permission (a private address that is not the owner's).
    // StoreError where the store is lost.
    virtual base::Task<base::Result<Answer>> ask(Question question) = 0;
    virtual bool configured() const = 0;       // has a key, or needs none
    virtual std::string provider() const = 0;  // "groq"
    virtual std::string base_url() const = 0;
};

}  // namespace llm
