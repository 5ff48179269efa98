#include "mime/authentication.h"

namespace mime {
namespace {

std::string shown(const Authentication& verdicts) {
    return verdicts.spf.value_or("-") + " " + verdicts.dkim.value_or("-") + " " +
           verdicts.dmarc.value_or("-") + " " + verdicts.arc.value_or("-");
}

struct Case {
    const char* value;
    const char* expected;  // spf dkim dmarc arc
};

TEST(Authentication, ReadsMethodsAndResults) {
    const Case cases[] = {
        {"", "- - - -"},
        {"mx.example.com; none", "- - - -"},
        {"mx.example.com 1; spf=pass smtp.mailfrom=a@b.test", "pass - - -"},
        {"mx.example.com; spf=pass smtp.mailfrom=b.test; dkim=pass header.d=b.test; dmarc=pass; "
         "arc=none",
         "pass pass pass none"},
        {"mx.google.com; dkim=pass header.i=@b.test header.s=s1 header.b=\"Ab=;c\"; "
         "spf=pass (google.com: domain of a@b.test designates 192.0.2.1 as permitted sender) "
         "smtp.mailfrom=a@b.test; dmarc=pass (p=NONE sp=NONE dis=NONE) header.from=b.test",
         "pass pass pass -"},
        // Microsoft leaves the authserv-id out
        {"spf=fail (sender IP is 192.0.2.1) smtp.mailfrom=b.test; dkim=none (message not signed) "
         "header.d=none;dmarc=fail action=quarantine header.from=b.test;compauth=fail reason=000",
         "fail none fail -"},
        {"x.test; SPF=Pass; DKIM = SoftFail", "pass softfail - -"},
        {"x.test; dkim/1=pass; spf / 1 = neutral", "neutral pass - -"},
        {"x.test; dkim=fail; dkim=pass; dkim=neutral", "- pass - -"},
        {"x.test; dkim=fail; dkim=temperror", "- fail - -"},
        {"x.test; spf=pass; spf=fail", "pass - - -"},
        // a comment or a quoted string is no result
        {"x.test; (spf=pass) dkim=fail (dkim=pass; dmarc=pass)", "- fail - -"},
        {"x.test; spf=fail reason=\"; dkim=pass\"", "fail - - -"},
        {"x.test (a \\) ; spf=pass", "- - - -"},
        {"x.test; (nested (comment; dmarc=pass) ) dmarc=fail", "- - fail -"},
        {"x.test; spf", "- - - -"},
        {"x.test; spf=", "- - - -"},
        {"x.test; spf=<script>", "- - - -"},
        {"x.test; =pass; policy.dmarc=pass", "- - - -"},
    };
    for (const Case& c : cases)
        EXPECT_EQ(shown(parse_authentication_results(c.value)), c.expected) << c.value;
}

TEST(Authentication, BelievesTheTopmostHeaderOnly) {
    const Message message = read_headers(
        "Received: from x\r\n"
        "Authentication-Results: mx.test;\r\n\tspf=fail smtp.mailfrom=b.test;\r\n dkim=none\r\n"
        "Authentication-Results: mx.test; spf=pass; dkim=pass; dmarc=pass\r\n"
        "\r\n"
    );
    EXPECT_EQ(shown(authentication_of(message)), "fail none - -");
    EXPECT_EQ(authentication_of(read_headers("Subject: x\r\n\r\n")), Authentication{});
}

TEST(Authentication, StandsAnyPrefixAndHugeValues) {
    const std::string value = "x.test (a\\)b); dkim=pass header.b=\"q\\\"\"; spf=pass (c(d)e)";
    for (std::size_t length = 0; length <= value.size(); ++length)
        parse_authentication_results(value.substr(0, length));
    std::string many = "x.test";
    while (many.size() < 256 * 1024) many += ";a=b";
    EXPECT_EQ(parse_authentication_results(many), Authentication{});
}

}  // namespace
}  // namespace mime
