#include "campaign/review.h"

#include <algorithm>

#include "campaign/opt_out_words.h"
#include "campaign/review_rules.h"
#include "campaign/review_subjects.h"

namespace campaign {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

using test::good;
using test::rules_of;
using test::saying;
using test::with_footer;

ReviewSubject greeting(
    std::string line, std::string name = "Anna Schmidt", std::string language = "en"
) {
    ReviewSubject subject = good();
    subject.settings.language = std::move(language);
    subject.lead.name = std::move(name);
    subject.body = line + subject.body.substr(subject.body.find("\n\n"));
    return subject;
}

TEST(Review, PassesAGoodDraft) {
    const Review verdict = review(with_footer(good()));
    EXPECT_TRUE(verdict.passed) << findings_in_words(verdict.findings);
    EXPECT_EQ(verdict.score, 100);
}

TEST(Review, FindsWhatTemplatesLeave) {
    for (const char* left : {"{{first_name}}", "{{x", "x}}"})
        EXPECT_THAT(
            rules_of(saying(std::string("We know ") + left + ".")), Contains("unresolved_field")
        ) << left;
    for (const char* left : {"{Hi|Hello", "a } b", "a { b"})
        EXPECT_THAT(rules_of(saying(left)), Contains("unbalanced_template")) << left;
    for (const char* left :
         {"[Your Name]", "[company]", "<name>", "%FIRST_NAME%", "$NAME", "*|FNAME|*", "____", "XXXX"
         })
        EXPECT_THAT(
            rules_of(saying(std::string("See ") + left + " here")), Contains("unresolved_field")
        ) << left;
}

TEST(Review, FindsTracesOfEmptyFields) {
    for (const char* left :
         {"I saw that  is growing.",
          "We know , of course.",
          "You work at .",
          "Your team at 's place.",
          " is growing fast",
          "I saw your growth at ",
          "The () team",
          "Dear \"\" fans",
          "A good -Team you are",
          "one,, two",
          "We like null.",
          "We like undefined."})
        EXPECT_THAT(rules_of(saying(left)), Contains("empty_field")) << left;
    EXPECT_THAT(rules_of(greeting("Hi ,")), Contains("empty_field"));
    for (const char* fine :
         {"One sentence.  Another one.",
          "We use .NET here.",
          "Well ... maybe.",
          "- a list\n- of two",
          "The Acme-Team is good.",
          "It is (really) good."})
        EXPECT_THAT(rules_of(saying(fine)), IsEmpty()) << fine;
}

TEST(Review, KnowsWhoIsGreeted) {
    const std::tuple<const char*, const char*, const char*> right[] = {
        {"Hi Anna,", "Anna Schmidt", "en"},
        {"Hi there,", "Anna Schmidt", "en"},
        {"Hi,", "Anna Schmidt", "en"},
        {"Hello Anna!", "Anna Schmidt", "en"},
        {"Dear Ms. Schmidt,", "Anna Schmidt", "en"},
        {"Anna,", "Anna Schmidt", "en"},
        {"Hi Acme team,", "Anna Schmidt", "en"},
        {"Hi, Anna,", "Anna Schmidt", "en"},
        {"Sehr geehrte Frau Dr. Schmidt,", "Dr. Anna Schmidt", "de"},
        {"Guten Tag Herr O'Brien,", "Paul O'Brien", "de"},
        {"Bonjour Jean-Luc,", "Jean-Luc Picard", "fr"},
        {"Dobrý den, pane Nováku,", "Petr Novák", "cs"},
        {"Cześć Anno,", "Anna Kowalska", "pl"},
        {"山田様", "山田太郎", "ja"},
        {"こんにちは、山田さん", "山田太郎", "ja"},
        {"Hi, I saw your talk.", "Anna Schmidt", "en"},
        {"Good morning, we met in Berlin.", "Anna Schmidt", "en"},
    };
    for (const auto& [line, name, language] : right)
        EXPECT_THAT(rules_of(greeting(line, name, language)), testing::Not(Contains("wrong_name")))
            << line;
    const std::tuple<const char*, const char*, const char*> wrong[] = {
        {"Hi Peter,", "Anna Schmidt", "en"},
        {"Hi peter,", "Anna Schmidt", "en"},
        {"Hello Peter!", "Anna Schmidt", "en"},
        {"Peter,", "Anna Schmidt", "en"},
        {"Hi, Peter,", "Anna Schmidt", "en"},
        {"Dear Ms. Meyer,", "Anna Schmidt", "en"},
        {"Hi Globex team,", "Anna Schmidt", "en"},
        {"Sehr geehrter Herr Müller,", "Anna Schmidt", "de"},
        {"Guten Tag Frau Weber,", "Anna Schmidt", "de"},
        {"Bonjour Chloé,", "Anna Schmidt", "fr"},
        {"Dobrý den, pane Dvořáku,", "Petr Novák", "cs"},
        {"Cześć Tomaszu,", "Anna Kowalska", "pl"},
        {"鈴木様", "山田太郎", "ja"},
        {"Hi Anna,", "", "en"},
        {"Здравствуйте, Пётр!", "Анна Иванова", "ru"},
    };
    for (const auto& [line, name, language] : wrong)
        EXPECT_THAT(rules_of(greeting(line, name, language)), Contains("wrong_name")) << line;
}

TEST(Review, KnowsWhoElseIsNamed) {
    ReviewSubject subject = good();
    subject.names_of_others = {"Globex"};
    EXPECT_THAT(rules_of(subject), Contains("wrong_company"));
    EXPECT_THAT(rules_of(saying("Initech GmbH does so too.")), Contains("wrong_company"));
    EXPECT_THAT(rules_of(saying("Acme Systems Inc. does so.")), IsEmpty());
    EXPECT_THAT(rules_of(saying("Papierlos GmbH does so.")), IsEmpty());
    EXPECT_THAT(rules_of(saying("Peter, this may help.")), Contains("other_name"));
    EXPECT_THAT(rules_of(saying("What do you think, Peter?")), Contains("other_name"));
    EXPECT_THAT(rules_of(saying("What do you think, Anna?")), IsEmpty());
    EXPECT_FALSE(review(with_footer(saying("What do you think, Peter?"))).passed);
}

TEST(Review, KnowsWhoSigns) {
    ReviewSubject subject = good();
    subject.body = subject.body.substr(0, subject.body.find("Eva")) + "John Miller";
    EXPECT_THAT(rules_of(subject), Contains("wrong_sender"));
    subject.body = subject.body.substr(0, subject.body.find("John")) + "Eva";
    EXPECT_THAT(rules_of(subject), IsEmpty());
}

TEST(Review, AllowsOnlyTheCampaignsLinks) {
    EXPECT_THAT(rules_of(saying("See https://papierlos.example/demo.")), IsEmpty());
    EXPECT_THAT(rules_of(saying("See papierlos.example/demo")), IsEmpty());
    EXPECT_THAT(rules_of(saying("I looked at acme.test.")), IsEmpty());
    for (const char* link :
         {"https://evil.example/x",
          "http://papierlos.example/demo2",
          "www.evil.com",
          "evil.com",
          "papierlos.example/demo?x=1",
          "mail me at a@b.com",
          "see bit.ly/abc",
          "t.co/x",
          "ftp://x.example",
          "https://papierlos.example.evil.com/demo",
          "https://papierlos.example/Demo"})
        EXPECT_THAT(rules_of(saying(link)), Contains("foreign_link")) << link;
    for (const char* none :
         {"e.g. this",
          "z.B. das",
          "z.Hd. Frau",
          "a.m. or p.m.",
          "Mr.Smith came",
          "at 3.am",
          "done.Next"})
        EXPECT_THAT(links_in(none), IsEmpty()) << none;
    ReviewSubject two = saying("https://papierlos.example/demo and papierlos.example/demo");
    EXPECT_THAT(rules_of(two), ElementsAre("too_many_links"));
    two.first_mail = false;
    EXPECT_THAT(rules_of(two), IsEmpty());
}

TEST(Review, AllowsOnlyNumbersThatSomebodyGave) {
    EXPECT_THAT(rules_of(saying("120 firms know it, in 15 minutes.")), IsEmpty());
    for (const char* text :
         {"It saves 40 % of costs.",
          "121 firms use it.",
          "In 2025 we began.",
          "12,0 firms",
          "7k firms",
          "٤ firms",
          "７ and ８ firms"})
        EXPECT_THAT(rules_of(saying(text)), Contains("unknown_number")) << text;
    EXPECT_THAT(numbers_in("1,000 and 1.000 and 1000"), ElementsAre("1000", "1000", "1000"));
    EXPECT_THAT(numbers_in("12,5 3.14 50k 2nd"), ElementsAre("12.5", "3.14", "50k", "2"));
}

TEST(Review, DemandsTheWayOutAndTheAddress) {
    ReviewSubject subject = good();
    EXPECT_THAT(review(subject).findings, testing::SizeIs(2));
    subject = with_footer(good());
    const std::size_t at = subject.body.find("If you would");
    ReviewSubject without = subject;
    without.body.erase(at, subject.body.find('\n', at) - at);
    EXPECT_THAT(findings_in_words(review(without).findings), HasSubstr("no_opt_out"));
    without = subject;
    without.body.erase(subject.body.find("Hauptstraße"));
    EXPECT_THAT(findings_in_words(review(without).findings), HasSubstr("no_address"));
    without = subject;
    without.settings.postal_address = "";
    EXPECT_FALSE(review(without).passed);
    without = subject;
    without.settings.language = "fr";
    EXPECT_FALSE(review(without).passed);
}

TEST(Review, KnowsAnswersFromPretence) {
    ReviewSubject subject = good();
    for (const char* prefix : {"Re: ", "RE:", "AW: ", "Re[2]: ", "Fwd: ", "SV : ", "回复："}) {
        subject.subject = prefix + std::string("your question");
        EXPECT_THAT(rules_of(subject), Contains("false_reply")) << prefix;
    }
    for (const char* fine : {"Report: your week", "Regarding Acme", "Tools: which ones?"}) {
        subject.subject = fine;
        EXPECT_THAT(rules_of(subject), IsEmpty()) << fine;
    }
    subject.answers = true;
    subject.first_mail = false;
    subject.thread_subject = "A question";
    subject.subject = "Re: A question";
    EXPECT_THAT(rules_of(subject), IsEmpty());
    subject.subject = "RE: A question";
    EXPECT_THAT(rules_of(subject), Contains("other_subject"));
}

TEST(Review, FindsCharactersThatNobodyTypes) {
    for (const char* left :
         {"a\x07"
          "b",
          "a\u200bb",
          "a\u202eb",
          "a\u2066b",
          "\ufeffa",
          "a\u00adb",
          "a\tb",
          "a\x7f"
          "b",
          "a\ue000b",
          "a\u200db",
          "\U000e0041",
          "\U0001d400cme",
          "a\u0085b"})
        EXPECT_THAT(
            rules_of(saying(std::string("See ") + left + " here")), Contains("foreign_characters")
        ) << left;
    EXPECT_THAT(rules_of(saying("See \u0410cme here")), Contains("foreign_characters"));
    EXPECT_FALSE(review(with_footer(saying("bad \xff byte"))).passed);
    EXPECT_THAT(rules_of(saying("Grüße – „so“, l’été, 你好 😀")), IsEmpty());
}

TEST(Review, FindsBannedPhrasesAndModels) {
    for (const char* phrase :
         {"Act now, please.", "It is RISK-FREE for you.", "We do cold  outreach."})
        EXPECT_THAT(rules_of(saying(phrase)), Contains("banned_phrase")) << phrase;
    for (const char* phrase :
         {"As an AI language model I can't say.", "Here's a draft for you:", "Lorem ipsum dolor."})
        EXPECT_THAT(rules_of(saying(phrase)), Contains("model_words")) << phrase;
}

TEST(Review, JudgesLengthAndStyle) {
    ReviewSubject subject = good();
    subject.body = "Hi Anna,\n\nWell?";
    EXPECT_THAT(rules_of(subject), Contains("too_short"));
    subject = good();
    subject.subject = "";
    EXPECT_THAT(rules_of(subject), Contains("no_subject"));
    subject.subject = "A\nBcc: x";
    EXPECT_THAT(rules_of(subject), Contains("subject_lines"));
    subject.subject = std::string(130, 'x');
    EXPECT_THAT(rules_of(subject), Contains("too_long"));
    std::string much;
    for (int i = 0; i < 30; ++i) much += "We would like to tell you much more about all of this. ";
    EXPECT_THAT(rules_of(saying(much + "So.")), Contains("long_body"));
    EXPECT_THAT(rules_of(saying(much + much + "So.")), Contains("too_long"));
    subject = saying("THIS REALLY WORKS WELL!!!");
    EXPECT_THAT(rules_of(subject), Contains("capitals"));
    EXPECT_FALSE(review(with_footer(subject)).passed);
}

TEST(Review, TakesTheModelsOpinionForTheTextItRead) {
    ReviewSubject subject = with_footer(good());
    subject.opinion = Opinion{opinion_hash(subject.subject, subject.body), 50, {"vague"}};
    const Review verdict = review(subject);
    EXPECT_EQ(verdict.score, 50);
    EXPECT_FALSE(verdict.passed);
    EXPECT_THAT(findings_in_words(verdict.findings), HasSubstr("vague"));
    subject.subject = "Another question for Acme";
    EXPECT_EQ(review(subject).score, 100);
}

TEST(Review, AHighOpinionMendsNoBrokenRule) {
    ReviewSubject subject = with_footer(saying("See {{company}}."));
    subject.opinion = Opinion{opinion_hash(subject.subject, subject.body), 100, {}};
    EXPECT_FALSE(review(subject).passed);
    EXPECT_LT(review(subject).score, kScorePassed);
}

TEST(Review, FindingsComeBackFromJson) {
    const std::vector<Finding> findings = {
        {"a", "with \"quotes\"", 10, false}, {"b", "x", 100, true}
    };
    const auto back = findings_from_json(findings_json(findings));
    ASSERT_EQ(back.size(), 2U);
    EXPECT_EQ(back[0].words, findings[0].words);
    EXPECT_TRUE(back[1].hard);
    EXPECT_THAT(findings_from_json("nonsense"), IsEmpty());
}

}  // namespace
}  // namespace campaign
