// A chat model as its users see it: one question, one checked JSON answer.
#pragma once
#include <string>

#include "base/result.h"
#include "base/task.h"

namespace llm {

struct Question {
    std::string system;
    std::string user;
    std::string schema_name;  // "warmup_templates"
    std::string schema;       // JSON schema text, all properties required, additionalProperties false
    int tokens_max = 2000;    // completion tokens, reasoning included
    double temperature = 0.9;
};

struct Answer {
    std::string json;  // a JSON object that fits the schema's top level (checked)
    std::string model;
    int tokens_in = 0;
    int tokens_out = 0;
};

class ChatModel {
  public:
    virtual ~ChatModel() = default;
    // Errors: unsupported (not configured), unauthenticated, unavailable (429, 5xx, budget used up, with
    // the reason), timed_out, network, protocol (nonsense, cut JSON, refusal text), limit_exceeded (413).
    virtual base::Task<base::Result<Answer>> ask(Question question) = 0;
    virtual bool configured() const = 0;       // has a key
    virtual std::string provider() const = 0;  // "groq"
    virtual std::string base_url() const = 0;
};

}  // namespace llm
