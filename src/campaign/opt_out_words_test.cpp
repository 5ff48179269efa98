#include "campaign/opt_out_words.h"

#include "base/text.h"
#include "inbound/opt_out.h"

namespace campaign {
namespace {

using testing::HasSubstr;

TEST(OptOutWords, AskForAnAnswerThatInboundUnderstands) {
    const std::vector<std::string> languages = opt_out_languages();
    EXPECT_GE(languages.size(), 12U);
    for (const std::string& language : languages) {
        const std::string answer = opt_out_answer(language).value_or("");
        ASSERT_NE(answer, "") << language;
        EXPECT_THAT(opt_out_sentence(language).value_or(""), HasSubstr(answer)) << language;
        EXPECT_TRUE(inbound::asks_to_stop(answer, "Re: a question")) << language << ": " << answer;
    }
}

TEST(OptOutWords, KnowLanguagesByTheirCode) {
    EXPECT_EQ(opt_out_sentence("pt-BR"), opt_out_sentence("pt"));
    EXPECT_EQ(opt_out_sentence("NB"), opt_out_sentence("no"));
    EXPECT_FALSE(opt_out_sentence("tlh"));
    EXPECT_FALSE(opt_out_sentence(""));
}

TEST(Footer, StandsAtTheEndOnce) {
    Settings settings;
    settings.language = "de";
    settings.postal_address = "Muster GmbH\nHauptstraße 1\n10115 Berlin";
    const std::string once = append_footer("Hallo Anna,\r\nText.\n\n", settings).value_or("");
    EXPECT_THAT(once, testing::StartsWith("Hallo Anna,\nText.\n\nWenn Sie keine"));
    EXPECT_THAT(once, HasSubstr("\nMuster GmbH\nHauptstraße 1\n10115 Berlin\n"));
    EXPECT_EQ(append_footer(once, settings).value_or(""), once);
    EXPECT_EQ(without_footer(once, settings), "Hallo Anna,\nText.");
    const std::string html = append_html_footer("<body><p>x</p></body>", settings).value_or("");
    EXPECT_THAT(html, HasSubstr("10115 Berlin</p>\n</body>"));
    EXPECT_EQ(append_html_footer(html, settings).value_or(""), html);
}

TEST(Footer, IsRefusedWithoutAddressOrLanguage) {
    Settings settings;
    EXPECT_THAT(append_footer("x", settings).error().message, HasSubstr("postal_address"));
    settings.postal_address = "1 Main Street";
    EXPECT_TRUE(append_footer("x", settings));
    settings.language = "tlh";
    EXPECT_THAT(append_footer("x", settings).error().message, HasSubstr("tlh"));
}

}  // namespace
}  // namespace campaign
