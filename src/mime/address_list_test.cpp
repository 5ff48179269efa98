#include "mime/address_list.h"

namespace mime {
namespace {

// "name <address>|name <address>"
std::string shown(const AddressList& list) {
    std::string out;
    for (const Address& address : list.addresses) {
        if (!out.empty()) out += '|';
        out += address.name + " <" + address.email.str() + ">";
    }
    return out;
}

struct Case {
    const char* value;
    const char* expected;
};

TEST(AddressList, ReadsWhatRfc5322Allows) {
    const Case cases[] = {
        {"", ""},
        {"a@b.test", " <a@b.test>"},
        {"<a@b.test>", " <a@b.test>"},
        {"Ada <a@b.test>", "Ada <a@b.test>"},
        {"Ada Lovelace <a@B.TEST>, c@d.test", "Ada Lovelace <a@b.test>| <c@d.test>"},
        {"\"Lovelace, Ada\" <a@b.test>", "Lovelace, Ada <a@b.test>"},
        {"\"A \\\"q\\\" B\" <a@b.test>", "A \"q\" B <a@b.test>"},
        {"a@b.test (Ada)", "Ada <a@b.test>"},
        {"Ada (the (first) one) <a@b.test>", "Ada <a@b.test>"},
        {"=?utf-8?q?Z=C3=B6e?= <a@b.test>",
         "Z\xc3\xb6"
         "e <a@b.test>"},
        {"undisclosed-recipients:;", ""},
        {"Team: a@b.test, Bob <c@d.test>; e@f.test", " <a@b.test>|Bob <c@d.test>| <e@f.test>"},
        {"\"a b\"@c.test", " <\"a b\"@c.test>"},
        {"<\"a>b\"@c.test>", " <\"a>b\"@c.test>"},
        {"<@relay.test,@two.test:a@b.test>", " <a@b.test>"},
        {"a . b @ c . test", " <a.b@c.test>"},
        {"x@[192.0.2.1]", " <x@[192.0.2.1]>"},
        {",,a@b.test,,", " <a@b.test>"},
        {"<<a@b.test>>", " <a@b.test>"},
        {"<>", ""},
    };
    for (const Case& c : cases) EXPECT_EQ(shown(parse_addresses(c.value)), c.expected) << c.value;
}

// CVE-2023-27043, CVE-2025-13033 and kin: what looks like an address in a name is no recipient.
TEST(AddressList, NeverTakesAnAddressFromAName) {
    const Case cases[] = {
        {"\"ceo@bank.test\" <evil@x.test>", "ceo@bank.test <evil@x.test>"},
        {"ceo@bank.test <evil@x.test>", "ceo@bank.test <evil@x.test>"},
        {"\"a@b.test, c@d.test\" <e@f.test>", "a@b.test, c@d.test <e@f.test>"},
        {"\"ceo@bank.test x\"@evil.test", " <\"ceo@bank.test x\"@evil.test>"},
        {"=?utf-8?q?ceo=40bank=2Etest=2C?= <e@f.test>", "ceo@bank.test, <e@f.test>"},
        {"=?utf-8?q?a=40b=2Etest=2C_c=40d=2Etest?=", ""},
        {"<a@b.test> <c@d.test>", " <c@d.test>"},
        {"(a@b.test) c@d.test", "a@b.test <c@d.test>"},
        {"a@b.test(<c@d.test>)", "<c@d.test> <a@b.test>"},
        {"alice@example.org)bob@example.com", ""},
        {"a@b.test c@d.test", ""},
        {"\"unclosed <a@b.test>", "\"unclosed <a@b.test>"},
        {"Ada <a@b.test", ""},
        {"MAILER-DAEMON", ""},
        {"a@b@c.test", ""},
    };
    for (const Case& c : cases) EXPECT_EQ(shown(parse_addresses(c.value)), c.expected) << c.value;
}

TEST(AddressList, SaysWhatItLeftOut) {
    EXPECT_TRUE(parse_addresses("nobody").malformed);
    EXPECT_FALSE(parse_addresses("a@b.test").malformed);
    const AddressList list = parse_addresses("a@b.test, c@d.test, e@f.test", 2);
    EXPECT_EQ(list.addresses.size(), 2U);
    EXPECT_TRUE(list.over_limit);
}

// Every prefix of odd values: no crash, and linear work on unclosed signs.
TEST(AddressList, StandsAnyPrefix) {
    const std::string value =
        "\"A \\\" (\" (c\\)(d)) <@r:\"x\\\"y\"@b.test>, g: [1.2.3.4] \\< =?utf-8?b?4pyT?=;";
    for (std::size_t length = 0; length <= value.size(); ++length)
        EXPECT_LE(parse_addresses(value.substr(0, length)).addresses.size(), 2U);
    for (const char* sign :
         {"(", "\"", "<", "[", "\\", ",", "a@b.test,", "\"\"", "()", "(\"", ":"}) {
        std::string many;
        while (many.size() < 256 * 1024) many += sign;
        EXPECT_LE(parse_addresses(many).addresses.size(), 1000U);
    }
}

}  // namespace
}  // namespace mime
