#include "tests/llm/plausible_answers.h"

#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>

#include "llm/chat_format.h"
#include "llm/schema_check.h"

namespace support {
namespace {

namespace json = boost::json;

constexpr const char* kTemplates =
    R"({"type":"object","required":["templates"],"properties":{"templates":
    {"type":"array","items":{"type":"object","required":["subject","body","html_body"],"properties":{
        "subject":{"type":"string"},"body":{"type":"string"},"html_body":{"type":["string","null"]}}}}}})";

llm::Question question(const char* schema, const char* user) {
    return {"You write mail.", user, "q", schema};
}

llm::Attempt read(const llm::Question& asked, const char* model, std::uint64_t serial) {
    const std::string body = llm::request_body(asked, "groq", model);
    return llm::read_response(
        {200, {}, plausible_completion(body, serial)}, asked, model, "llm.groq", "", {}
    );
}

TEST(PlausibleAnswers, FitTheSchemaHoweverItIsGiven) {
    const char* schemas[] = {
        kTemplates,
        R"({"type":"object","required":["reply"],"properties":{"reply":{"type":"string"}}})",
        R"({"type":"object","required":["a","b","c","d","e"],"properties":{"a":{"type":"integer"},
            "b":{"type":"number"},"c":{"type":"boolean"},"d":{"enum":["x"]},
            "e":{"type":"array","minItems":3,"maxItems":3,"items":{"type":"string"}}}})",
    };
    for (const char* schema : schemas) {
        for (const char* model : {"openai/gpt-oss-120b", "llama-3.3-70b-versatile"}) {
            const llm::Attempt attempt = read(question(schema, "Write."), model, 1);
            EXPECT_TRUE(attempt.result) << schema << attempt.result.error().describe();
        }
    }
}

TEST(PlausibleAnswers, MakeAsManyItemsAsThePromptNames) {
    const std::pair<const char*, std::size_t> cases[] = {
        {"Write 7 mails.", 7},
        {"Write some mails.", 5},
        {"In 2026, write 3.", 3},
        {"0 or 99 then 12", 12}
    };
    for (const auto& [user, count] : cases) {
        const llm::Attempt attempt = read(question(kTemplates, user), "openai/gpt-oss-20b", 1);
        ASSERT_TRUE(attempt.result);
        EXPECT_EQ(json::parse(attempt.result->json).at("templates").as_array().size(), count)
            << user;
    }
}

TEST(PlausibleAnswers, AreVariedAndHarmless) {
    std::set<std::string> bodies;
    for (std::uint64_t serial = 1; serial <= 20; ++serial) {
        const llm::Attempt attempt =
            read(question(kTemplates, "Write 10."), "openai/gpt-oss-20b", serial);
        ASSERT_TRUE(attempt.result);
        for (const json::value& item :
             json::parse(attempt.result->json).at("templates").as_array()) {
            const std::string body(item.at("body").as_string());
            const std::string subject(item.at("subject").as_string());
            EXPECT_EQ(body.find("http"), std::string::npos);
            EXPECT_EQ(body.find_first_of("0123456789%$<>{}[]"), std::string::npos) << body;
            EXPECT_LT(subject.size(), 60u);
            EXPECT_TRUE(item.at("html_body").as_string().starts_with("<p>"));
            bodies.insert(body);
        }
    }
    EXPECT_GT(bodies.size(), 190u);
}

TEST(PlausibleAnswers, EqualSerialsGiveEqualAnswers) {
    const std::string body = llm::request_body(question(kTemplates, "Write."), "groq", "m");
    EXPECT_EQ(plausible_completion(body, 4), plausible_completion(body, 4));
    EXPECT_NE(plausible_completion(body, 4), plausible_completion(body, 5));
}

TEST(PlausibleAnswers, WhatIsNotUnderstoodGetsAnEmptyContent) {
    for (const char* body : {"", "[]", "{}", R"({"messages":5})", R"({"messages":[{"role":5}]})"})
        EXPECT_EQ(
            json::parse(plausible_completion(body, 1))
                .at("choices")
                .at(0)
                .at("message")
                .at("content"),
            ""
        );
}

}  // namespace
}  // namespace support
