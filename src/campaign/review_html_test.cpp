// Review of a mail's HTML body: what it may hold, and which links.
#include "campaign/review_subjects.h"

namespace campaign {
namespace {

using test::good;
using test::saying;
using test::with_footer;
using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;

TEST(ReviewHtml, LooksIntoHtml) {
    ReviewSubject subject = with_footer(good());
    const std::string html =
        "<p>Hi Anna,</p><p>I saw that Acme Systems is growing in Berlin. "
        "<a href=\"https://papierlos.example/demo\">Look</a></p>";
    subject.html_body = append_html_footer(html, subject.settings).value_or("");
    EXPECT_THAT(review(subject).findings, IsEmpty()) << findings_in_words(review(subject).findings);
    const auto breaks = [&](const std::string& with) {
        ReviewSubject broken = subject;
        broken.html_body = append_html_footer(html + with, subject.settings).value_or("");
        return !review(broken).passed;
    };
    EXPECT_TRUE(breaks("<img src=\"https://t.example/p.gif\">"));
    EXPECT_TRUE(breaks("<script>x</script>"));
    EXPECT_TRUE(breaks("<a href='https://evil.example'>x</a>"));
    EXPECT_TRUE(breaks("<p>{{company}}</p>"));
    EXPECT_TRUE(breaks("<p style=\"background:url(https://x.example)\">y</p>"));
    EXPECT_TRUE(breaks("<p>It saves 99 hours.</p>"));
    for (const char* loaded :
         {"<source src=\"https://papierlos.example/demo\">",
          "<picture></picture>",
          "<input type=image>",
          "<meta http-equiv=refresh content=\"0\">",
          "<style>@import 'x.css';</style>",
          "<p style=\"background:image-set('x.png' 1x)\">y</p>"})
        EXPECT_TRUE(breaks(loaded)) << loaded;
    subject.html_body = html;
    EXPECT_FALSE(review(subject).passed);  // without its footer
}

TEST(ReviewHtml, CountsAndKnowsTheLinksOfTheHtml) {
    ReviewSubject subject = with_footer(saying("See https://papierlos.example/demo"));
    subject.settings.links.emplace_back("https://papierlos.example/more?a=1&b=2");
    const auto rules_with = [&](const std::string& html) {
        ReviewSubject both = subject;
        both.html_body = append_html_footer("<p>Hi Anna</p>" + html, both.settings).value_or("");
        std::vector<std::string> rules;
        for (const Finding& finding : review(both).findings) rules.push_back(finding.rule);
        return rules;
    };
    EXPECT_THAT(
        rules_with("<a href = 'https://papierlos.example/demo'>papierlos.example/demo</a>"),
        IsEmpty()
    );
    EXPECT_THAT(
        rules_with("<a href=\"https://papierlos.example/more?a=1&amp;b=2\">more</a>"),
        ElementsAre("too_many_links")
    );
    for (const char* foreign :
         {"<a href=\"https://papierlos.example/demo\n.evil.example\">x</a>",
          "<a href=https://evil.example/x>x</a>",
          "<b src=https://evil.example/x>x</b>",
          "<b srcset=\"https://papierlos.example/demo 1x, https://evil.example/x 2x\">x</b>",
          "<table background = \"https://evil.example/x\"></table>"})
        EXPECT_THAT(rules_with(foreign), Contains("foreign_link")) << foreign;
    // An address that names the sender's site stands in both footers.
    subject = good();
    subject.settings.postal_address = "Papierlos GmbH, Hauptstr. 12, Berlin, www.papierlos.test";
    subject = with_footer(subject);
    EXPECT_THAT(rules_with(""), IsEmpty());
}

}  // namespace
}  // namespace campaign
