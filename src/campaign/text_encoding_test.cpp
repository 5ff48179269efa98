#include "campaign/text_encoding.h"

namespace campaign {
namespace {

std::string decoded(const std::string& bytes, std::size_t piece) {
    EncodingGuess guess;
    for (std::size_t at = 0; at < bytes.size(); at += piece)
        guess.look(std::string_view(bytes).substr(at, piece));
    Decoder decoder(guess.result());
    std::string out;
    for (std::size_t at = 0; at < bytes.size(); at += piece)
        out += decoder.decode(std::string_view(bytes).substr(at, piece), false);
    return out + decoder.decode("", true);
}

std::string utf16(std::u16string_view text, bool little) {
    std::string out;
    for (const char16_t unit : text) {
        const auto low = static_cast<char>(unit & 0xFF);
        const auto high = static_cast<char>(unit >> 8);
        out += little ? low : high;
        out += little ? high : low;
    }
    return out;
}

TEST(TextEncoding, ReadsEachHoweverItIsCut) {
    const std::string text = "Email;Größe €;𝔘\n";
    const std::string cp1252 =
        "Email;Gr\xF6\xDF"
        "e \x80;Caf\xE9\n";
    const std::u16string wide = u"Email;Größe €;𝔘\n";
    struct Case {
        std::string bytes;
        std::string text;
        Encoding encoding;
    };
    const std::vector<Case> cases = {
        {text, text, Encoding::utf8},
        {"\xEF\xBB\xBF" + text, text, Encoding::utf8},
        {utf16(u"\uFEFF" + wide, true), text, Encoding::utf16_le},
        {utf16(u"\uFEFF" + wide, false), text, Encoding::utf16_be},
        {utf16(wide, true), text, Encoding::utf16_le},
        {utf16(wide, false), text, Encoding::utf16_be},
        {cp1252, "Email;Größe €;Café\n", Encoding::windows_1252},
    };
    for (const Case& one : cases) {
        EncodingGuess guess;
        guess.look(one.bytes);
        EXPECT_EQ(guess.result(), one.encoding) << to_string(one.encoding);
        for (const std::size_t piece : {1u, 2u, 3u, 5u, 1000u})
            EXPECT_EQ(decoded(one.bytes, piece), one.text) << to_string(one.encoding) << piece;
    }
}

TEST(TextEncoding, TakesNoBrokenUtf8ForUtf8) {
    for (const char* bytes : {"\xC0\xAF", "\xED\xA0\x80", "\xF4\x90\x80\x80", "\xE2\x82", "\xFF"}) {
        EncodingGuess guess;
        guess.look(bytes);
        EXPECT_EQ(guess.result(), Encoding::windows_1252) << testing::PrintToString(bytes);
    }
}

TEST(TextEncoding, PutsAMarkWhereSurrogatesMakeNoSense) {
    Decoder decoder(Encoding::utf16_le);
    EXPECT_EQ(
        decoder.decode(
            std::string(
                "\x3D\xD8"
                "A\0\x3D\xDC"
                "B\0C",
                9
            ),
            true
        ),
        "\uFFFDA\uFFFDB\uFFFD"
    );
}

TEST(TextEncoding, AnEmptyFileIsUtf8) {
    EXPECT_EQ(EncodingGuess().result(), Encoding::utf8);
    EXPECT_EQ(decoded("", 1), "");
    EXPECT_EQ(decoded("ab", 1), "ab");
}

}  // namespace
}  // namespace campaign
