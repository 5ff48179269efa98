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

}  // namespace
}  // namespace mime
