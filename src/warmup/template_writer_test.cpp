#include "warmup/template_writer.h"

#include "warmup/text_rules.h"

namespace {

const std::string kBody = "Hello, how was the trip of last week? Best wishes";

// Answers one JSON after the other, then errors.
class FakeModel : public llm::ChatModel {
  public:
    std::vector<std::string> answers;
    std::vector<llm::Question> questions;

    base::Task<base::Result<llm::Answer>> ask(llm::Question question) override {
        questions.push_back(std::move(question));
        if (questions.size() > answers.size())
            co_return base::fail(base::ErrorCode::unavailable, "llm.groq", "over for today");
        co_return llm::Answer{answers[questions.size() - 1], "fake", 1, 1};
    }
    bool configured() const override { return true; }
    std::string provider() const override { return "groq"; }
    std::string base_url() const override { return {}; }
};

std::string list_of(int first, int count) {
    std::string list;
    for (int i = first; i < first + count; ++i)
        list += fmt::format(
            R"({}{{"subject":"Item {}","body":"{} This was item {}."}})",
            i == first ? "" : ",",
            i,
            kBody,
            i
        );
    return R"({"templates":[)" + list + "]}";
}

std::vector<warmup::WrittenTemplates> write(
    FakeModel& model, int count, int at_least, std::vector<std::string> known = {}
) {
    base::SeededRandom random(1);
    std::optional<std::vector<warmup::WrittenTemplates>> written;
    const auto keep = [](base::Task<std::vector<warmup::WrittenTemplates>> task,
                         std::optional<std::vector<warmup::WrittenTemplates>>* out
                      ) -> base::Task<> { out->emplace(co_await std::move(task)); };
    base::start(
        keep(warmup::write_templates(model, count, at_least, std::move(known), random), &written),
        [](std::exception_ptr problem) { CHECK(!problem); }
    );
    return written.value();
}

}  // namespace

TEST(ReadTemplates, TakesTheWellFormedOnes) {
    const auto read = warmup::read_templates(
        R"({"templates":[{"subject":" The trip ","body":"\n)" + kBody +
            R"( "},{"subject":"x"},[],null]})",
        5,
        {}
    );
    ASSERT_TRUE(read);
    ASSERT_EQ(read->size(), 1U);
    EXPECT_EQ(read->at(0).subject, "The trip");
    EXPECT_EQ(read->at(0).body, kBody);
}

TEST(ReadTemplates, NeverMoreThanAskedNorWhatIsKnown) {
    EXPECT_EQ(warmup::read_templates(list_of(1, 9), 4, {})->size(), 4U);
    const std::string known = kBody + " This was item 2.";
    const auto read = warmup::read_templates(list_of(1, 3), 5, {"  " + known + "\n"});
    ASSERT_TRUE(read);
    EXPECT_EQ(read->size(), 2U);
    for (const auto& text : *read) EXPECT_NE(text.body, known);
}

TEST(ReadTemplates, NonsenseIsNamed) {
    const std::vector<std::pair<std::string, std::string>> cases = {
        {"", "no JSON object"},
        {"[]", "no JSON object"},
        {R"({"templates":[)", "no JSON object"},
        {R"({"mails":[]})", "no list"},
        {R"({"templates":"x"})", "no list"},
        {R"({"templates":[]})", "the list is empty"},
        {R"({"templates":[{"subject":"","body":"x"}]})", "the subject is empty"},
        {R"({"templates":[{"subject":7,"body":[]}]})", "the subject is empty"},
    };
    for (const auto& [json, words] : cases) {
        const auto read = warmup::read_templates(json, 5, {});
        ASSERT_FALSE(read) << json;
        EXPECT_EQ(read.error().code, base::ErrorCode::protocol);
        EXPECT_NE(read.error().message.find(words), std::string::npos) << read.error().message;
    }
}

TEST(WriteTemplates, AsksUntilThereAreEnoughAndNoMoreThanTenAtOnce) {
    FakeModel model;
    model.answers = {list_of(1, 10), list_of(11, 3), list_of(20, 10)};
    const auto groups = write(model, 17, 17);
    std::size_t count = 0;
    for (const auto& group : groups) {
        EXPECT_EQ(group.generated_via, "groq");
        count += group.texts.size();
    }
    EXPECT_EQ(count, 17U);
    ASSERT_EQ(model.questions.size(), 3U);
    EXPECT_TRUE(model.questions[0].user.starts_with("Write 10 emails."));
    EXPECT_TRUE(model.questions[1].user.starts_with("Write 7 emails."));
    EXPECT_TRUE(model.questions[2].user.starts_with("Write 4 emails."));
    for (const llm::Question& question : model.questions) {
        EXPECT_EQ(question.schema_name, "warmup_templates");
        EXPECT_GE(question.tokens_max, 2000);
    }
}

TEST(WriteTemplates, TheGrammarFillsUpToWhatIsNeededAndNoFurther) {
    FakeModel model;
    model.answers = {list_of(1, 2)};
    const auto groups = write(model, 5, 4);
    ASSERT_EQ(groups.size(), 2U);
    EXPECT_EQ(groups[0].generated_via, "groq");
    EXPECT_EQ(groups[0].texts.size(), 2U);
    EXPECT_EQ(groups[1].generated_via, "fallback");
    EXPECT_EQ(groups[1].texts.size(), 2U);
    FakeModel silent;
    EXPECT_TRUE(write(silent, 5, 0).empty());
}

TEST(WriteTemplates, TheGrammarRepeatsNothingThatIsKnown) {
    FakeModel silent;
    const auto first = write(silent, 40, 40);
    std::vector<std::string> known;
    for (const auto& text : first.at(0).texts) known.push_back(text.body);
    EXPECT_EQ(std::set<std::string>(known.begin(), known.end()).size(), 40U);
    // The same chance would give the same texts.
    const auto second = write(silent, 40, 40, known);
    for (const auto& text : second.at(0).texts) EXPECT_EQ(std::ranges::count(known, text.body), 0);
}

TEST(WriteTemplates, AModelThatRepeatsItselfIsNotAskedForEver) {
    FakeModel model;
    model.answers.assign(100, list_of(1, 3));
    const auto groups = write(model, 5, 5);
    ASSERT_EQ(groups.size(), 2U);
    EXPECT_EQ(groups[0].texts.size(), 3U);
    EXPECT_EQ(groups[1].generated_via, "fallback");
    EXPECT_EQ(model.questions.size(), 2U);
}
