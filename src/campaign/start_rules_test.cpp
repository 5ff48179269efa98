#include "campaign/start_rules.h"

#include "base/text.h"

namespace campaign {
namespace {

StartFacts good() {
    StartFacts facts;
    facts.settings.sender_name = "Ada";
    facts.settings.postal_address = "1 Main Street, Springfield";
    facts.url = UrlState::answers;
    facts.texts = {1, 1, 2};
    facts.mails_per_day_max = 240;
    return facts;
}

std::string problem(const StartFacts& facts) { return base::join(start_problems(facts), "; "); }

TEST(StartRules, LetACompleteCampaignStart) { EXPECT_EQ(problem(good()), ""); }

TEST(StartRules, NameWhatIsMissing) {
    StartFacts facts = good();
    facts.settings.sender_name = " ";
    facts.settings.postal_address = "";
    facts.texts = {1, 0};
    const std::string words = problem(facts);
    for (const char* part :
         {"sender_name", "postal_address", "step 1 has no text", "step 2 has no"})
        EXPECT_NE(words.find(part), std::string::npos) << part;
    facts = good();
    facts.settings.steps = {{0, true}, {3, true}, {3, false}, {3, false}};
    facts.texts = {1, 1, 1, 1};
    EXPECT_NE(problem(facts).find("at most 3 mails"), std::string::npos);
    facts.settings.steps = {{0, true}, {0, true}};
    EXPECT_NE(problem(facts).find("less than a day"), std::string::npos);
}

TEST(StartRules, CountNoTextThatIsHeld) {
    StartFacts facts = good();
    std::vector<Text> texts(3);
    texts[1].step = 1;
    texts[2].step = 7;  // of a step that is no more
    count_texts(texts, 3, facts);
    EXPECT_EQ(facts.texts, (std::vector<int>{1, 1, 0}));
    EXPECT_EQ(problem(facts), "step 2 has no text");
    texts[2] = texts[1];
    texts[2].step = 2;
    texts[1].canary = "held";
    count_texts(texts, 3, facts);
    EXPECT_EQ(problem(facts), "every text of step 1 is held, since it landed in spam");
    texts.push_back(texts[2]);
    texts[3].step = 1;
    count_texts(texts, 3, facts);
    EXPECT_EQ(problem(facts), "");
}

TEST(StartRules, AskForAUrlThatAnswersOrAnExplicitWordWithoutOne) {
    StartFacts facts = good();
    facts.url = UrlState::none;
    EXPECT_NE(problem(facts).find("[unsubscribe] url"), std::string::npos);
    facts.settings.unsubscribe = "mailto-only";
    EXPECT_EQ(problem(facts), "");
    EXPECT_NE(start_notes(facts).at(0).find("5,000 mails a day"), std::string::npos);
    facts.mails_per_day_max = 5001;
    EXPECT_NE(problem(facts).find("above 5000"), std::string::npos);
    facts = good();
    facts.url = UrlState::fails;
    facts.url_words = "refused";
    EXPECT_NE(problem(facts).find("does not answer (refused)"), std::string::npos);
    facts.settings.unsubscribe = "mailto-only";
    EXPECT_NE(problem(facts), "") << "a link that does not work is worse than none";
}

}  // namespace
}  // namespace campaign
