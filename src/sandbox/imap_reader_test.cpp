#include "sandbox/imap_reader.h"

#include "sandbox/imap_words.h"

namespace sandbox {
namespace {

using Step = ImapCommandBuffer::Step;

std::vector<std::string> commands_of(
    std::string_view bytes, std::size_t piece, int& continuations
) {
    ImapCommandBuffer buffer;
    std::vector<std::string> out;
    for (std::size_t at = 0; at < bytes.size(); at += piece) {
        buffer.feed(bytes.substr(at, piece));
        for (Step step = buffer.next(); step != Step::need_more; step = buffer.next()) {
            if (step == Step::send_continuation) ++continuations;
            if (step == Step::complete) out.push_back(buffer.take());
            if (step == Step::too_long) return out;
        }
    }
    return out;
}

TEST(ImapCommandBuffer, FindsCommandsInEverySplit) {
    const std::string bytes =
        "a NOOP\r\nb LOGIN {3}\r\nx\r\n {4+}\r\n{1}\r\r\nc X {0}\r\n\r\nd \"{9}\"\r\ne "
        "{2+}\r\n\r\n{2}\r\nab\r\n";
    const std::vector<std::string> expected = {
        "a NOOP",
        "b LOGIN {3}\r\nx\r\n {4+}\r\n{1}\r",
        "c X {0}\r\n",
        "d \"{9}\"",
        "e {2+}\r\n\r\n{2}\r\nab"
    };
    for (std::size_t piece = 1; piece <= bytes.size(); ++piece) {
        int continuations = 0;
        EXPECT_EQ(commands_of(bytes, piece, continuations), expected) << piece;
        EXPECT_EQ(continuations, 3) << piece;
    }
}

TEST(ImapCommandBuffer, BoundsCommandsAndLiterals) {
    ImapCommandBuffer endless;
    endless.feed(std::string(70'000, 'a'));
    EXPECT_EQ(endless.next(), Step::too_long);
    ImapCommandBuffer literal;
    literal.feed("a LOGIN {99999999}\r\n");
    EXPECT_EQ(literal.next(), Step::too_long);
}

TEST(NumberSet, KnowsRangesAndTheStar) {
    struct Row {
        const char* text;
        std::uint32_t number;
        bool expected;
    };
    const std::vector<Row> rows = {
        {"1", 1, true},
        {"1", 2, false},
        {"1,3:5", 4, true},
        {"5:3", 4, true},
        {"3:*", 9, true},
        {"*", 10, true},
        {"*", 9, false},
        {"17:*", 10, true},
        {"17:*", 9, false},
        {"*:8", 9, true}
    };
    for (const Row& row : rows)
        EXPECT_EQ(NumberSet::parse(row.text)->contains(row.number, 10), row.expected)
            << row.text << " " << row.number;
    for (const char* bad : {"", "0", "a", "1:", ":1", "1:2:3", "1,,2", "-1", "4294967296", "1 "})
        EXPECT_FALSE(NumberSet::parse(bad)) << bad;
}

TEST(ImapReader, ReadsAtomsStringsAndLiterals) {
    ImapReader reader("LOGIN \"a \\\"b\\\\\" {3}\r\nx y [Gmail]/Spam 12");
    EXPECT_EQ(reader.atom(), "LOGIN");
    EXPECT_TRUE(reader.space());
    EXPECT_EQ(reader.astring(), "a \"b\\");
    EXPECT_TRUE(reader.space());
    EXPECT_EQ(reader.astring(), "x y");
    EXPECT_TRUE(reader.space());
    EXPECT_EQ(reader.astring(), "[Gmail]/Spam");
    EXPECT_TRUE(reader.space());
    EXPECT_EQ(reader.number(), 12u);
    EXPECT_TRUE(reader.at_end());
    EXPECT_FALSE(reader.astring());
}

TEST(ImapReader, LeavesWhatDoesNotFit) {
    for (const char* bad : {"\"open", "\"open\\", "{3}\r\nab", "{x}\r\nabc", "{3}abc", "("}) {
        ImapReader reader(bad);
        EXPECT_FALSE(reader.astring()) << bad;
        EXPECT_EQ(reader.peek(), bad[0]);
    }
}

TEST(ImapWords, ReadsDates) {
    EXPECT_EQ(parse_imap_date("1-Jan-1970"), 0);
    EXPECT_EQ(parse_imap_date("01-Jun-2026"), base::days_from_date({2026, 6, 1}));
    EXPECT_EQ(parse_imap_date("1-JUN-2026"), base::days_from_date({2026, 6, 1}));
    for (const char* bad : {"", "1-Jun", "32-Jun-2026", "1-Juno-2026", "1-Jun-26", "x-Jun-2026"})
        EXPECT_FALSE(parse_imap_date(bad)) << bad;
    EXPECT_EQ(imap_date_time({1'780'300'800'000'000}), "01-Jun-2026 08:00:00 +0000");
}

TEST(ImapWords, MatchesListPatterns) {
    EXPECT_TRUE(list_matches("*", "[Gmail]/Spam"));
    EXPECT_TRUE(list_matches("%", "INBOX"));
    EXPECT_FALSE(list_matches("%", "[Gmail]/Spam"));
    EXPECT_TRUE(list_matches("[Gmail]/%", "[Gmail]/Spam"));
    EXPECT_TRUE(list_matches("*Sp*m", "[Gmail]/Spam"));
    EXPECT_FALSE(list_matches("Spam", "[Gmail]/Spam"));
    EXPECT_TRUE(list_matches("", ""));
}

TEST(ImapWords, QuotesAndCounts) {
    EXPECT_EQ(imap_quoted("a\"b\\"), "\"a\\\"b\\\\\"");
    EXPECT_EQ(imap_literal("abc"), "{3}\r\nabc");
}

}  // namespace
}  // namespace sandbox
