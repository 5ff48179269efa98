// The lab itself: what its servers accept, refuse, keep, and leave behind.
#include "tests/lab/mail_servers.h"

#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>

#include "tests/lab/servers_test.h"

namespace lab {
namespace {

using std::chrono::seconds;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

const Account kAnna{.email = "anna@alpha.test", .password = "anna's word"};
const Account kBen{.email = "ben@beta.test", .password = "ben's word"};
const Account kFay{.email = "fay@post.test", .password = "fay's word", .filed_under = "Junk"};
const Account kSlow{.email = "slow@post.test", .password = "slow", .slow_to_accept = true};

// One set of servers for all; each test finds the mailboxes empty.
class MailServersTest : public ServersTest {
  protected:
    static void SetUpTestSuite() { start({kAnna, kBen, kFay, kSlow}); }
    void SetUp() override {
        LabTest::SetUp();
        if (IsSkipped()) return;
        for (const Account& account : {kAnna, kBen, kFay, kSlow})
            servers_->doveadm(
                account.email, {"expunge", "-u", account.email, "mailbox", "*", "ALL"}
            );
    }
    Answer send(const std::string& url, const Account& from, const std::string& to) {
        const std::string message =
            "From: " + from.email + "\r\nTo: " + to +
            "\r\nMessage-ID: <one@alpha.test>\r\nSubject: folded\r\n words\r\n"
            "X-Other: a\r\nx-other: b\r\n\r\nHello\r\n";
        return submit(url, from, from.password, to, message);
    }
};

TEST_F(MailServersTest, DeliverOnceWhatIsSubmittedWithALogin) {
    for (const std::string& url : {servers_->smtp_url(), servers_->smtps_url()}) {
        const Answer answer = send(url, kAnna, kBen.email);
        ASSERT_EQ(answer.exit_code, 0) << answer.words;
    }
    ASSERT_TRUE(servers_->await_delivery(seconds(20)));
    const std::vector<StoredMail> mails = servers_->read_maildir(kBen.email);
    // Two submissions of one Message-ID lie twice: nothing in the lab hides a doubled mail.
    ASSERT_THAT(mails, SizeIs(2));
    for (const StoredMail& mail : mails) {
        EXPECT_EQ(mail.folder, "INBOX");
        EXPECT_TRUE(mail.is_new);
        EXPECT_EQ(bare_id(mail.field("message-id")), "one@alpha.test");
        EXPECT_EQ(mail.field("Subject"), "folded words");
        EXPECT_EQ(mail.fields("X-Other"), (std::vector<std::string>{"a", "b"}));
    }
    EXPECT_THAT(servers_->read_maildir(kAnna.email), IsEmpty());
}

TEST_F(MailServersTest, FileAllMailOfAJunkAccountUnderJunk) {
    ASSERT_EQ(send(servers_->smtp_url(), kAnna, kFay.email).exit_code, 0);
    ASSERT_TRUE(servers_->await_delivery(seconds(20)));
    const std::vector<StoredMail> mails = servers_->read_maildir(kFay.email);
    ASSERT_THAT(mails, SizeIs(1));
    EXPECT_EQ(mails[0].folder, "Junk");
}

TEST_F(MailServersTest, TakeTheirTimeToAcceptForASlowAccount) {
    const auto begin = std::chrono::steady_clock::now();
    ASSERT_EQ(send(servers_->smtp_url(), kAnna, kSlow.email).exit_code, 0);
    EXPECT_GE(std::chrono::steady_clock::now() - begin, seconds(1));
    ASSERT_TRUE(servers_->await_delivery(seconds(20)));
    EXPECT_THAT(servers_->read_maildir(kSlow.email), SizeIs(1));
}

TEST_F(MailServersTest, RefuseWrongPasswordsOtherSendersAndTheWorldOutside) {
    const Account wrong{.email = kAnna.email, .password = "guess"};
    const Answer refused = send(servers_->smtp_url(), wrong, kBen.email);
    EXPECT_EQ(refused.exit_code, 1);
    EXPECT_THAT(refused.words, HasSubstr("535"));

    const Answer outside = send(servers_->smtps_url(), kAnna, "someone@example.com");
    EXPECT_EQ(outside.exit_code, 1);
    EXPECT_THAT(outside.words, HasSubstr("554"));

    const Answer unknown = send(servers_->smtps_url(), kAnna, "nobody@beta.test");
    EXPECT_EQ(unknown.exit_code, 1);
    EXPECT_THAT(unknown.words, HasSubstr("550"));

    const Answer imap =
        probe({"folders", servers_->imap_url(), servers_->ca_file(), kAnna.email, "guess"});
    EXPECT_EQ(imap.exit_code, 1);
    EXPECT_THAT(imap.words, HasSubstr("AUTHENTICATIONFAILED"));
}

TEST_F(MailServersTest, OfferNoLoginBeforeTls) {
    const Answer answer = probe({"plain", servers_->smtp_url()});
    ASSERT_EQ(answer.exit_code, 0) << answer.words;
    EXPECT_THAT(answer.words, HasSubstr("STARTTLS"));
    EXPECT_THAT(answer.words, Not(HasSubstr("AUTH")));
}

TEST_F(MailServersTest, AreNotTrustedWithoutTheirAuthority) {
    const Answer answer = probe(
        {"folders",
         servers_->imap_url(),
         "/etc/ssl/certs/ca-certificates.crt",
         kAnna.email,
         kAnna.password}
    );
    EXPECT_EQ(answer.exit_code, 1);
    EXPECT_THAT(answer.words, HasSubstr("certificate verify failed"));
}

TEST_F(MailServersTest, MarkFoldersBySpecialUse) {
    for (const std::string& url : {servers_->imap_url(), servers_->imap_starttls_url()}) {
        const Answer answer =
            probe({"folders", url, servers_->ca_file(), kAnna.email, kAnna.password});
        ASSERT_EQ(answer.exit_code, 0) << answer.words;
        for (const char* folder :
             {"\\Junk) \"/\" Junk",
              "\\Sent) \"/\" Sent",
              "\\Trash) \"/\" Trash",
              "\\Archive) \"/\" Archive",
              "INBOX"})
            EXPECT_THAT(answer.words, HasSubstr(folder));
    }
}

TEST_F(MailServersTest, ShowAWholeMailbox) {
    ASSERT_EQ(send(servers_->smtp_url(), kAnna, kBen.email).exit_code, 0);
    ASSERT_EQ(send(servers_->smtp_url(), kBen, kFay.email).exit_code, 0);
    ASSERT_TRUE(servers_->await_delivery(seconds(20)));
    const MailboxState before = servers_->mailbox_state(kBen.email);
    EXPECT_THAT(before.folders_of("one@alpha.test"), testing::ElementsAre("INBOX"));
    EXPECT_THAT(
        servers_->mailbox_state(kFay.email).folders_of("one@alpha.test"),
        testing::ElementsAre("Junk")
    );
    const auto none_is_ours = [](const MailState&) { return false; };
    EXPECT_THAT(differences(before, servers_->mailbox_state(kBen.email), none_is_ours), IsEmpty())
        << "looking changes nothing";
    servers_->doveadm(
        kBen.email, {"flags", "add", "-u", kBen.email, "\\Seen Later", "mailbox", "INBOX", "ALL"}
    );
    EXPECT_THAT(
        differences(before, servers_->mailbox_state(kBen.email), none_is_ours),
        testing::ElementsAre(HasSubstr("has (Later \\Seen)"))
    );
}

TEST_F(MailServersTest, KeepAStrangersMailUnread) {
    const std::string raw = "From: stranger@example.com\nSubject: hello\n\nA word.\n";
    const std::string name = servers_->put_stranger_mail(kBen.email, raw);
    const std::vector<StoredMail> mails = servers_->read_maildir(kBen.email);
    ASSERT_THAT(mails, SizeIs(1));
    EXPECT_EQ(mails[0].name, name);
    EXPECT_TRUE(mails[0].is_new);
    EXPECT_FALSE(mails[0].seen());
    EXPECT_EQ(read_file(mails[0].path), raw);
}

TEST_F(MailServersTest, RunBesideEachOtherAndLeaveNothing) {
    auto others = MailServers::start({kBen});
    ASSERT_EQ(send(servers_->smtp_url(), kAnna, kBen.email).exit_code, 0);
    ASSERT_TRUE(servers_->await_delivery(seconds(20)));
    EXPECT_THAT(servers_->read_maildir(kBen.email), SizeIs(1));
    EXPECT_THAT(others->read_maildir(kBen.email), IsEmpty());

    const std::string folder = others->folder();
    // Both masters and their children; were there none, the emptiness below would say nothing.
    EXPECT_GE(processes_of_folder(folder).size(), 4U);
    others.reset();
    EXPECT_THAT(processes_of_folder(folder), IsEmpty());
    EXPECT_FALSE(std::filesystem::exists(folder));
    EXPECT_EQ(send(servers_->smtp_url(), kAnna, kBen.email).exit_code, 0);
}

TEST(Lab, EndsItsServersWhenTheTestIsKilled) {
    if (const auto why = MailServers::missing()) GTEST_SKIP() << *why;
    int pipe_ends[2];
    ASSERT_EQ(pipe(pipe_ends), 0);
    const pid_t child = fork();
    ASSERT_GE(child, 0);
    if (child == 0) {
        const auto servers = MailServers::start({kAnna});
        const std::string folder = servers->folder();
        if (write(pipe_ends[1], folder.data(), folder.size()) < 0) _exit(1);
        kill(getpid(), SIGKILL);
    }
    close(pipe_ends[1]);
    char bytes[256];
    const ssize_t size = read(pipe_ends[0], bytes, sizeof bytes);
    close(pipe_ends[0]);
    waitpid(child, nullptr, 0);
    ASSERT_GT(size, 0);
    const std::string folder(bytes, static_cast<std::size_t>(size));
    EXPECT_TRUE(await(seconds(20), [&] { return processes_of_folder(folder).empty(); }));
    EXPECT_FALSE(std::filesystem::exists(folder));
}

}  // namespace
}  // namespace lab
