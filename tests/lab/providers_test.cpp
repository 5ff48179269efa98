// The modelled providers themselves: how each differs from plain servers, seen by Python's clients.
#include "base/text.h"
#include "tests/lab/servers_test.h"

namespace lab {
namespace {

using std::chrono::seconds;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

const Account kAnna{
    .email = "anna@alpha.test", .password = "anna", .provider = "zoho", .files_sent = true
};
const Account kFinn{.email = "finn@delta.test", .password = "finn", .provider = "zoho"};
const Account kDora{.email = "dora@gmail.test", .password = "dora", .provider = "gmail"};
const Account kEgor{.email = "egor@gmail-ru.test", .password = "egor", .provider = "gmail_ru"};
const Account kFay{
    .email = "fay@outlook.test",
    .password = "",
    .provider = "outlook",
    .refresh_token = "fay-refresh",
    .files_sent = true
};

class ProvidersTest : public ServersTest {
  protected:
    static void SetUpTestSuite() {
        start(
            {kAnna, kFinn, kDora, kEgor, kFay},
            {{"delta.test", {.spf = "fail", .dkim = "wrong", .dmarc = "quarantine"}}}
        );
    }

    static std::string token_url() { return token_server_url(*servers_, "token"); }
    std::string bearer_of(const std::string& refresh_token) {
        const Answer answer = probe({"token", token_url(), refresh_token});
        EXPECT_EQ(answer.exit_code, 0) << answer.words;
        return "bearer:" + std::string(base::trim(answer.words));
    }
    Answer send(
        const Account& from, const std::string& password, const Account& to, const std::string& id
    ) {
        const std::string message =
            "From: " + from.email + "\r\nTo: " + to.email + "\r\nMessage-ID: <" + id +
            ">\r\nDate: Tue, 24 Nov 2026 12:00:00 +0000\r\n"
            "Subject: Notes of today\r\n\r\nHello\r\nMessage-ID: <body>\r\n";
        const Answer answer =
            submit(servers_->smtp_url(from.provider), from, password, to.email, message);
        EXPECT_TRUE(servers_->await_delivery(seconds(30)));
        return answer;
    }
    std::string verdicts_of(const Account& account, const std::string& id) {
        return servers_->doveadm(
            account.email,
            {"-f",
             "flow",
             "fetch",
             "-u",
             account.email,
             "hdr.authentication-results",
             "header",
             "Message-ID",
             id}
        );
    }
    static std::vector<std::string> folders_of(const Account& account, const std::string& id) {
        return servers_->mailbox_state(account.email).folders_of(id);
    }
};

TEST_F(ProvidersTest, SignWhatLeavesAndJudgeWhatArrives) {
    ASSERT_EQ(send(kAnna, "anna", kDora, "good@alpha.test").exit_code, 0);
    EXPECT_THAT(folders_of(kDora, "good@alpha.test"), ElementsAre("INBOX", "[Gmail]/All Mail"))
        << "mail that is no spam lies in All Mail too";
    const std::string good = verdicts_of(kDora, "good@alpha.test");
    EXPECT_THAT(good, HasSubstr("mx.gmail.rig.test;"));
    for (const char* verdict : {"dkim=pass", "spf=pass", "dmarc=pass"})
        EXPECT_THAT(good, HasSubstr(verdict));

    ASSERT_EQ(send(kFinn, "finn", kDora, "bad@delta.test").exit_code, 0);
    EXPECT_THAT(folders_of(kDora, "bad@delta.test"), ElementsAre("[Gmail]/Spam"));
    const std::string bad = verdicts_of(kDora, "bad@delta.test");
    for (const char* verdict : {"dkim=fail", "spf=fail", "dmarc=fail"})
        EXPECT_THAT(bad, HasSubstr(verdict));
}

TEST_F(ProvidersTest, NameFoldersInTheirOwnersLanguage) {
    ASSERT_EQ(send(kFinn, "finn", kEgor, "ru@delta.test").exit_code, 0);
    EXPECT_THAT(folders_of(kEgor, "ru@delta.test"), ElementsAre("[Gmail]/Спам"));
    const Answer listed =
        probe({"folders", servers_->imap_url("gmail_ru"), servers_->ca_file(), kEgor.email, "egor"}
        );
    EXPECT_THAT(listed.words, HasSubstr("\\Junk) \"/\" [Gmail]/&BCEEPwQwBDw-"));
}

TEST_F(ProvidersTest, FileASentCopyForSomeAccounts) {
    ASSERT_EQ(send(kAnna, "anna", kEgor, "kept@alpha.test").exit_code, 0);
    EXPECT_THAT(folders_of(kAnna, "kept@alpha.test"), ElementsAre("Sent"));
    ASSERT_EQ(send(kDora, "dora", kEgor, "unkept@gmail.test").exit_code, 0);
    EXPECT_THAT(folders_of(kDora, "unkept@gmail.test"), testing::IsEmpty());
}

TEST_F(ProvidersTest, OutlookTakesTokensOnlyAndReplacesTheMessageId) {
    const Answer by_password = send(kFay, "fay", kDora, "one@outlook.test");
    EXPECT_EQ(by_password.exit_code, 1) << by_password.words;
    const std::string bearer = bearer_of("fay-refresh");
    const Answer sent = send(kFay, bearer, kDora, "own@outlook.test");
    ASSERT_EQ(sent.exit_code, 0) << sent.words;
    EXPECT_THAT(folders_of(kDora, "own@outlook.test"), testing::IsEmpty());
    // 250 2.0.0 OK <id@outlook.test> [Hostname=mx.outlook.test]
    const std::size_t begin = sent.words.find('<');
    ASSERT_NE(begin, std::string::npos) << sent.words;
    const std::string id = sent.words.substr(begin + 1, sent.words.find('>') - begin - 1);
    EXPECT_THAT(sent.words, HasSubstr("[Hostname=mx.outlook.test]"));
    EXPECT_THAT(folders_of(kDora, id), ElementsAre("INBOX", "[Gmail]/All Mail"));
    EXPECT_THAT(folders_of(kFay, id), ElementsAre("Sent Items"));
    EXPECT_THAT(verdicts_of(kDora, id), HasSubstr("dkim=pass")) << "signed after the change";
    EXPECT_EQ(probe({"token", token_url(), "fay-refresh"}).exit_code, 1) << "it rotates";

    const Answer listed =
        probe({"folders", servers_->imap_url("outlook"), servers_->ca_file(), kFay.email, bearer});
    EXPECT_EQ(listed.exit_code, 0) << listed.words;
    EXPECT_THAT(listed.words, HasSubstr("Junk Email"));
    EXPECT_THAT(listed.words, Not(HasSubstr("\\Junk"))) << "no SPECIAL-USE there";
    const Answer refused = probe(
        {"folders",
         servers_->imap_url("outlook"),
         servers_->ca_file(),
         kFay.email,
         "bearer:nonsense"}
    );
    EXPECT_EQ(refused.exit_code, 1);
    EXPECT_THAT(refused.words, HasSubstr("AUTHENTICATIONFAILED"));
}

TEST_F(ProvidersTest, LimitSessions) {
    const auto hold = [&](const Account& account, const char* count) {
        return probe({"sessions",
                      servers_->imap_url(account.provider),
                      servers_->ca_file(),
                      account.email,
                      account.password,
                      count})
            .words;
    };
    EXPECT_THAT(hold(kAnna, "4"), HasSubstr("3 held, then"));
    EXPECT_THAT(hold(kAnna, "4"), HasSubstr("Maximum number of connections"));
    EXPECT_THAT(hold(kDora, "15"), testing::IsEmpty());
    EXPECT_THAT(hold(kDora, "16"), HasSubstr("15 held, then"));
}

}  // namespace
}  // namespace lab
