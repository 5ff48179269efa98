#include "mime/utf8.h"

namespace mime {
namespace {

TEST(Utf8, WithoutInvisibleKeepsWhatAReaderSees) {
    EXPECT_EQ(without_invisible("a\u200bb\u202ec\u00ad\ufeff\u2066d\U000E0061"), "abcd");
    for (const char* name : {"Zoë", "می\u200cخواهم", "क\u094d\u200dष", "日本 太郎", "😀"})
        EXPECT_EQ(without_invisible(name), name);
    EXPECT_EQ(without_invisible(""), "");
}

TEST(Utf8, CodePointsAreReadAsTheyAreWritten) {
    for (const std::uint32_t value :
         {0x41U, 0xe9U, 0x20acU, 0xffffU, 0x10000U, 0x1f600U, 0x10ffffU}) {
        std::string text;
        append_code_point(text, value);
        EXPECT_EQ(code_point_at(text, 0).value, value);
        EXPECT_EQ(code_point_at(text, 0).bytes, text.size());
    }
}

TEST(Utf8, FirstBytesCutNoCharacter) {
    const std::string text = "aü€😀b";
    for (std::size_t most = 0; most <= text.size() + 1; ++most) {
        const std::string_view kept = first_bytes(text, most);
        EXPECT_LE(kept.size(), most);
        EXPECT_TRUE(text.starts_with(kept));
        EXPECT_EQ(repair_utf8(kept), kept) << most;
        EXPECT_GT(kept.size() + 4, std::min(most, text.size())) << most;
    }
    EXPECT_EQ(first_bytes(text, text.size()), text);
}

}  // namespace
}  // namespace mime
