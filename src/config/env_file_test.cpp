#include "config/env_file.h"

namespace config {
namespace {

using testing::HasSubstr;
using testing::Not;

TEST(EnvFile, ReadsEveryFormOfValue) {
    struct Case {
        const char* text;
        const char* value;
    };
    const Case cases[] = {
        {"A=b", "b"},
        {"A=b\n", "b"},
        {"A=b\r\n", "b"},
        {"export A=b", "b"},
        {"  export\tA = b  ", "b"},
        {"A=", ""},
        {"A=''", ""},
        {"A=\"\" # c", ""},
        {"A=b # comment", "b"},
        {"A=b#c", "b#c"},
        {"A=#c", "#c"},
        {"A=b c d", "b c d"},
        {"A='b # c'", "b # c"},
        {"A=\"b # c\" # d", "b # c"},
        {"A='b\\n${c}'", "b\\n${c}"},
        {"A=\"b\\nc\\t\\\"\\\\\\$\\x\"", "b\nc\t\"\\$\\x"},
        {"A='[\n {\"x\": \"y\"}\n]'", "[\n {\"x\": \"y\"}\n]"},
        {"A=\"b\nc\"", "b\nc"},
        {"A=[{\"x\":\"y\"}]", "[{\"x\":\"y\"}]"},
        {"A=p$ss", "p$ss"},
        {"\xef\xbb\xbf"
         "A=b",
         "b"},
        {"# c\n\n  # d\nA=b", "b"},
        {"A=first\nA=b", "b"},
        {"A=b=c", "b=c"},
    };
    for (const Case& one : cases) {
        const auto variables = parse_env_file(one.text);
        ASSERT_TRUE(variables) << one.text << ": " << variables.error().message;
        ASSERT_EQ(variables->size(), 1u) << one.text;
        EXPECT_EQ(variables->front().name, "A") << one.text;
        EXPECT_EQ(variables->front().value, one.value) << one.text;
    }
}

TEST(EnvFile, LinesAreCountedThroughQuotes) {
    const auto variables = parse_env_file("A='1\n2\n3'\nB=x\n\nC=y");
    ASSERT_TRUE(variables);
    ASSERT_EQ(variables->size(), 3u);
    EXPECT_EQ((*variables)[1].line, 4);
    EXPECT_EQ((*variables)[2].line, 6);
}

TEST(EnvFile, RefusesWithPositionAndNeverRepeatsAValue) {
    const std::pair<const char*, const char*> cases[] = {
        {"X=1\nplanted secret", "line 2, column 9: expected '='"},
        {"=planted", "line 1, column 1: expected NAME=VALUE"},
        {"1A=planted", "line 1, column 1: expected NAME=VALUE"},
        {"A='planted", "line 1, column 3: A has a quote that is never closed"},
        {"B=1\nA=\"planted\nmore", "line 2, column 3: A has a quote that is never closed"},
        {"A='planted'more", "line 1, column 12: A goes on after its closing quote"},
        {"A=planted${HOME}", "line 1, column 10: A uses ${…}"},
        {"A=\"planted${HOME}\"", "line 1, column 11: A uses ${…}"},
        {"A=planted\xff", "it is not UTF-8"},
        {"{\"planted\": 1}", "line 1, column 1: expected NAME=VALUE"},
    };
    for (const auto& [text, problem] : cases) {
        const auto variables = parse_env_file(text);
        ASSERT_FALSE(variables) << text;
        EXPECT_THAT(variables.error().message, HasSubstr(problem)) << text;
        EXPECT_THAT(variables.error().message, Not(HasSubstr("planted"))) << text;
    }
}

TEST(EnvFile, HasLimits) {
    EXPECT_FALSE(parse_env_file(std::string((1 << 20) + 1, '#')));
    EXPECT_FALSE(parse_env_file(std::string("A=\0", 3)));
    std::string many;
    for (int i = 0; i < 1000; ++i) many += fmt::format("V{}=x\n", i);
    EXPECT_TRUE(parse_env_file(many));
    EXPECT_FALSE(parse_env_file(many + "ONE_MORE=x\n"));
}

TEST(EnvFile, EveryPrefixIsReadOrRefusedAndNoEarlierValueChanges) {
    const std::string text = "A=1\nexport B='x\ny' # c\nC=\"q\\\"r\"\r\nD=${e}";
    for (std::size_t end = 0; end <= text.size(); ++end) {
        const auto variables = parse_env_file(text.substr(0, end));
        if (variables && end >= 4) {
            EXPECT_EQ(variables->front().value, "1") << end;
        }
    }
}

}  // namespace
}  // namespace config
