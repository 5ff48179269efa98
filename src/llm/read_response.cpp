#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>

#include "base/text.h"
#include "llm/chat_format.h"
#include "llm/schema_check.h"

namespace llm {

namespace {

namespace json = boost::json;
using base::ErrorCode;

constexpr std::size_t kWordsBytesMax = 400;

// The member as an object, text or number; an empty one where it is absent or of another type.
const json::object& object_in(const json::object& parent, const char* name) {
    static const json::object kNone;
    const json::value* member = parent.if_contains(name);
    return member != nullptr && member->is_object() ? member->get_object() : kNone;
}
std::string_view text_in(const json::object& parent, const char* name) {
    const json::value* member = parent.if_contains(name);
    return member != nullptr && member->is_string() ? std::string_view(member->get_string())
                                                    : std::string_view();
}
int count_in(const json::object& parent, const char* name) {
    const json::value* member = parent.if_contains(name);
    if (member == nullptr || !member->is_int64()) return 0;
    return static_cast<int>(std::clamp<std::int64_t>(member->get_int64(), 0, 100'000'000));
}

struct Words {
    std::string code;
    std::string message;
    bool json = false;
};

// {"error":{"message","type","code"}}, or Ollama's {"error":"message"}.
Words words_of(std::string_view body) {
    Words words;
    json::error_code error;
    const json::value parsed = json::parse(body, error);
    if (error || !parsed.is_object()) {
        words.message = body;
        return words;
    }
    words.json = true;
    const json::object& described = object_in(parsed.get_object(), "error");
    words.message =
        described.empty() ? text_in(parsed.get_object(), "error") : text_in(described, "message");
    words.code = text_in(described, "code");
    if (words.code.empty()) words.code = text_in(described, "type");
    return words;
}

bool names_absent_model(const Words& words) {
    static constexpr std::string_view kCodes[] = {
        "model_not_found",
        "model_decommissioned",
        "model_not_active",
        "model_permission_blocked_org",
        "model_permission_blocked_project",
        "model_terms_required",
    };
    return std::ranges::find(kCodes, words.code) != std::end(kCodes);
}

struct Meaning {
    ErrorCode code;
    const char* message;
};

// What a status that is no success means to us; the words follow apart.
Meaning meaning_of(int status, const Words& words) {
    if (status == 413 || words.code == "context_length_exceeded")
        return {ErrorCode::limit_exceeded, "the question is too long for the model"};
    if (status == 401 || status == 403)
        return {ErrorCode::unauthenticated, "the API key was refused"};
    if (status == 404)
        return {ErrorCode::not_found, "there is no chat API at this address; check base_url"};
    if (words.code == "json_validate_failed")
        return {ErrorCode::protocol, "the model's answer did not fit the schema"};
    if (status == 429) return {ErrorCode::unavailable, "the rate limit is reached"};
    if (status == 498) return {ErrorCode::unavailable, "the provider has no capacity"};
    if (status == 408) return {ErrorCode::timed_out, "the provider gave up waiting"};
    if (status >= 500) return {ErrorCode::unavailable, "the provider has a failure"};
    if (status >= 400) return {ErrorCode::refused, "the request was refused"};
    return {ErrorCode::protocol, "the status is none of a chat API; check base_url"};
}

struct Reading {
    const net::HttpResponse& response;
    const Question& question;
    const std::string& model;
    const std::string& stage;
    const std::string& secret;
    Attempt attempt{base::Result<Answer>(Answer{}), {}};

    void fail(ErrorCode code, const std::string& message, std::string_view words = {}) {
        std::string safe(words);
        // Some providers repeat the key in their refusal. Masked before it is cut, or a part could
        // stay.
        if (!secret.empty()) safe = base::replace_all(std::move(safe), secret, "***");
        if (safe.size() > kWordsBytesMax) safe.resize(kWordsBytesMax);
        attempt.result =
            std::unexpected(base::Error{code, stage, message, std::move(safe), response.status, {}}
            );
    }
    void fail_answer(const std::string& message, std::string_view words = {}) {
        attempt.bad_answer = true;
        fail(ErrorCode::protocol, fmt::format("{}: {}", model, message), words);
    }
    void read_failure();
    void read_answer();
    void read_choice(const json::object& choice);
    void read_content(std::string_view content);
};

void Reading::read_failure() {
    const Words words = words_of(response.body);
    const Meaning meaning = meaning_of(response.status, words);
    // A 404 that says nothing in JSON, or speaks of the URL, is a wrong base_url, not a retired
    // model.
    attempt.model_gone = names_absent_model(words) ||
                         (response.status == 404 && words.json && words.code != "unknown_url" &&
                          base::to_lower(words.message).find("model") != std::string::npos);
    attempt.key_in_doubt = meaning.code == ErrorCode::unauthenticated && !attempt.model_gone;
    if (attempt.model_gone)
        fail(
            ErrorCode::not_found,
            fmt::format("the model {} is not available (HTTP {})", model, response.status),
            words.message
        );
    else
        fail(
            meaning.code,
            fmt::format("{}: {} (HTTP {})", model, meaning.message, response.status),
            words.message
        );
    if (meaning.code == ErrorCode::protocol) attempt.bad_answer = true;
}

void Reading::read_answer() {
    json::error_code error;
    const json::value parsed = json::parse(response.body, error);
    if (error || !parsed.is_object())
        return fail_answer("the answer is not JSON, or was cut", response.body);
    const json::object& body = parsed.get_object();
    const json::object& usage = object_in(body, "usage");
    attempt.tokens_in = count_in(usage, "prompt_tokens");
    attempt.tokens_out = count_in(usage, "completion_tokens");
    if (body.contains("error"))
        return fail_answer("the answer is an error", words_of(response.body).message);
    const json::value* choices = body.if_contains("choices");
    if (choices == nullptr || !choices->is_array() || choices->get_array().empty() ||
        !choices->get_array()[0].is_object())
        return fail_answer("the answer has no choice in it");
    read_choice(choices->get_array()[0].get_object());
}

void Reading::read_choice(const json::object& choice) {
    const json::object& message = object_in(choice, "message");
    const std::string_view reason = text_in(choice, "finish_reason");
    const std::string_view refusal = text_in(message, "refusal");
    if (!refusal.empty()) return fail_answer("the model refused", refusal);
    if (reason == "content_filter") return fail_answer("the provider's filter withheld the answer");
    if (reason == "length")
        return fail_answer(fmt::format("the answer was cut at {} tokens", question.tokens_max));
    const std::string_view content = base::trim(text_in(message, "content"));
    if (content.empty()) return fail_answer("the answer is empty");
    read_content(content);
}

void Reading::read_content(std::string_view content) {
    json::error_code error;
    const json::value value = json::parse(bare_json(content), error);
    if (error) return fail_answer("the model answered with something else than JSON", content);
    std::string canonical = json::serialize(value);
    if (const auto misfit = schema_misfit(canonical, question.schema))
        return fail_answer("the answer does not fit the schema: " + *misfit);
    attempt.result = Answer{std::move(canonical), model, attempt.tokens_in, attempt.tokens_out};
}

}  // namespace

std::string_view bare_json(std::string_view content) {
    content = base::trim(content);
    constexpr std::string_view kThinking = "<think>";
    constexpr std::string_view kThought = "</think>";
    if (content.starts_with(kThinking)) {
        const std::size_t end = content.find(kThought);
        if (end != std::string_view::npos)
            content = base::trim(content.substr(end + kThought.size()));
    }
    if (!content.starts_with("```")) return content;
    content.remove_prefix(std::min(content.find('\n'), content.size()));
    content = base::trim(content);
    if (content.ends_with("```")) content.remove_suffix(3);
    return base::trim(content);
}

Attempt read_response(
    const net::HttpResponse& response,
    const Question& question,
    const std::string& model,
    const std::string& stage,
    const std::string& secret,
    base::Timestamp now
) {
    Reading reading{response, question, model, stage, secret};
    reading.attempt.limits = read_rate_limits(response, now);
    if (response.status == 200)
        reading.read_answer();
    else
        reading.read_failure();
    return std::move(reading.attempt);
}

}  // namespace llm
