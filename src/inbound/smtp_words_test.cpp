#include "inbound/smtp_words.h"

namespace inbound {
namespace {

TEST(SmtpWords, FindsTheReplyCode) {
    const std::pair<const char*, const char*> cases[] = {
        {"550 no such user", "550"},
        {"smtp; 550-5.1.1 no such user", "550"},
        {"host mx.example.com[192.0.2.1] said: 452 full", "452"},
        {"host mx.example.com:25 error 554", "554"},
        {"(reason: 450 try later)", "450"},
        {"<<< 552 too big", "552"},
        {"message of 550 bytes", ""},
        {"within 500 minutes", ""},
        {"192.0.2.550", ""},
        {"id 5501", ""},
        {"250 ok", ""},
        {"", ""},
    };
    for (const auto& [text, code] : cases) EXPECT_EQ(reply_code_in(text), code) << text;
}

TEST(SmtpWords, FindsTheStatusThatSaysMost) {
    const std::pair<const char*, const char*> cases[] = {
        {"550 5.1.1 no such user", "5.1.1"},
        {"Sorry (#5.1.1)", "5.1.1"},
        {"550 5.0.0 no, 5.2.2 full", "5.2.2"},
        {"550 5.0.0 no", "5.0.0"},
        {"550 5.7.509 no", "5.7.509"},
        {"[4.3.2.1] and 5.4.3.2", ""},
        {"version 15.1.2", ""},
        {"2.1.5 ok", ""},
        {"5.1", ""},
    };
    for (const auto& [text, status] : cases) EXPECT_EQ(status_in(text), status) << text;
}

TEST(SmtpWords, KnowsWhatSaysNothing) {
    EXPECT_TRUE(says_nothing(""));
    EXPECT_TRUE(says_nothing("5.0.0"));
    EXPECT_FALSE(says_nothing("5.1.1"));
}

}  // namespace
}  // namespace inbound
