#include "llm/schema_check.h"

#include "base/check.h"

namespace llm {
namespace {

constexpr const char* kSchema = R"({"type":"object","required":["templates","mood","count"],
  "additionalProperties":false,"properties":{
    "templates":{"type":"array","minItems":1,"maxItems":2,"items":{"type":"object",
      "required":["subject","body"],"properties":{
        "subject":{"type":"string","minLength":1,"maxLength":10},"body":{"type":["string","null"]}}}},
    "mood":{"enum":["good","bad"]},
    "count":{"type":"integer"},"share":{"type":"number"},"open":{"type":"boolean"}}})";

TEST(SchemaCheck, TakesWhatFits) {
    for (const char* json :
         {R"({"templates":[{"subject":"s","body":"b"}],"mood":"good","count":1})",
          R"({"templates":[{"subject":"s","body":null}],"mood":"bad","count":-1,"share":0.5,"open":true})",
          R"({"templates":[{"subject":"s","body":"b","extra":1}],"mood":"good","count":1,"more":{}})"
         })
        EXPECT_EQ(schema_misfit(json, kSchema), std::nullopt) << json;
}

TEST(SchemaCheck, SaysWhereItDoesNotFit) {
    const std::pair<const char*, const char*> cases[] = {
        {"", "it is not JSON (incomplete JSON)"},
        {"[]", "it is no JSON object"},
        {"{}", "templates is missing"},
        {R"({"templates":[],"mood":"good","count":1})", "templates has 0, at least 1 wanted"},
        {R"({"templates":{},"mood":"good","count":1})", "templates is not of type array"},
        {R"({"templates":["x"],"mood":"good","count":1})", "templates[0] is not of type object"},
        {R"({"templates":[{"subject":"s","body":"b"},{"body":"b"}],"mood":"good","count":1})",
         "templates[1].subject is missing"},
        {R"({"templates":[{"subject":5,"body":"b"}],"mood":"good","count":1})",
         "templates[0].subject is not of type string"},
        {R"({"templates":[{"subject":"","body":"b"}],"mood":"good","count":1})",
         "templates[0].subject has 0, at least 1 wanted"},
        {R"({"templates":[{"subject":"0123456789a","body":"b"}],"mood":"good","count":1})",
         "templates[0].subject has 11, at most 10 wanted"},
        {R"({"templates":[{"subject":"s","body":1}],"mood":"good","count":1})",
         "templates[0].body is of none of the wanted types"},
        {R"({"templates":[{"subject":"s","body":"b"}],"mood":"so","count":1})",
         "mood is none of the wanted values"},
        {R"({"templates":[{"subject":"s","body":"b"}],"mood":"good","count":1.5})",
         "count is not of type integer"},
        {R"({"templates":[{"subject":"s","body":"b"}],"mood":"good","count":1,"open":"yes"})",
         "open is not of type boolean"},
    };
    for (const auto& [json, why] : cases) EXPECT_EQ(schema_misfit(json, kSchema), why) << json;
}

TEST(SchemaCheck, EveryCutOfAnAnswerIsAMisfit) {
    const std::string whole =
        R"({"templates":[{"subject":"s","body":"b"}],"mood":"good","count":1})";
    for (std::size_t end = 0; end < whole.size(); ++end)
        EXPECT_TRUE(schema_misfit(whole.substr(0, end), kSchema)) << end;
}

TEST(SchemaCheck, DeepAnswersAreRefused) {
    EXPECT_TRUE(schema_misfit("{\"a\":" + std::string(100'000, '['), kSchema));
}

TEST(SchemaCheck, ABrokenSchemaIsABug) {
    EXPECT_THROW(schema_misfit("{}", "{"), base::BrokenInvariant);
    EXPECT_THROW(schema_misfit("{}", "[]"), base::BrokenInvariant);
}

}  // namespace
}  // namespace llm
