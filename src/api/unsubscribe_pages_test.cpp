#include "api/unsubscribe_pages.h"

namespace api {
namespace {

TEST(ChooseLanguage, TakesTheOneThatIsLikedBest) {
    const std::pair<std::string_view, std::string_view> cases[] = {
        {"", "en"},
        {"de", "de"},
        {"DE-ch", "de"},
        {"de-CH, de;q=0.9, en;q=0.8", "de"},
        {"en;q=0.5, fr;q=0.9", "fr"},
        {"fr, de", "fr"},
        {"xx, it;q=0.3", "it"},
        {"no", "nb"},
        {"zh-Hant-TW", "zh"},
        {"de;q=0", "en"},
        {"de;q=2", "en"},
        {"de;q=x, es;q=0.1", "es"},
        {"*", "en"},
        {"../../etc/passwd", "en"},
        {"<script>", "en"},
        {",,,;;;===", "en"},
    };
    for (const auto& [header, language] : cases)
        EXPECT_EQ(choose_language(header), language) << header;
    EXPECT_EQ(choose_language(std::string(8000, ',') + "de"), "en");
}

TEST(UnsubscribePages, AreWholeInEveryLanguage) {
    EXPECT_GE(page_texts().size(), 10U);
    std::map<std::string, std::string> known;  // a text that stands twice was copied
    for (const auto& [language, text] : page_texts()) {
        for (const std::string& one : {text.ask, text.done}) {
            EXPECT_FALSE(one.empty()) << language;
            EXPECT_TRUE(known.emplace(one, language).second) << language << " and " << known[one];
        }
        EXPECT_FALSE(text.title.empty() || text.button.empty()) << language;
        EXPECT_TRUE(text.direction == "ltr" || text.direction == "rtl") << language;
        const net::ServerReply page = unsubscribe_page(UnsubscribePage::ask, language, 200);
        EXPECT_NE(
            page.body.find("lang=\"" + language + "\" dir=\"" + text.direction), std::string::npos
        );
        EXPECT_NE(page.body.find("<button>" + text.button + "</button>"), std::string::npos);
    }
}

TEST(UnsubscribePages, LoadNothingAndRunNothing) {
    for (const auto page : {UnsubscribePage::ask, UnsubscribePage::done})
        for (const auto& [language, text] : page_texts()) {
            const net::ServerReply reply = unsubscribe_page(page, language, 200);
            for (const char* word :
                 {"<script",
                  "<style",
                  "<img",
                  "<link",
                  "src=",
                  "href=",
                  "http:",
                  "https:",
                  "style=",
                  "onclick"})
                EXPECT_EQ(reply.body.find(word), std::string::npos) << language << ": " << word;
        }
    const net::ServerReply reply = unsubscribe_page(UnsubscribePage::ask, "en", 200);
    std::string headers;
    for (const auto& [name, value] : reply.headers) headers += name + ": " + value + "\n";
    EXPECT_NE(
        headers.find(
            "Content-Security-Policy: default-src 'none'; form-action 'self'; frame-ancestors "
            "'none'; base-uri 'none'\n"
        ),
        std::string::npos
    );
    EXPECT_EQ(headers.find("Set-Cookie"), std::string::npos);
    EXPECT_NE(headers.find("Referrer-Policy: no-referrer\n"), std::string::npos);
    EXPECT_NE(headers.find("Cache-Control: no-store\n"), std::string::npos);
}

}  // namespace
}  // namespace api
