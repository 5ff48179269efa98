#include "mime/encoded_word.h"

#include "base/text.h"

namespace mime {
namespace {

struct Case {
    const char* value;
    const char* expected;
};

TEST(EncodedWord, Decodes) {
    const Case cases[] = {
        {"plain", "plain"},
        {"=?ISO-8859-1?Q?a?=", "a"},
        {"=?ISO-8859-1?Q?a?= b", "a b"},
        {"=?ISO-8859-1?Q?a?= =?ISO-8859-1?Q?b?=", "ab"},
        {"=?ISO-8859-1?Q?a?=  \t =?ISO-8859-2?Q?_b?=", "a b"},
        {"=?ISO-8859-1?Q?a_b?=", "a b"},
        {"x =?utf-8?B?4pyTIG9r?= y", "x \xe2\x9c\x93 ok y"},
        {"=?utf-8*en?q?l=C3=A4nguage?=", "l\xc3\xa4nguage"},
        {"=?utf-8?q?no blanks allowed but met?=", "no blanks allowed but met"},
        {"a=?utf-8?q?=C3=A4?=b",
         "a\xc3\xa4"
         "b"},
        // a character cut in two between words
        {"=?utf-8?b?4py=?= =?utf-8?b?kyE=?=", "\xe2\x9c\x93!"},
        {"=?utf-8?q?=E2=9C?= =?utf-8?q?=93?=", "\xe2\x9c\x93"},
        {"=?koi8-r?b?8NLJ18XU?=", "\xd0\x9f\xd1\x80\xd0\xb8\xd0\xb2\xd0\xb5\xd1\x82"},
        {"=?iso-2022-jp?b?GyRCRnxLXDhsGyhC?=", "\xe6\x97\xa5\xe6\x9c\xac\xe8\xaa\x9e"},
        {"=?windows-1252?q?=80?=", "\xe2\x82\xac"},
        // no words
        {"=?utf-8?x?abc?=", "=?utf-8?x?abc?="},
        {"=?utf-8?q?open", "=?utf-8?q?open"},
        {"=??q?a?=", "=??q?a?="},
        {"=?", "=?"},
        {"1 =? 2 ?= 3", "1 =? 2 ?= 3"},
        {"=?utf-8?q?=ZZ=4?=", "=ZZ=4"},
        // decoded line ends can't make a new header
        {"=?utf-8?q?a=0D=0ABcc:_x?=", "a  Bcc: x"},
        {"=?utf-8?q?a=00b?=", "ab"},
        {"=?unknown-charset?q?a=FFb?=",
         "a\xef\xbf\xbd"
         "b"},
        // bare 8-bit: UTF-8 where it is, else windows-1252
        {"caf\xc3\xa9", "caf\xc3\xa9"},
        {"caf\xe9", "caf\xc3\xa9"},
    };
    for (const Case& c : cases) EXPECT_EQ(decode_words(c.value), c.expected) << c.value;
}

TEST(EncodedWord, EncodesWithinTheLimitsAndBack) {
    const std::string texts[] = {
        "\xc3\xa4",
        "Gr\xc3\xbc\xc3\x9f"
        "e an alle in der Stadt und auf dem Land, heute und morgen und immer",
        std::string(200, '?'),
        "_=_ ?"
    };
    std::string emoji;
    for (int i = 0; i < 60; ++i) emoji += "\xf0\x9f\x8e\x89";
    for (const std::string& text : {texts[0], texts[1], texts[2], texts[3], emoji}) {
        const auto words = encode_words(text, 40);
        std::string line;
        for (std::size_t i = 0; i < words.size(); ++i) {
            EXPECT_LE(words[i].size(), i == 0 ? 40U : 75U);
            EXPECT_TRUE(base::is_utf8(decode_words(words[i])));
            line += (i == 0 ? "" : " ") + words[i];
        }
        EXPECT_EQ(decode_words(line), text);
    }
}

TEST(EncodedWord, StandsAnyPrefixAndManyOpenWords) {
    const std::string value = "=?utf-8?b?4pyT4pyT?= =?iso-2022-jp?q?=1B$B=46?= =?utf-7?q?+AOQ-?=";
    for (std::size_t length = 0; length <= value.size(); ++length)
        EXPECT_TRUE(base::is_utf8(decode_words(value.substr(0, length))));
    std::string many;
    while (many.size() < 64 * 1024) many += "=?a?q?";
    EXPECT_LE(decode_words(many).size(), many.size());
}

}  // namespace
}  // namespace mime
