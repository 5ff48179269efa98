#include "cli/draft_output.h"

namespace cli {
namespace {

TEST(DraftOutput, IsReadBackAsItIsShown) {
    const campaign::DraftText text{"A question", "Hi Anna,\n\none line.\n", std::nullopt};
    const auto back = read_draft_text(draft_text(text));
    ASSERT_TRUE(back);
    EXPECT_EQ(back->subject, text.subject);
    EXPECT_EQ(back->body, "Hi Anna,\n\none line.");
}

TEST(DraftOutput, NothingIsAddedOrCutOnTheWayToAFileAndBack) {
    const std::string line = "über " + std::string(5000, 'x') + " ü";
    const campaign::DraftText text{
        std::string(600, 's') + "ß",
        "Hi Anna,\r\n\r\n" + line + "\r\n\r\nfooter\r\n1 Street",
        "<p>Hi</p>"
    };
    const auto back = read_draft_text(draft_text(text));
    ASSERT_TRUE(back);
    EXPECT_EQ(back->subject, text.subject);
    EXPECT_EQ(back->body, "Hi Anna,\n\n" + line + "\n\nfooter\n1 Street");
    const auto again = read_draft_text(draft_text(*back));
    ASSERT_TRUE(again);
    EXPECT_EQ(again->body, back->body);
}

TEST(DraftOutput, RefusesAnotherForm) {
    for (const char* text : {"", "Hi Anna,\n\nno subject", "Subject: alone", "Subject: x\n\n\n"})
        EXPECT_FALSE(read_draft_text(text)) << text;
    EXPECT_TRUE(read_draft_text("subject: x\r\n\r\ny\r\n"));
}

TEST(DraftOutput, ShowsNoControlCharacters) {
    const std::string shown = draft_text({"a\x1b[31m", "b\x07", std::nullopt});
    EXPECT_EQ(shown.find('\x1b'), std::string::npos);
    EXPECT_EQ(shown.find('\x07'), std::string::npos);
}

}  // namespace
}  // namespace cli
