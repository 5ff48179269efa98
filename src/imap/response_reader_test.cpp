#include "imap/response_reader.h"

#include "imap/test_frames.h"
#include "tests/support/dialogue.h"

namespace imap {
namespace {

std::string shown(const std::vector<Frame>& frames) {
    std::string out;
    for (const Frame& frame : frames) {
        out += '[' + frame.text;
        for (const Frame::Literal& literal : frame.literals) {
            EXPECT_EQ(frame.text.substr(literal.at, literal.header_bytes).back(), '}');
            out += '|' + std::to_string(literal.at) + '=' + literal.bytes;
        }
        out += ']';
    }
    return out;
}

struct Case {
    std::string_view input;
    std::string_view frames;
};
class ResponseReaderTable : public testing::TestWithParam<Case> {};

TEST_P(ResponseReaderTable, FramesTheSameAtEverySplit) {
    support::for_each_split(GetParam().input, [](const std::vector<std::string_view>& pieces) {
        const base::Result<std::vector<Frame>> frames = read_frames(pieces);
        ASSERT_TRUE(frames) << frames.error().describe();
        EXPECT_EQ(shown(*frames), GetParam().frames);
    });
}

INSTANTIATE_TEST_SUITE_P(
    Bytes,
    ResponseReaderTable,
    testing::Values(
        Case{"* OK hi\r\n", "[* OK hi]"},
        Case{"* OK hi\n+ go\r\n", "[* OK hi][+ go]"},
        Case{"\r\n", "[]"},
        Case{"* OK a\r", ""},
        Case{"* OK a\rb\r\n", "[* OK a\rb]"},
        Case{
            "* 1 FETCH (BODY[] {5}\r\na\r\nb) UID 3)\r\n",
            "[* 1 FETCH (BODY[] {5} UID 3)|18=a\r\nb)]"
        },
        Case{"* 1 FETCH (BODY[] {5+}\r\n12345)\r\n", "[* 1 FETCH (BODY[] {5+})|18=12345]"},
        Case{
            "* 1 FETCH (BINARY[1] ~{3}\r\n\x01\n\x02)\r\n",
            "[* 1 FETCH (BINARY[1] ~{3})|21=\x01\n\x02]"
        },
        Case{"* LIST () \"/\" {0}\r\n\r\n* OK\r\n", "[* LIST () \"/\" {0}|14=][* OK]"},
        Case{"* LIST () {1}\r\n/ {2}\r\n{1\r\n", "[* LIST () {1} {2}|10=/|14={1]"},
        // Free text is no place for a literal.
        Case{"* OK text {5}\r\n* NO {1}\r\n", "[* OK text {5}][* NO {1}]"},
        Case{"* bye {9}\r\nA1 OK {7}\r\n+ {3}\r\n", "[* bye {9}][A1 OK {7}][+ {3}]"},
        // What only looks like one.
        Case{
            "* LIST () {x}\r\n* 1 A {}\r\n* 1 B {1}x\r\n* 1 C 1}\r\n",
            "[* LIST () {x}][* 1 A {}][* 1 B {1}x][* 1 C 1}]"
        },
        Case{"* LIST () \"{5}\"\r\n", "[* LIST () \"{5}\"]"}
    )
);

TEST(ResponseReader, LeavesWhatFollowsToTheCaller) {
    ResponseReader reader;
    std::string_view bytes = "A2 OK begin\r\n* CAPABILITY EVIL\r\n";
    const auto frame = reader.next(bytes);
    ASSERT_TRUE(frame && *frame);
    EXPECT_EQ((*frame)->text, "A2 OK begin");
    EXPECT_EQ(bytes, "* CAPABILITY EVIL\r\n");
    EXPECT_TRUE(reader.idle());
    std::string_view half = "* OK";
    ASSERT_TRUE(reader.next(half));
    EXPECT_FALSE(reader.idle());
}

constexpr ReaderLimits kSmall{
    .line_bytes_max = 100,
    .search_bytes_max = 300,
    .literal_bytes_max = 50,
    .response_bytes_max = 170
};

TEST(ResponseReader, RefusesAnEndlessLine) {
    const std::string endless = "* OK " + std::string(200, 'x');
    support::for_each_split(endless, [](const std::vector<std::string_view>& pieces) {
        const auto frames = read_frames(pieces, kSmall);
        ASSERT_FALSE(frames);
        EXPECT_EQ(frames.error().code, base::ErrorCode::limit_exceeded);
        EXPECT_EQ(frames.error().message, "the server sent a line of more than 100 bytes");
    });
}

TEST(ResponseReader, TakesALineOfExactlyTheLimit) {
    const std::string line = "* OK " + std::string(93, 'x') + "\r\n";
    EXPECT_TRUE(read_frames({line}, kSmall));
    EXPECT_FALSE(read_frames({line.substr(0, 98) + "x\r\n"}, kSmall));
}

TEST(ResponseReader, GrantsSearchALongerLine) {
    ReaderLimits limits = kSmall;
    limits.response_bytes_max = 1000;
    for (const std::string_view start : {"* SEARCH", "* search", "* ESEARCH (TAG \"A1\")"}) {
        const std::string line = std::string(start) + std::string(150, '1') + "\r\n";
        support::for_each_split(
            "* SEARCH " + std::string(150, '1') + "\r\n",
            [&](const auto& pieces) { EXPECT_TRUE(read_frames(pieces, limits)); }
        );
        const std::string long_line = std::string(start) + ' ' + std::string(290, '1') + "\r\n";
        EXPECT_FALSE(read_frames({long_line}, limits));
    }
    EXPECT_FALSE(read_frames({"* SEARCHES " + std::string(150, '1') + "\r\n"}, limits));
    EXPECT_FALSE(read_frames({"A1 SEARCH " + std::string(150, '1') + "\r\n"}, limits));
}

TEST(ResponseReader, CountsTextOfAllLinesOfAResponse) {
    std::string many = "* 1 FETCH (";
    for (int i = 0; i < 40; ++i) many += "{0}\r\n";
    const auto frames = read_frames({many}, kSmall);
    ASSERT_FALSE(frames);
    EXPECT_EQ(frames.error().message, "the server sent a line of more than 100 bytes");
}

TEST(ResponseReader, RefusesAHugeLiteralWhenItIsAnnounced) {
    for (const std::string_view size :
         {"51", "4294967296", "99999999999999999", "18446744073709551616", "99999999999999999999"
         }) {
        const std::string line = "* 1 FETCH (BODY[] {" + std::string(size) + "}\r\n";
        const auto frames = read_frames({line}, kSmall);
        ASSERT_FALSE(frames) << size;
        EXPECT_EQ(frames.error().code, base::ErrorCode::limit_exceeded);
        EXPECT_EQ(frames.error().message, "the server sent a literal of more than 50 bytes");
    }
    EXPECT_TRUE(read_frames({"* 1 FETCH (BODY[] {50}\r\n"}, kSmall));
}

TEST(ResponseReader, RefusesAResponseOfManyLiterals) {
    std::string many = "* 1 X (";
    for (int i = 0; i < 5; ++i) many += "{40}\r\n" + std::string(40, 'x');
    const auto frames = read_frames({many}, kSmall);
    ASSERT_FALSE(frames);
    EXPECT_EQ(frames.error().message, "the server sent a response of more than 170 bytes");
}

// Work is counted in bytes looked at, so that the promise does not depend on the machine.
TEST(ResponseReader, LooksAtEveryByteOnce) {
    std::string input;
    for (int i = 0; i < 2000; ++i)
        input += "* 1 FETCH (BODY[] {30}\r\n" + std::string(30, '}') + ")\r\n";
    input += "* SEARCH " + std::string(400'000, '1') + "\r\n";
    ResponseReader reader;
    std::size_t frames = 0;
    for (std::size_t at = 0; at < input.size(); ++at) {
        std::string_view one = std::string_view(input).substr(at, 1);
        const auto frame = reader.next(one);
        ASSERT_TRUE(frame);
        frames += frame->has_value();
    }
    EXPECT_EQ(frames, 2001U);
    EXPECT_EQ(reader.bytes_examined(), input.size());
}

}  // namespace
}  // namespace imap
