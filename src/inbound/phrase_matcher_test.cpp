#include "inbound/phrase_matcher.h"

#include "base/random.h"

namespace inbound {
namespace {

using Phrases = std::vector<PhraseMatcher::Phrase>;

std::vector<std::uint32_t> found(const Phrases& phrases, std::string_view text) {
    std::vector<std::uint32_t> numbers;
    for (const PhraseMatch& match : PhraseMatcher(phrases).scan(text))
        numbers.push_back(match.phrase);
    std::ranges::sort(numbers);
    numbers.erase(std::unique(numbers.begin(), numbers.end()), numbers.end());
    return numbers;
}

TEST(PhraseMatcher, FindsOverlappingAndNestedPhrases) {
    const Phrases phrases = {{"user unknown"}, {"unknown"}, {"no user"}, {"known u"}};
    EXPECT_THAT(found(phrases, "no user unknown user"), testing::ElementsAre(0, 1, 2, 3));
    EXPECT_THAT(found(phrases, "unknow"), testing::IsEmpty());
}

TEST(PhraseMatcher, WantsPiecesInTheirOrderAndNear) {
    const Phrases phrases = {{"mailbox", "is full"}};
    EXPECT_THAT(found(phrases, "mailbox of a is full"), testing::ElementsAre(0));
    EXPECT_THAT(found(phrases, "is full mailbox"), testing::IsEmpty());
    const std::string gap(PhraseMatcher::kGapMax, '.');
    EXPECT_THAT(found(phrases, "mailbox" + gap + "is full"), testing::ElementsAre(0));
    EXPECT_THAT(found(phrases, "mailbox" + gap + ".is full"), testing::IsEmpty());
    // A nearer beginning counts.
    EXPECT_THAT(found(phrases, "mailbox" + gap + " mailbox is full"), testing::ElementsAre(0));
}

TEST(PhraseMatcher, SaysWhereAPhraseStands) {
    const auto matches = PhraseMatcher({{"a", "c"}}).scan("xxa..c");
    ASSERT_EQ(matches.size(), 1U);
    EXPECT_EQ(matches[0].begin, 2U);
    EXPECT_EQ(matches[0].end, 6U);
}

TEST(PhraseMatcher, FindsWhatASearchFinds) {
    base::SeededRandom random(11);
    const auto word = [&](std::size_t length) {
        std::string text;
        for (std::size_t i = 0; i < length; ++i)
            text += static_cast<char>('a' + static_cast<char>(random.below(3)));
        return text;
    };
    for (int round = 0; round < 200; ++round) {
        Phrases phrases;
        for (int i = 0; i < 20; ++i) phrases.push_back({word(random.below(4) + 1)});
        const std::string text = word(60);
        std::vector<std::uint32_t> expected;
        for (std::uint32_t i = 0; i < phrases.size(); ++i)
            if (text.find(phrases[i][0]) != std::string::npos) expected.push_back(i);
        ASSERT_EQ(found(phrases, text), expected) << text;
    }
}

TEST(PhraseMatcher, LeavesOutWhatIsTooMuch) {
    const PhraseMatcher matcher({{"a"}});
    EXPECT_EQ(matcher.scan(std::string(100'000, 'a')).size(), PhraseMatcher::kMatchesMax);
}

}  // namespace
}  // namespace inbound
