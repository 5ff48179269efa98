#include "warmup/imported_usage.h"

#include "documents/extended_json.h"

namespace warmup {
namespace {

std::optional<ImportedUsage> usage(std::string_view json) {
    const auto document = documents::read_document(json);
    EXPECT_TRUE(document) << json;
    return document ? usage_in(*document) : std::nullopt;
}

TEST(ImportedUsage, ReadsTheCountersOfADay) {
    const ImportedUsage wanted{"2026-11-23", "llama", 7, 1, 100, 50};
    EXPECT_EQ(
        usage(R"({"day":"2026-11-23","model":"llama","requests":7,"errors":1,)"
              R"("prompt_tokens":100,"completion_tokens":50})"),
        wanted
    );
    EXPECT_EQ(
        usage(R"({"date":{"$date":"2026-11-23T10:00:00Z"},"model":"llama","calls":7.0,)"
              R"("failures":1,"tokens_in":100,"tokens_out":50,"provider":"Groq"})"),
        wanted
    );
}

TEST(ImportedUsage, GuessesNothing) {
    for (const char* json :
         {R"({"model":"llama","requests":7})",
          R"({"day":"2026-11-23","requests":7})",
          R"({"day":"2026-11-23","model":"llama"})",
          R"({"day":"yesterday!!","model":"llama","requests":7})",
          R"({"day":"2026-11-23","model":"llama","requests":7,"provider":"ollama"})",
          R"({"day":"2026-11-23","model":"llama","requests":7,"purpose":"campaign"})"})
        EXPECT_EQ(usage(json), std::nullopt) << json;
}

}  // namespace
}  // namespace warmup
