#include "base/email.h"

TEST(Email, AcceptsWhatSmtpCarries) {
    for (const char* good :
         {"a@b.test",
          "first.last+tag@Example.COM",
          "\"two words\"@x.test",
          "user@[192.0.2.1]",
          "ü@dömäin.test",
          "o'brien@x.test"}) {
        const auto email = base::Email::parse(good);
        EXPECT_TRUE(email.has_value()) << good;
    }
    EXPECT_EQ(base::Email::parse("A.B@Example.COM")->str(), "A.B@example.com");
}

TEST(Email, RefusesWithTheAddressAndTheReason) {
    for (const char* bad :
         {"",
          "a",
          "@b.test",
          "a@",
          "a@b..test",
          ".a@b.test",
          "a.@b.test",
          "a..b@c.test",
          "a b@c.test",
          "a@-b.test",
          "a@b_c.test",
          "\"a\r\nb\"@c.test",
          "<a@b.test>",
          "a@b.test, c@d.test",
          "\"open@b.test",
          "\"a\\\xc2\xa9\"@c.test",
          "\"a\\\"@c.test",
          "a@b.test\r\nRCPT TO:<x@y>",
          "\xff@b.test"}) {
        const auto email = base::Email::parse(bad);
        ASSERT_FALSE(email.has_value()) << bad;
        EXPECT_NE(email.error().message.find("is not an email address"), std::string::npos);
    }
    EXPECT_FALSE(base::Email::parse(std::string(65, 'a') + "@b.test"));
    EXPECT_FALSE(base::Email::parse("a@" + std::string(64, 'b') + ".test"));
}

TEST(Email, SameMailboxIgnoresCase) {
    EXPECT_TRUE(base::Email::parse("A@b.test")->same_mailbox(*base::Email::parse("a@B.test")));
}
