// Chat completions as OpenAI-compatible providers speak them: the request's body and the answer's
// reading, without I/O.
//
// https://console.groq.com/docs/api-reference#chat,
// https://platform.openai.com/docs/api-reference/chat Strict `json_schema` is asked for where the
// model has it; elsewhere `json_object` with the schema in the system text, and our own check
// decides. Their words in errors never contain the API key.
#pragma once
#include <string>
#include <string_view>

#include "llm/chat_model.h"
#include "llm/rate_limits.h"
#include "net/http_client.h"

namespace llm {

// What a model's API understands.
struct Dialect {
    enum class Format { strict_schema, schema, json_object };
    Format format = Format::json_object;
    bool reasoning = false;             // reasoning_effort, include_reasoning
    bool temperature = true;            // takes another value than its default
    bool max_completion_tokens = true;  // else max_tokens
};
Dialect dialect_of(std::string_view provider, std::string_view model);

// Where the system text of a json_object request quotes the schema; the schema is all that follows.
inline constexpr std::string_view kSchemaLine =
    "Answer with one JSON object that fits this JSON schema, and with nothing else:\n";

// The JSON body of POST {base_url}/chat/completions. The question's schema must be a JSON object
// (CHECK).
std::string request_body(
    const Question& question, const std::string& provider, const std::string& model
);

// One answered or failed request.
struct Attempt {
    base::Result<Answer> result;
    RateLimits limits;
    bool model_gone = false;    // this model is not (or no longer) there, or not for us
    bool bad_answer = false;    // a 200 whose content is of no use
    bool key_in_doubt = false;  // 401, 403
    int tokens_in = 0;          // counted where the provider told them, also for a bad answer
    int tokens_out = 0;
};

// Reads an HTTP answer. `stage` begins the errors ("llm.groq"), `secret` is masked in their words.
Attempt read_response(
    const net::HttpResponse& response,
    const Question& question,
    const std::string& model,
    const std::string& stage,
    const std::string& secret,
    base::Timestamp now
);

// The JSON in a content: without a leading <think>…</think> and without code fences.
std::string_view bare_json(std::string_view content);

}  // namespace llm
