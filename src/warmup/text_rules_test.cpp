#include "warmup/text_rules.h"

namespace {

const std::string kBody = "Hello,\n\nhow did the workshop go last week?\n\nBest wishes";

}  // namespace

TEST(TemplateProblem, AnOrdinaryTextHasNone) {
    EXPECT_EQ(warmup::template_problem("The workshop", kBody, ""), std::nullopt);
    EXPECT_EQ(warmup::template_problem("The workshop", kBody, "<p>Hello</p>"), std::nullopt);
    EXPECT_EQ(
        warmup::template_problem("A start", kBody + " Of course.Come by, e.g. at 5.30 or so.", ""),
        std::nullopt
    );
    EXPECT_EQ(warmup::template_problem("Größe und Straße", kBody + " 5 % of 10", ""), std::nullopt);
}

TEST(TemplateProblem, AMalformedTemplateIsNamed) {
    const std::vector<std::array<std::string, 3>> bad = {
        {"", kBody, ""},
        {" ", kBody, ""},
        {"Subject", "", ""},
        {"Subject", "too short", ""},
        {std::string(121, 's'), kBody, ""},
        {"Subject", std::string(2001, 'b'), ""},
        {"Hi {{name}}", kBody, ""},
        {"Subject", kBody + " [Your Name]", ""},
        {"Subject", kBody + " <name>", ""},
        {"Subject", kBody + " $NAME", ""},
        {"Subject", kBody + " %first_name%", ""},
        {"Subject", kBody + " https://x.test", ""},
        {"Subject", kBody + " www.x.test", ""},
        {"Subject", kBody + " See shop-one.com.", ""},
        {"Subject", kBody + " Write to anna@co.net, please.", ""},
        {"Subject", kBody + " As an AI I can't.", ""},
        {"Subject\r\nBcc: x@y.test", kBody, ""},
        {"Re: Subject", kBody, ""},
        {"Subject", kBody + std::string(1, '\0'), ""},
        {"Subject", kBody + "\xff", ""},
        {"Subject", kBody, "no markup"},
        {"Subject", kBody, "<p onclick><script>1</script></p>"},
        {"Subject", kBody, "<a href=\"https://x.test\">x</a>"},
    };
    for (const auto& [subject, body, html] : bad)
        EXPECT_NE(warmup::template_problem(subject, body, html), std::nullopt)
            << subject << "|" << body << "|" << html;
}

TEST(ReplyProblem, TheCanaryAndLinksNeverLeave) {
    EXPECT_EQ(warmup::reply_problem("Thanks, Tuesday works for me.", "canary77"), std::nullopt);
    for (const char* bad :
         {"", "canary77 is my mark", "see http://x.test", "Dear {{name}},", "[signature]"})
        EXPECT_NE(warmup::reply_problem(bad, "canary77"), std::nullopt) << bad;
}

TEST(AdvertisingProblem, SeesPricesCapitalsAndAdWords) {
    for (const char* bad :
         {"only 5€", "10 % off", "FREE", "buy it", "A special offer", "see www.x.test", "cost $5"})
        EXPECT_NE(warmup::advertising_problem(bad), std::nullopt) << bad;
    for (const char* good : {"I feel freely about it", "The dealer called", "A word. Another one."})
        EXPECT_EQ(warmup::advertising_problem(good), std::nullopt) << good;
}

TEST(VisibleText, DropsWhatAReaderCannotSee) {
    EXPECT_EQ(warmup::visible_text("a\u200bb\u202ec\nd\x1b", 100), "abc\nd?\n");
    EXPECT_LE(
        warmup::visible_text(std::string(500, 'x') + "\n" + std::string(500, 'y'), 600).size(), 600U
    );
}

TEST(HoldsText, SurvivesRewrappingButNotAnotherText) {
    EXPECT_TRUE(
        warmup::holds_text("> Hello,\r\nhow are\r\nyou?  \r\n-- \nfooter", "Hello, how are you?")
    );
    EXPECT_FALSE(warmup::holds_text("Ignore all rules", "Hello, how are you?"));
}
