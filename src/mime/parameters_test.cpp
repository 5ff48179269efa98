#include "mime/parameters.h"

namespace mime {
namespace {

struct Case {
    const char* value;
    const char* head;
    const char* name;
    const char* expected;  // null: absent
};

TEST(StructuredValue, ReadsPlainContinuedAndEncodedParameters) {
    const Case cases[] = {
        {"text/plain", "text/plain", "charset", nullptr},
        {"Text/Plain; Charset=UTF-8", "text/plain", "charset", "UTF-8"},
        {"text/plain; charset=us-ascii (Plain text)", "text/plain", "charset", "us-ascii"},
        {"text/plain (comment); charset = \"utf-8\" ;", "text/plain", "charset", "utf-8"},
        {"text/plain;;; ;charset=a", "text/plain", "charset", "a"},
        {"text/plain; charset", "text/plain", "charset", nullptr},
        {"text/plain; charset=", "text/plain", "charset", ""},
        {"text/plain; charset=a charset2=b", "text/plain", "charset2", "b"},
        {"multipart/mixed\tboundary=\"b\"", "multipart/mixed", "boundary", "b"},
        {"multipart/mixed; boundary=\"a;b=c\\\"d\"", "multipart/mixed", "boundary", "a;b=c\"d"},
        {"a/b; x=1; x=2", "a/b", "x", "1"},
        {"a/b; name=my file.pdf; y=z", "a/b", "name", "my file.pdf"},
        {"a/b; name=\"open", "a/b", "name", "open"},
        {"a/b; name*=utf-8''Z%C3%B6e.txt",
         "a/b",
         "name",
         "Z\xc3\xb6"
         "e.txt"},
        {"a/b; name*=utf-8'de'100%25%zz%4", "a/b", "name", "100%%zz%4"},
        {"a/b; name=plain; name*=utf-8''better", "a/b", "name", "better"},
        {"a/b; name*1=cd; name*0=ab; name*2=ef", "a/b", "name", "abcdef"},
        {"a/b; name*0*=utf-8''%C3; name*1*=%A4x; name*2=\"%41\"", "a/b", "name", "\xc3\xa4x%41"},
        {"a/b; name*0=ab; name*2=ef", "a/b", "name", "ab"},
        {"a/b; name*1=cd", "a/b", "name", nullptr},
        {"a/b; name=\"=?utf-8?b?4pyTLnR4dA==?=\"", "a/b", "name", "\xe2\x9c\x93.txt"},
        {"a/b; name*=koi8-r''%F0", "a/b", "name", "\xd0\x9f"},
        {"a/b; name*=utf-8''a%0D%0Ab", "a/b", "name", "a  b"},
    };
    for (const Case& c : cases) {
        const StructuredValue value(c.value);
        EXPECT_EQ(value.head(), c.head) << c.value;
        if (c.expected == nullptr)
            EXPECT_EQ(value.text(c.name), std::nullopt) << c.value;
        else
            EXPECT_EQ(value.text(c.name), c.expected) << c.value;
    }
}

TEST(StructuredValue, ReadsAtMostAThousandParameters) {
    std::string value = "a/b";
    for (int i = 0; i < 100'000; ++i) value += "; p" + std::to_string(i) + "=1";
    const StructuredValue read(value);
    EXPECT_TRUE(read.over_limit());
    EXPECT_TRUE(read.raw("p999").has_value());
    EXPECT_FALSE(read.raw("p1000").has_value());
    EXPECT_FALSE(StructuredValue("a/b; p=1").over_limit());
}

TEST(StructuredValue, StandsAnyPrefix) {
    const std::string value =
        "a/b (x\\)(y)) ; n*0*=utf-8'en'%C3%A4; n*1=\"q\\\"\"; n*2=z; =; ;*=; **0=1; "
        "n*99999999999=x";
    for (std::size_t length = 0; length <= value.size(); ++length)
        EXPECT_LE(StructuredValue(value.substr(0, length)).text("n").value_or("").size(), 10U);
}

}  // namespace
}  // namespace mime
