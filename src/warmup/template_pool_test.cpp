#include "warmup/template_pool.h"

namespace {

std::vector<warmup::Template> some(int count) {
    std::vector<warmup::Template> out;
    for (int i = 1; i <= count; ++i) out.push_back({i, "s", "b", std::nullopt, {}, "groq", 0});
    return out;
}

}  // namespace

TEST(ChooseTemplates, NeverTheSameTextTwiceToOneSeed) {
    const std::vector<warmup::Pair> pairs = {{1, 10}, {2, 10}, {3, 10}, {4, 11}};
    const auto templates = some(3);
    const auto chosen = warmup::choose_templates(pairs, templates, {{1, {10}}});
    ASSERT_EQ(chosen.size(), 4U);
    EXPECT_NE(chosen[0]->id, 1);
    EXPECT_NE(chosen[1]->id, 1);
    EXPECT_NE(chosen[0]->id, chosen[1]->id);
    EXPECT_EQ(chosen[2], nullptr);
    EXPECT_EQ(chosen[3]->id, 1);
}

TEST(ChooseTemplates, TheLeastUsedComesFirst) {
    auto templates = some(3);
    templates[0].use_count = 5;
    templates[1].use_count = 2;
    templates[2].use_count = 3;
    EXPECT_EQ(warmup::choose_templates({{1, 10}}, templates, {})[0]->id, 2);
}

TEST(MissingTemplates, CountsWhatTheBusiestSeedLacks) {
    const std::vector<warmup::Pair> pairs = {{1, 10}, {2, 10}, {3, 11}};
    EXPECT_EQ(warmup::missing_templates(pairs, {}, {}), 2);
    EXPECT_EQ(warmup::missing_templates(pairs, some(2), {}), 0);
    EXPECT_EQ(warmup::missing_templates(pairs, some(2), {{1, {10}}, {2, {10}}}), 2);
}
