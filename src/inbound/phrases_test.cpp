#include "inbound/phrases.h"

#include "base/check.h"
#include "inbound/fold.h"

namespace inbound {
namespace {

TEST(WordsOf, CutsAtEverythingButLettersAndAtDigits) {
    EXPECT_EQ(
        words_of("don't go, 5th of 1月2日!"),
        (std::vector<std::string_view>{"don", "t", "go", "5", "th", "of", "1", "月", "2", "日"})
    );
    EXPECT_TRUE(words_of(" .,;- ").empty());
}

TEST(Phrases, FindsTheLongestByWords) {
    const Phrases phrases({"back", "back on", "take me off"});
    const std::string text = fold("Back, on Monday: take\n me OFF");
    const std::vector<std::string_view> words = words_of(text);
    EXPECT_EQ(phrases.words_at(words, 0), 2U);
    EXPECT_EQ(phrases.words_at(words, 1), 0U);
    EXPECT_EQ(phrases.words_at(words, 3), 3U);
    EXPECT_EQ(phrases.words_at(words, words.size() - 1), 0U);
}

TEST(Phrases, DoesNotTakePartsOfWords) {
    const Phrases phrases({"stop", "end it"});
    const std::vector<std::string_view> words = words_of("stopping end");
    EXPECT_EQ(phrases.words_at(words, 0), 0U);
    EXPECT_EQ(phrases.words_at(words, 1), 0U);
}

TEST(Phrases, FindsScriptsWithoutBlanksAnywhere) {
    const Phrases phrases({"退订", "word", "หยุดส่ง"});
    EXPECT_EQ(phrases.unspaced_in("请退订吧"), "退订");
    EXPECT_EQ(phrases.unspaced_in("กรุณาหยุดส่งเมล"), "หยุดส่ง");
    EXPECT_EQ(phrases.unspaced_in("a word, nothing else"), "");
}

TEST(WordLists, HaveFoldedEntriesInOrder) {
    const WordLists lists("# comment\n[one]\nÄrger\n\nb B\n[two]\nx\n");
    EXPECT_EQ(lists.of("one"), (std::vector<std::string>{"ärger", "b b"}));
    EXPECT_TRUE(lists.set_of("two").contains("x"));
    EXPECT_THROW(lists.of("three"), base::BrokenInvariant);
    EXPECT_THROW(WordLists("entry before a list\n"), base::BrokenInvariant);
}

}  // namespace
}  // namespace inbound
