#include "inbound/fold.h"

#include <gtest/gtest.h>

namespace inbound {
namespace {

TEST(Fold, MakesLettersSmall) {
    EXPECT_EQ(fold("Hello"), "hello");
    EXPECT_EQ(fold("ÄÖÜ ÉÈÀ Ñ Ç Ø Å"), "äöü éèà ñ ç ø å");
    EXPECT_EQ(fold("ŁŻŚ ŠČŘ ŐŰ ĞŞ ȘȚ"), "łżś ščř őű ğş şţ");
    EXPECT_EQ(fold("ПРИВЕТ ЁІЇЄ"), "привет ёіїє");
    EXPECT_EQ(fold("ΓΕΙΆ ΣΟΥ"), "γειά σου");
    EXPECT_EQ(fold("中文 שלום"), "中文 שלום");
}

TEST(Fold, MakesMarksPlain) {
    EXPECT_EQ(fold("don\xe2\x80\x99t"), "don'  t");
    EXPECT_EQ(fold("\xe2\x80\x9cyes\xe2\x80\x9d"), "\"  yes\"  ");
    EXPECT_EQ(fold("\xc2\xabyes\xc2\xbb"), "\" yes\" ");
    EXPECT_EQ(fold("一\xe2\x80\x94二。"), "一-  二.  ");
}

TEST(Fold, KeepsEveryPlace) {
    const std::string text =
        "A\xc2\xa0"
        "B\xe2\x80\xaf"
        "C：D\xef\xbb\xbfÀ\xff\xc3";
    const std::string folded = fold(text);
    ASSERT_EQ(folded.size(), text.size());
    EXPECT_EQ(folded.substr(0, 7), "a  b   ");
    EXPECT_EQ(folded.substr(7, 4), "c:  ");
    EXPECT_EQ(folded.substr(folded.size() - 2), "\xff\xc3");
}

TEST(Fold, TakesAnyBytes) {
    for (int first = 0; first < 256; ++first)
        for (int second = 0; second < 256; ++second) {
            const std::string text = {static_cast<char>(first), static_cast<char>(second), 'Z'};
            const std::string folded = fold(text);
            ASSERT_EQ(folded.size(), text.size());
            // What is folded stays as it is.
            ASSERT_EQ(fold(folded), folded);
        }
}

TEST(NextWord, GivesWordsOfAllScripts) {
    std::size_t at = 0;
    const std::string text = " - on: écrit，ok 5th";
    std::vector<std::string> words;
    for (std::string_view word = next_word(text, at); !word.empty(); word = next_word(text, at))
        words.emplace_back(word);
    EXPECT_EQ(words, (std::vector<std::string>{"on", "écrit，ok", "5th"}));
}

}  // namespace
}  // namespace inbound
