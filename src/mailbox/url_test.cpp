#include "mailbox/mailboxes.h"

TEST(ParseUrl, KnowsTheFourFormsAndTheirPorts) {
    const std::vector<std::pair<const char*, const char*>> cases = {
        {"smtps://mail.test", "smtps://mail.test:465"},
        {"smtp+starttls://mail.test", "smtp+starttls://mail.test:587"},
        {"SMTP+STARTTLS://127.0.0.1:2587/", "smtp+starttls://127.0.0.1:2587"},
        {"smtps://[::1]:2465", "smtps://[::1]:2465"},
    };
    for (const auto& [given, expected] : cases) {
        const auto endpoint = mailbox::parse_url(given);
        ASSERT_TRUE(endpoint) << given;
        EXPECT_EQ(mailbox::to_url(*endpoint, "smtp"), expected);
    }
    EXPECT_EQ(
        mailbox::to_url(*mailbox::parse_url("imap+starttls://m.test"), "imap"),
        "imap+starttls://m.test:143"
    );
}

TEST(ParseUrl, RefusesTheRestWithTheForms) {
    for (const char* bad :
         {"",
          "mail.test",
          "smtp://mail.test:25",
          "imap://mail.test",
          "imaps://",
          "imaps://:993",
          "imaps://a b:993",
          "imaps://m.test:0",
          "imaps://m.test:70000",
          "imaps://m.test:99x",
          "imaps://[::1"}) {
        const auto endpoint = mailbox::parse_url(bad);
        ASSERT_FALSE(endpoint) << bad;
        EXPECT_NE(endpoint.error().message.find("imap+starttls://host:143"), std::string::npos);
    }
}
