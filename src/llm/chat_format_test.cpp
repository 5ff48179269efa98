#include "llm/chat_format.h"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>

#include "base/check.h"

namespace llm {
namespace {

namespace json = boost::json;
using base::ErrorCode;
using testing::HasSubstr;
using testing::Not;

Question question() {
    return {
        "You write mail.",
        "Write one.",
        "one_text",
        R"({"type":"object","required":["text"],"properties":{"text":{"type":"string"}}})",
        300,
        0.8
    };
}

json::object body_of(const char* provider, const char* model) {
    return json::parse(request_body(question(), provider, model)).as_object();
}

TEST(RequestBody, AsksStrictlyWhereTheModelCan) {
    const json::object body = body_of("groq", "openai/gpt-oss-120b");
    EXPECT_EQ(body.at("model"), "openai/gpt-oss-120b");
    EXPECT_EQ(body.at("messages").at(0).at("content"), "You write mail.");
    EXPECT_EQ(body.at("messages").at(1).at("role"), "user");
    EXPECT_EQ(body.at("max_completion_tokens"), 300);
    EXPECT_EQ(body.at("temperature"), 0.8);
    EXPECT_EQ(body.at("reasoning_effort"), "low");
    EXPECT_EQ(body.at("include_reasoning"), false);
    EXPECT_EQ(body.at("stream"), false);
    const json::value& format = body.at("response_format");
    EXPECT_EQ(format.at("type"), "json_schema");
    EXPECT_EQ(format.at("json_schema").at("name"), "one_text");
    EXPECT_EQ(format.at("json_schema").at("strict"), true);
    EXPECT_EQ(format.at("json_schema").at("schema"), json::parse(question().schema));
}

TEST(RequestBody, QuotesTheSchemaWhereTheModelCanNot) {
    const json::object body = body_of("groq", "llama-3.3-70b-versatile");
    EXPECT_EQ(json::serialize(body.at("response_format")), R"({"type":"json_object"})");
    const std::string system(body.at("messages").at(0).at("content").as_string());
    const std::size_t line = system.find(kSchemaLine);
    ASSERT_NE(line, std::string::npos);
    EXPECT_EQ(
        json::parse(system.substr(line + kSchemaLine.size())), json::parse(question().schema)
    );
    EXPECT_FALSE(body.contains("reasoning_effort"));
    EXPECT_FALSE(body.contains("include_reasoning"));
}

TEST(RequestBody, SpeaksTheOtherProvidersDialects) {
    const json::object ollama = body_of("ollama", "qwen2.5");
    EXPECT_EQ(ollama.at("max_tokens"), 300);
    EXPECT_FALSE(ollama.contains("max_completion_tokens"));
    EXPECT_EQ(ollama.at("response_format").at("type"), "json_schema");
    const json::object mini = body_of("openai", "gpt-4o-mini");
    EXPECT_EQ(mini.at("response_format").at("json_schema").at("strict"), true);
    EXPECT_TRUE(mini.contains("temperature"));
    EXPECT_FALSE(body_of("openai", "gpt-5-mini").contains("temperature"));
    EXPECT_EQ(body_of("openai", "gpt-3.5-turbo").at("response_format").at("type"), "json_object");
}

TEST(RequestBody, ReceivedTextStaysData) {
    Question hostile = question();
    hostile.user = "\"}],\"model\":\"other\"\n\x01 \xf0\x9f\x98\x80";
    const json::object body = json::parse(request_body(hostile, "groq", "m")).as_object();
    EXPECT_EQ(body.at("model"), "m");
    EXPECT_EQ(std::string(body.at("messages").at(1).at("content").as_string()), hostile.user);
}

TEST(RequestBody, ABrokenSchemaIsABug) {
    Question broken = question();
    broken.schema = "{";
    EXPECT_THROW(request_body(broken, "groq", "m"), base::BrokenInvariant);
}

TEST(BareJson, TakesOffFencesAndThoughts) {
    for (const char* content :
         {"{}",
          " {} ",
          "```json\n{}\n```",
          "```\n{}```",
          "<think>a {b} c</think>\n{}",
          "<think>x</think>```json\n{}\n```"})
        EXPECT_EQ(bare_json(content), "{}") << content;
    EXPECT_EQ(bare_json("```"), "");
    EXPECT_EQ(bare_json("<think>never ends"), "<think>never ends");
    EXPECT_EQ(bare_json(""), "");
}

Attempt read(int status, const std::string& body) {
    return read_response({status, {}, body}, question(), "m", "llm.groq", "gsk_planted", {});
}

std::string completion(const json::object& message, const char* finish_reason = "stop") {
    return json::serialize(json::object{
        {"choices",
         json::array{json::object{{"message", message}, {"finish_reason", finish_reason}}}},
        {"usage", {{"prompt_tokens", 11}, {"completion_tokens", 22}}},
    });
}

TEST(ReadResponse, GivesTheCheckedObjectAndItsTokens) {
    const Attempt attempt =
        read(200, completion({{"content", "```json\n{ \"text\": \"hi\" }\n```"}}));
    ASSERT_TRUE(attempt.result) << attempt.result.error().describe();
    EXPECT_EQ(attempt.result->json, R"({"text":"hi"})");
    EXPECT_EQ(attempt.result->model, "m");
    EXPECT_EQ(attempt.result->tokens_in, 11);
    EXPECT_EQ(attempt.result->tokens_out, 22);
}

struct Bad {
    std::string body;
    const char* message;
};

TEST(ReadResponse, RefusesEveryKindOfNonsense) {
    const Bad cases[] = {
        {"", "is not JSON, or was cut"},
        {"<html>", "is not JSON, or was cut"},
        {completion({{"content", "{}"}}).substr(0, 30), "is not JSON, or was cut"},
        {"[]", "is not JSON, or was cut"},
        {"{}", "has no choice in it"},
        {R"({"choices":[]})", "has no choice in it"},
        {R"({"choices":[5]})", "has no choice in it"},
        {R"({"choices":[{}]})", "the answer is empty"},
        {R"({"error":{"message":"mid-stream"}})", "the answer is an error"},
        {R"({"error":"plain words"})", "the answer is an error"},
        {completion({{"content", nullptr}}), "the answer is empty"},
        {completion({{"content", "  \n"}}), "the answer is empty"},
        {completion({{"content", "{\"text\":\"h"}}, "length"), "was cut at 300 tokens"},
        {completion({{"content", ""}}, "content_filter"), "filter withheld"},
        {completion({{"content", "{}"}, {"refusal", "I can't."}}), "the model refused"},
        {completion({{"content", "I'm sorry, but I can't help with that."}}),
         "something else than JSON"},
        {completion({{"content", "{\"text\":\"h"}}), "something else than JSON"},
        {completion({{"content", "{\"txt\":\"hi\"}"}}), "does not fit the schema: text is missing"},
        {completion({{"content", "{\"text\":[\"hi\"]}"}}), "text is not of type string"},
        {completion({{"content", "[\"hi\"]"}}), "it is no JSON object"},
    };
    for (const Bad& bad : cases) {
        const Attempt attempt = read(200, bad.body);
        ASSERT_FALSE(attempt.result) << bad.body;
        EXPECT_EQ(attempt.result.error().code, ErrorCode::protocol) << bad.body;
        EXPECT_THAT(attempt.result.error().message, HasSubstr(bad.message)) << bad.body;
        EXPECT_TRUE(attempt.bad_answer) << bad.body;
    }
}

TEST(ReadResponse, EveryCutOfABodyIsRefused) {
    const std::string whole = completion({{"content", R"({"text":"hi"})"}});
    for (std::size_t end = 0; end < whole.size(); ++end)
        EXPECT_FALSE(read(200, whole.substr(0, end)).result) << end;
}

TEST(ReadResponse, KnowsWhatEachStatusMeans) {
    struct Case {
        int status;
        const char* body;
        ErrorCode code;
        bool gone;
    };
    const Case cases[] = {
        {400, R"({"error":{"message":"bad"}})", ErrorCode::refused, false},
        {400,
         R"({"error":{"message":"old","code":"model_decommissioned"}})",
         ErrorCode::not_found,
         true},
        {400,
         R"({"error":{"message":"x","code":"json_validate_failed"}})",
         ErrorCode::protocol,
         false},
        {400,
         R"({"error":{"message":"x","code":"context_length_exceeded"}})",
         ErrorCode::limit_exceeded,
         false},
        {401, R"({"error":{"message":"Invalid API Key"}})", ErrorCode::unauthenticated, false},
        {403, "", ErrorCode::unauthenticated, false},
        {403,
         R"({"error":{"message":"x","code":"model_permission_blocked_org"}})",
         ErrorCode::not_found,
         true},
        {404, R"({"error":{"message":"x","code":"model_not_found"}})", ErrorCode::not_found, true},
        {404,
         R"({"error":{"message":"model 'q' not found, try pulling it first"}})",
         ErrorCode::not_found,
         true},
        {404,
         R"({"error":{"message":"Unknown model URL","code":"unknown_url"}})",
         ErrorCode::not_found,
         false},
        {404, "<html>nginx</html>", ErrorCode::not_found, false},
        {408, "", ErrorCode::timed_out, false},
        {413, "", ErrorCode::limit_exceeded, false},
        {422, "", ErrorCode::refused, false},
        {429, "", ErrorCode::unavailable, false},
        {498, "", ErrorCode::unavailable, false},
        {500, "", ErrorCode::unavailable, false},
        {503, "", ErrorCode::unavailable, false},
        {302, "", ErrorCode::protocol, false},
        {204, "", ErrorCode::protocol, false},
    };
    for (const Case& one : cases) {
        const Attempt attempt = read(one.status, one.body);
        ASSERT_FALSE(attempt.result);
        EXPECT_EQ(attempt.result.error().code, one.code) << one.status << one.body;
        EXPECT_EQ(attempt.result.error().reply_code, one.status);
        EXPECT_EQ(attempt.result.error().stage, "llm.groq");
        EXPECT_EQ(attempt.model_gone, one.gone) << one.status << one.body;
    }
}

TEST(ReadResponse, TheirWordsNeverHoldTheKeyAndAreShort) {
    const Attempt echoed = read(401, R"({"error":{"message":"Incorrect API key: gsk_planted."}})");
    EXPECT_EQ(echoed.result.error().server_words, "Incorrect API key: ***.");
    const Attempt long_words =
        read(500, std::string(395, 'x') + "gsk_planted" + std::string(100'000, 'y'));
    EXPECT_LE(long_words.result.error().server_words.size(), 400u);
    EXPECT_THAT(long_words.result.error().server_words, Not(HasSubstr("gsk")));
    const Attempt text = read(200, completion({{"content", "no JSON, but gsk_planted"}}));
    EXPECT_THAT(text.result.error().describe(), Not(HasSubstr("gsk_planted")));
}

}  // namespace
}  // namespace llm
