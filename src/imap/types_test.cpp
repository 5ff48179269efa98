#include "imap/types.h"

#include "imap/uid_ranges.h"

namespace imap {
namespace {

TEST(Folder, ComparesAttributesWithoutCase) {
    const Folder folder{"Spam", "/", {"\\HasNoChildren", "\\Junk"}};
    EXPECT_TRUE(folder.has("\\JUNK"));
    EXPECT_FALSE(folder.has("\\Trash"));
}

TEST(Quoted, EscapesAndRefusesLineEnds) {
    EXPECT_EQ(quoted("a\"b\\c"), "\"a\\\"b\\\\c\"");
    EXPECT_EQ(quoted(""), "\"\"");
    EXPECT_FALSE(quoted("a\rb"));
    EXPECT_FALSE(quoted("a\nb"));
    EXPECT_FALSE(quoted(std::string_view("a\0b", 3)));
}

TEST(UidSet, SortsJoinsAndMakesUnique) {
    EXPECT_EQ(uid_set(std::vector<std::uint32_t>{7, 1, 3, 2, 2}), "1:3,7");
    EXPECT_EQ(uid_set(std::vector<std::uint32_t>{}), "");
    EXPECT_EQ(uid_set(std::vector<std::uint32_t>{4294967295U}), "4294967295");
    EXPECT_EQ(
        uid_set(std::vector<std::uint32_t>{4294967294U, 4294967295U}), "4294967294:4294967295"
    );
}

struct Name {
    std::string_view utf8;
    std::string_view wire;
};
class Utf7 : public testing::TestWithParam<Name> {};

TEST_P(Utf7, GoesThereAndBack) {
    EXPECT_EQ(encode_utf7(GetParam().utf8), GetParam().wire);
    EXPECT_EQ(decode_utf7(GetParam().wire), GetParam().utf8);
}

INSTANTIATE_TEST_SUITE_P(
    Names,
    Utf7,
    testing::Values(
        Name{"", ""},
        Name{"INBOX", "INBOX"},
        Name{"[Gmail]/Spam", "[Gmail]/Spam"},
        Name{"Tom & Jerry", "Tom &- Jerry"},
        Name{"Entwürfe", "Entw&APw-rfe"},
        Name{"Gelöschte Objekte", "Gel&APY-schte Objekte"},
        Name{"Courrier indésirable", "Courrier ind&AOk-sirable"},
        Name{
            "~peter/mail/台北/日本語", "~peter/mail/&U,BTFw-/&ZeVnLIqe-"
        },  // RFC 3501 section 5.1.3
        Name{"Входящие", "&BBIERQQ+BDQETwRJBDgENQ-"},
        Name{"📮", "&2D3c7g-"},
        Name{"a\tb", "a&AAk-b"},
        Name{"~", "~"}
    )
);

TEST(Utf7, GivesMalformedNamesBack) {
    for (const std::string_view name : {
             "A&B",            // no end
             "&&-",            // & is no base64
             "&AGE-",          // ASCII in base64
             "&2D0-",          // half a pair
             "&3O4-",          // the other half
             "&AP-",           // bits left over
             "&APw-&APw-",     // should be one shift
             "&AOk/-",         // "/" is "," here
             "\xc3\xa9&APw-",  // raw 8-bit beside it
             "&",
             "a&",
         })
        EXPECT_EQ(decode_utf7(name), name);
}

TEST(Utf7, EncodesInvalidUtf8AsReplacement) {
    EXPECT_EQ(encode_utf7("a\xff"), "a&,,0-");
    EXPECT_EQ(encode_utf7("\xc3"), "&,,0-");
    EXPECT_EQ(encode_utf7("\xed\xa0\x80"), "&,,3,,f,9-");
}

TEST(Utf7, NeverLetsALineEndThrough) {
    EXPECT_EQ(encode_utf7("a\r\nA2 LOGOUT").find_first_of("\r\n"), std::string::npos);
}

TEST(UidRanges, KnowsWhatWasAskedFor) {
    const auto set = UidRanges::parse("5:9,1,20:18,8:12");
    ASSERT_TRUE(set);
    for (const std::uint32_t uid : {1U, 5U, 9U, 12U, 18U, 19U, 20U})
        EXPECT_TRUE(set->contains(uid));
    for (const std::uint32_t uid : {2U, 4U, 13U, 17U, 21U}) EXPECT_FALSE(set->contains(uid));
    EXPECT_EQ(set->expand(100)->size(), 1U + 8U + 3U);
    EXPECT_FALSE(set->expand(5));
}

TEST(UidRanges, TakesStarAsTheHighest) {
    const auto open = UidRanges::parse("17:*");
    ASSERT_TRUE(open);
    EXPECT_FALSE(open->contains(16));
    EXPECT_TRUE(open->contains(17));
    EXPECT_TRUE(open->contains(4294967295U));
    EXPECT_FALSE(open->expand(1'000'000));
    EXPECT_TRUE(UidRanges::parse("*")->contains(3));
}

TEST(UidRanges, RefusesWhatIsNoSet) {
    for (const std::string_view text :
         {"", ",", "1,", "0", "a", "1:", ":1", "1 2", "1;2", "4294967296", "1\r\n2", "-1"})
        EXPECT_FALSE(UidRanges::parse(text)) << text;
}

TEST(UidRanges, DoesNotExpandAHugeRange) {
    EXPECT_FALSE(UidRanges::parse("1:4294967295")->expand(1'000'000));
    EXPECT_FALSE(UidRanges::parse("1:4294967294")->expand(1'000'000));
}

TEST(SplitUidSet, CutsAtCommas) {
    EXPECT_EQ(split_uid_set("", 10), std::vector<std::string>{});
    EXPECT_EQ(split_uid_set("1,2,3", 10), std::vector<std::string>{"1,2,3"});
    EXPECT_EQ(split_uid_set("10,20,30", 5), (std::vector<std::string>{"10,20", "30"}));
    EXPECT_EQ(split_uid_set("1000:2000,3", 4), (std::vector<std::string>{"1000:2000", "3"}));
    std::string joined;
    for (int uid = 1; uid < 3000; uid += 2) joined += (uid > 1 ? "," : "") + std::to_string(uid);
    std::string again;
    for (const std::string& piece : split_uid_set(joined, 100)) {
        EXPECT_LE(piece.size(), 100U);
        again += (again.empty() ? "" : ",") + piece;
    }
    EXPECT_EQ(again, joined);
}

TEST(DateTime, IsWhatAppendWants) {
    EXPECT_EQ(date_time({0}), "01-Jan-1970 00:00:00 +0000");
    EXPECT_EQ(date_time({1'769'951'220'999'999}), "01-Feb-2026 13:07:00 +0000");
    EXPECT_EQ(date_time({1'798'761'599'000'000}), "31-Dec-2026 23:59:59 +0000");
    EXPECT_EQ(date_time({-1}), "31-Dec-1969 23:59:59 +0000");
}

}  // namespace
}  // namespace imap
