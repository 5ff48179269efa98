#include "warmup/grammar.h"

#include "warmup/text_rules.h"

TEST(Grammar, NoTwoOfAThousandTextsAreEqualAndNoneSoundsLikeAdvertising) {
    base::SeededRandom random(1);
    std::set<std::string> bodies;
    for (int i = 0; i < 1000; ++i) {
        const warmup::PlainText text = warmup::Grammar::local().opening(random);
        EXPECT_TRUE(bodies.insert(text.body).second) << text.body;
        EXPECT_EQ(warmup::advertising_problem(text.subject + "\n" + text.body), std::nullopt)
            << text.body;
        EXPECT_EQ(warmup::template_problem(text.subject, text.body, ""), std::nullopt) << text.body;
    }
}

TEST(Grammar, EveryAlternativeKeepsTheRules) {
    // Enough draws that each line of the grammar comes up many times.
    base::SeededRandom random(2);
    for (int i = 0; i < 20'000; ++i) {
        const warmup::PlainText text = warmup::Grammar::local().opening(random);
        const std::string reply = warmup::Grammar::local().reply(random);
        ASSERT_EQ(warmup::advertising_problem(text.subject + "\n" + text.body), std::nullopt)
            << text.body;
        ASSERT_EQ(warmup::advertising_problem(reply), std::nullopt) << reply;
        ASSERT_EQ(warmup::reply_problem(reply, ""), std::nullopt) << reply;
    }
}

TEST(Grammar, AnUnknownListIsFoundAtTheStart) {
    EXPECT_THROW(warmup::Grammar("[a]\nsee {b}\n"), std::runtime_error);
    EXPECT_THROW(warmup::Grammar("[a]\nsee {a}\n"), std::runtime_error);
}
