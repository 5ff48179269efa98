#include "inbound/bounce_rules.h"

#include <algorithm>
#include <set>

#include "inbound/text_fold.h"

namespace inbound {
namespace {

const std::set<std::string> kReasons = {
    "authfailure",  "badreputation",   "blocked",      "contenterror",    "exceedlimit",
    "expired",      "failedstarttls",  "filtered",     "hasmoved",        "hostunknown",
    "mailboxfull",  "mailererror",     "mesgtoobig",   "networkerror",    "norelaying",
    "notaccept",    "notcompliantrfc", "onhold",       "policyviolation", "rejected",
    "requireptr",   "securityerror",   "spamdetected", "speeding",        "suspend",
    "syntaxerror",  "systemerror",     "systemfull",   "toomanyconn",     "userunknown",
    "virusdetected"
};
const std::set<std::string> kPhases = {"connect", "helo", "mail", "rcpt", "data"};

TEST(BounceRules, EachHasAnAnswerThatIsKnown) {
    for (const BounceRule& rule : BounceRules::standard().rules()) {
        if (rule.kind == RuleKind::reason || rule.kind == RuleKind::last)
            EXPECT_TRUE(kReasons.contains(rule.answer)) << rule.answer;
        if (rule.kind == RuleKind::phase) EXPECT_TRUE(kPhases.contains(rule.answer)) << rule.answer;
    }
}

// A sample that a rule above answers otherwise would show a rule that can't decide what it is for.
TEST(BounceRules, EachDecidesItsOwnSample) {
    const BounceRules& standard = BounceRules::standard();
    EXPECT_GT(standard.rules().size(), 1000U);
    for (std::size_t i = 0; i < standard.rules().size(); ++i) {
        const BounceRule& rule = standard.rules()[i];
        const RuleMatch* first = nullptr;
        bool fits = false;
        const std::vector<RuleMatch> matches = standard.scan(fold_text(rule.sample).lower);
        for (const RuleMatch& match : matches) {
            fits = fits || match.order == i;
            if (match.rule->kind == rule.kind && (first == nullptr || match.order < first->order))
                first = &match;
        }
        EXPECT_TRUE(fits) << "does not fit its sample: " << rule.sample;
        if (rule.kind != RuleKind::reason || first == nullptr) continue;
        EXPECT_EQ(first->rule->answer, rule.answer)
            << rule.sample << "\n  is decided by: " << first->rule->sample;
    }
}

TEST(BounceRules, SamplesNameNobody) {
    for (const BounceRule& rule : BounceRules::standard().rules()) {
        const std::size_t at = rule.sample.find('@');
        if (at == std::string::npos) continue;
        const std::string_view domain = std::string_view(rule.sample).substr(at + 1);
        EXPECT_TRUE(
            domain.starts_with("example.") || domain.find(".test") != std::string_view::npos ||
            domain.starts_with("ezweb.ne.jp>")
        ) << rule.sample;
    }
}

TEST(BounceRules, ReadsALineWithItsFamilies) {
    const auto rules = BounceRules::parse(
        "# words\n[reason blocked family=acme]\n550 {Go} right {away}  # from acme,postfix\n"
        "[reason expired last]\n{late}\n[phase rcpt]\n{at rcpt}\n"
    );
    ASSERT_TRUE(rules) << rules.error().message;
    ASSERT_EQ(rules->rules().size(), 3U);
    const BounceRule& rule = rules->rules()[0];
    EXPECT_EQ(rule.answer, "blocked");
    EXPECT_EQ(rule.family, "acme");
    EXPECT_THAT(rule.origins, testing::ElementsAre("acme", "postfix"));
    EXPECT_EQ(rule.sample, "550 Go right away");
    EXPECT_THAT(rule.pieces, testing::ElementsAre("go", "away"));
    EXPECT_EQ(rules->rules()[1].kind, RuleKind::last);
    EXPECT_EQ(rules->rules()[2].kind, RuleKind::phase);
}

TEST(BounceRules, NamesTheLineThatIsWrong) {
    for (const char* text :
         {"\n{a rule first}",
          "[reason a]\nno piece",
          "[reason a]\n{open",
          "[reason a]\n{}",
          "[reason]\n{a}",
          "[reason a b]\n{a}",
          "[odd a]\n{a}",
          "[notice a]\n{a}"}) {
        const auto rules = BounceRules::parse(text);
        ASSERT_FALSE(rules) << text;
        EXPECT_THAT(rules.error().message, testing::HasSubstr("line ")) << text;
    }
}

}  // namespace
}  // namespace inbound
