#include "campaign/text_template.h"

#include <set>

namespace campaign {
namespace {

using testing::HasSubstr;

std::string rendered(std::string_view text, const MergeFields& fields, std::uint64_t seed = 1) {
    const auto parsed = TextTemplate::parse(text);
    EXPECT_TRUE(parsed) << text;
    base::SeededRandom random(seed);
    const auto result = parsed->render(fields, random);
    return result ? *result : "error: " + result.error().message;
}

std::string parse_error(std::string_view text) {
    const auto parsed = TextTemplate::parse(text);
    return parsed ? std::string() : parsed.error().message;
}

TEST(TextTemplate, PutsValuesAndFallbacksIn) {
    const MergeFields fields = {{"first_name", "Anna"}, {"company", "Acme"}};
    EXPECT_EQ(rendered("Hi {{first_name}} of {{ Company }},", fields), "Hi Anna of Acme,");
    EXPECT_EQ(rendered("Hi {{nickname|there}}!", fields), "Hi there!");
    EXPECT_EQ(rendered("Hi{{nickname|}}!", fields), "Hi!");
    EXPECT_EQ(rendered("Hi {{first_name|there}}!", fields), "Hi Anna!");
    EXPECT_EQ(rendered("no fields | at all", fields), "no fields | at all");
    EXPECT_EQ(rendered(R"(\{a\|b\} \\ \|)", fields), R"({a|b} \ |)");
}

TEST(TextTemplate, NeverWritesAFieldWithoutValue) {
    EXPECT_THAT(rendered("Hi {{first_name}}", {}), HasSubstr("{{first_name}}"));
    EXPECT_THAT(rendered("Hi {{first_name}}", {}), HasSubstr("error"));
    // Not one variation of it either, where it is the drawn one.
    for (std::uint64_t seed = 1; seed < 20; ++seed) {
        const std::string text = rendered("{Hi {{first_name}}|Hello}", {}, seed);
        EXPECT_TRUE(text == "Hello" || text.starts_with("error")) << text;
    }
}

TEST(TextTemplate, NamesThePlaceOfWhatIsNotBalanced) {
    for (const char* text :
         {"Hi {{first_name}",
          "Hi {{first_name",
          "Hi {a|b",
          "Hi }",
          "Hi {{first_name}}}",
          "{a|{b|c}",
          "Hi {first_name}",
          "Hi {{}}",
          "Hi {}",
          "a \\n b",
          "tail \\"})
        EXPECT_NE(parse_error(text), "") << text;
    EXPECT_THAT(parse_error("one\ntwo {a|b"), HasSubstr("line 2, column 5"));
    EXPECT_THAT(parse_error("{first_name}"), HasSubstr("{{name}}"));
    std::string deep = "x";
    for (int i = 0; i < 11; ++i) deep = "{" + deep + "|y}";
    EXPECT_THAT(parse_error(deep), HasSubstr("10 deep"));
    EXPECT_NE(parse_error(std::string(70'000, 'x')), "");
}

TEST(TextTemplate, DrawsEveryVariationAndNoOther) {
    const std::string text = "{Hi|Good {morning|day}} {{{name|you}}|all}";
    std::set<std::string> seen;
    for (std::uint64_t seed = 0; seed < 200; ++seed)
        seen.insert(rendered(text, {{"name", "Anna"}}, seed));
    const std::set<std::string> expected = {
        "Hi Anna",
        "Hi all",
        "Good morning Anna",
        "Good morning all",
        "Good day Anna",
        "Good day all"
    };
    EXPECT_EQ(seen, expected);
    EXPECT_EQ(TextTemplate::parse(text)->variations(), 6);
    EXPECT_EQ(TextTemplate::parse("{a|b|c}{d|e}")->variations(), 6);
}

TEST(TextTemplate, DoesNotReadValuesAsTemplate) {
    const MergeFields fields = {{"company", "{{email}} {a|b} \\"}, {"email", "secret@x.test"}};
    EXPECT_EQ(rendered("at {{company}}", fields), "at {{email}} {a|b} \\");
}

TEST(TextTemplate, EscapesValuesInHtml) {
    const auto parsed = TextTemplate::parse("<p title=\"{{company}}\">{{company}}</p>");
    base::SeededRandom random(1);
    const auto html = parsed->render({{"company", "<b>\"A & B\"</b>"}}, random, TextKind::html);
    const std::string escaped = "&lt;b&gt;&quot;A &amp; B&quot;&lt;/b&gt;";
    EXPECT_EQ(*html, "<p title=\"" + escaped + "\">" + escaped + "</p>");
}

TEST(TextTemplate, ListsItsFields) {
    const auto parsed = TextTemplate::parse("{{First Name}} {a|{{company}}} {{first_name|x}}");
    EXPECT_THAT(parsed->fields(), testing::ElementsAre("first_name", "company"));
}

TEST(TextTemplate, HoldsForEveryCutOfAText) {
    const std::string whole = R"(Hi {{first_name|there}}, {one|{two|three}} \{x\} {{company}}.)";
    for (std::size_t length = 0; length <= whole.size(); ++length) {
        const auto parsed = TextTemplate::parse(whole.substr(0, length));
        if (!parsed) continue;
        base::SeededRandom random(length);
        const auto text = parsed->render({{"company", "Acme"}}, random);
        if (text) EXPECT_EQ(text->find("{{"), std::string::npos) << *text;
    }
}

TEST(TextTemplate, DrawsTheSameForTheSameLead) {
    const auto draw = [](std::int64_t lead, std::int64_t text) {
        auto chance = chance_of(lead, text);
        return chance.below(1000);
    };
    EXPECT_EQ(draw(7, 3), draw(7, 3));
    std::set<std::uint64_t> seen;
    for (std::int64_t lead = 1; lead <= 100; ++lead) seen.insert(draw(lead, 3));
    EXPECT_GT(seen.size(), 80U);
}

TEST(MergeFields, TakeTheLeadApart) {
    Lead lead;
    lead.name = "Dr. Anna Maria Schmidt";
    lead.company = "Acme\r\nBcc: x@evil.test";
    lead.email = "anna@acme.test";
    lead.fields = R"({"City": "Berlin", "sender name": "Mallory", "Team Size": "N/A"})";
    Settings settings;
    settings.sender_name = "Eva";
    const MergeFields fields = merge_fields(lead, settings);
    EXPECT_EQ(fields.at("first_name"), "Anna");
    EXPECT_EQ(fields.at("last_name"), "Schmidt");
    EXPECT_EQ(fields.at("company"), "Acme Bcc: x@evil.test");
    EXPECT_EQ(fields.at("city"), "Berlin");
    EXPECT_EQ(fields.at("domain"), "acme.test");
    EXPECT_EQ(fields.at("sender_name"), "Eva");
    EXPECT_FALSE(fields.contains("team_size"));
    EXPECT_FALSE(fields.contains("title"));
}

TEST(MergeFields, FindFirstNames) {
    const std::pair<const char*, const char*> cases[] = {
        {"Anna Schmidt", "Anna"},
        {"Schmidt, Anna", "Anna"},
        {"Prof. Dr. Jan Weber", "Jan"},
        {"Herr Schmidt", ""},
        {"Anna", "Anna"},
        {"", ""},
        {"-", ""},
        {"null", ""},
        {"Jean-Luc Picard", "Jean-Luc"},
    };
    for (const auto& [name, first] : cases) EXPECT_EQ(first_name_of(name), first) << name;
    EXPECT_EQ(last_name_of("Herr Schmidt"), "Schmidt");
    EXPECT_EQ(last_name_of("Schmidt, Anna"), "Schmidt");
    EXPECT_EQ(last_name_of("Anna"), "");
}

TEST(MergeFields, AreOneLineWithoutControlCharacters) {
    for (const char* value :
         {"a\nb",
          "a\r\nb",
          "a\tb",
          "a\u2028b",
          "a\u202eb",
          "a\u200bb",
          "a\x01"
          "b"}) {
        const std::string clean = field_value(value);
        EXPECT_EQ(clean.find_first_of("\r\n\t\x01"), std::string::npos) << value;
        EXPECT_EQ(clean.find("\u202e"), std::string::npos);
    }
    EXPECT_EQ(field_value(std::string("a\0b", 3)).find('\0'), std::string::npos);
    EXPECT_EQ(field_value(std::string(3000, 'x')), "");
}

}  // namespace
}  // namespace campaign
