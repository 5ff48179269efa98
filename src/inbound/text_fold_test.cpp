#include "inbound/text_fold.h"

namespace inbound {
namespace {

TEST(TextFold, MakesOneLineAndKeepsItsLines) {
    const FoldedText text = fold_text("Hello  World\r\n\r\n  Next\tLINE\rlast");
    EXPECT_EQ(text.lower, "hello world next line last");
    EXPECT_EQ(text.kept, "Hello World Next LINE last");
    ASSERT_EQ(text.lines.size(), 3U);
    EXPECT_EQ(text.line(text.lines[1]), "Next LINE");
    EXPECT_TRUE(text.lines[1].indented);
    EXPECT_TRUE(text.lines[1].after_blank);
    EXPECT_FALSE(text.lines[2].after_blank);
}

TEST(TextFold, TakesRepeatedReplyCodesOut) {
    EXPECT_EQ(
        fold_text("550-5.7.1 our system has\n550-5.7.1 detected that\n550 5.7.1 this is spam")
            .lower,
        "550-5.7.1 our system has detected that this is spam"
    );
    // Wrapped anew by the server that reports.
    EXPECT_EQ(
        fold_text("said: 550-5.7.1 has detected 550-5.7.1 that 550 5.7.1 this").lower,
        "said: 550-5.7.1 has detected that this"
    );
    EXPECT_EQ(fold_text("550 one\n550 two").lower, "550 one 550 two");
}

TEST(TextFold, StopsAtAReturnedHeader) {
    const std::string notice = "Could not be delivered:\n  a@example.com\n\n";
    const std::string returned =
        "Received: from x\n\tby y\nFrom: b@example.net\nSubject: Hi\n\nbody";
    const std::string whole = notice + returned;
    const FoldedNotice folded = fold_notice(whole);
    EXPECT_EQ(folded.text.lower, "could not be delivered: a@example.com");
    EXPECT_EQ(folded.returned, returned);
}

TEST(TextFold, TakesFieldsOfTheReportForText) {
    const FoldedNotice folded =
        fold_notice("Your message\n  To: a@example.com\n  Subject: x\n  Sent: today\nfailed\n");
    EXPECT_TRUE(folded.returned.empty());
    EXPECT_EQ(folded.text.lines.size(), 5U);
}

TEST(TextFold, ReadsNoMoreThanItMay) {
    EXPECT_EQ(fold_text(std::string(1000, 'a'), 10).lower.size(), 10U);
}

}  // namespace
}  // namespace inbound
