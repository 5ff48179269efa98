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

TEST(Authentication, BelievesOnlyTheServersOfTheMailbox) {
    struct Trust {
        const char* headers;
        AuthenticationServers servers;
        const char* expected;
    };
    const AuthenticationServers google{{"google.com"}};
    const AuthenticationServers microsoft{{"outlook.com"}, true};
    const Trust cases[] = {
        {"Authentication-Results: mx.google.com; spf=pass; arc=pass (i=1)\r\n",
         google,
         "pass - - pass"},
        {"Authentication-Results: MX.Google.COM 1; spf=pass\r\n", google, "pass - - -"},
        {"Authentication-Results: google.com; spf=pass\r\n", google, "pass - - -"},
        // Another server's word, one that only sounds like ours, and none at all.
        {"Authentication-Results: mx.sender.test; spf=pass; dkim=pass\r\n", google, "- - - -"},
        {"Authentication-Results: notgoogle.com; spf=pass\r\n", google, "- - - -"},
        {"Authentication-Results: google.com.evil.test; spf=pass\r\n", google, "- - - -"},
        {"Authentication-Results: spf=pass\r\n", google, "- - - -"},
        {"Subject: x\r\n", google, "- - - -"},
        {"Authentication-Results: mx.google.com; spf=pass\r\n", {}, "- - - -"},
        // Ours lies below one that the sender's side has put on top.
        {"Authentication-Results: mx.sender.test; spf=pass\r\n"
         "Received: from x\r\n"
         "Authentication-Results: mx.google.com; spf=fail; dkim=none\r\n",
         google,
         "fail none - -"},
        // The host that received it, by its own word on top.
        {"Received: from x (by y) by MX1.host.test (Postfix) with ESMTP; Mon, 1 Jun 2026\r\n"
         "Authentication-Results: mx1.host.test; spf=pass\r\n",
         {},
         "pass - - -"},
        {"Received: from x\r\n\tby\tlonely with LMTP\r\n"
         "Authentication-Results: lonely; spf=pass\r\n",
         {},
         "pass - - -"},
        {"Received: from x by mx1.host.test with ESMTP\r\n"
         "Received: from evil by mx.sender.test with ESMTP\r\n"
         "Authentication-Results: mx.sender.test; spf=pass\r\n",
         {},
         "- - - -"},
        {"Received: by 2002:a05:6504:1 with SMTP id x\r\n"
         "Authentication-Results: 2002:a05:6504:1; spf=pass\r\n",
         {},
         "- - - -"},
        // A second one under the same name came with the mail.
        {"Authentication-Results: mx.google.com; spf=fail\r\n"
         "Authentication-Results: mx.google.com; spf=pass; dkim=pass; dmarc=pass\r\n",
         google,
         "fail - - -"},
        // A server that spreads its results over several names.
        {"Authentication-Results: arc.icloud.com; arc=none\r\n"
         "X-ARC-Info: policy=fail\r\n"
         "Authentication-Results: dmarc.icloud.com; dmarc=pass header.from=b.test\r\n"
         "Authentication-Results: dkim-verifier.icloud.com; dkim=pass\r\n"
         "Authentication-Results: spf.icloud.com; spf=pass\r\n",
         {{"icloud.com"}},
         "pass pass pass none"},
        // Microsoft's has no name, and only the topmost is Microsoft's.
        {"Authentication-Results: spf=fail; dkim=none;dmarc=fail\r\n"
         "Authentication-Results: spf=pass; dkim=pass\r\n",
         microsoft,
         "fail none fail -"},
        {"Authentication-Results: mx.sender.test; spf=pass\r\n"
         "Authentication-Results: spf=fail\r\n",
         microsoft,
         "- - - -"},
    };
    for (const Trust& one : cases)
        EXPECT_EQ(
            shown(authentication_of(read_headers(std::string(one.headers) + "\r\n"), one.servers)),
            one.expected
        ) << one.headers;
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
