// What `mailbox check` says of mailboxes that work and of those that do not, on the sandbox's
// servers.
#include "cli/mailbox_check.h"

#include "sandbox/world.h"

namespace cli {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr base::Timestamp kStart{1'780'300'800'000'000};

class CheckTest : public testing::Test {
  protected:
    CheckTest() {
        add("anna@co-one.test", "zoho");
        add("seed@gmail-like.test", "gmail");
        add("seed@outlook-like.test", "outlook");
    }
    void add(const std::string& email, const std::string& provider) {
        world_.add_account({*base::Email::parse(email), "right", provider, kStart, "en"});
    }
    // `preset` is what the store says; the sandbox's servers are those of `provider`.
    mailbox::Mailbox mailbox(const std::string& email, const std::string& provider) {
        mailbox::Mailbox mailbox;
        mailbox.id = ++last_id_;
        mailbox.email = *base::Email::parse(email);
        mailbox.smtp = sandbox::smtp_endpoint(provider);
        mailbox.imap = sandbox::imap_endpoint(provider);
        mailbox.login = email;
        mailbox.password = "right";
        return mailbox;
    }
    CheckedMailbox check(mailbox::Mailbox mailbox) {
        return base::run_to_end(loop_, check_mailbox(connector_, loop_, std::move(mailbox)));
    }
    static std::string states(const CheckedMailbox& checked) {
        std::string out;
        for (const Step& step : checked.steps)
            out += step.state == StepState::ok ? 'o' : step.state == StepState::failed ? 'F' : '-';
        return out;
    }
    static std::string folder(const CheckedMailbox& checked, inbound::FolderKind kind) {
        for (const inbound::WatchedFolder& one : checked.folders)
            if (one.kind == kind) return one.name;
        return "";
    }

    sandbox::VirtualLoop loop_{kStart};
    sandbox::World world_{{.seed = 1, .kind = "kind", .start = kStart}, loop_};
    mailbox::Connector connector_{world_.dialer(), loop_, {}};
    std::int64_t last_id_ = 0;
};

TEST_F(CheckTest, SaysOkForEveryStepAndNamesTheFolders) {
    const CheckedMailbox checked = check(mailbox("seed@gmail-like.test", "gmail"));
    EXPECT_TRUE(checked.ok());
    EXPECT_EQ(states(checked), "oooooooooo");
    EXPECT_EQ(folder(checked, inbound::FolderKind::inbox), "INBOX");
    EXPECT_EQ(folder(checked, inbound::FolderKind::spam), "[Gmail]/Spam");
    EXPECT_EQ(checked.note, "");
}

TEST_F(CheckTest, TriesBothSidesThoughTheFirstRefusesTheLogin) {
    mailbox::Mailbox wrong = mailbox("anna@co-one.test", "zoho");
    wrong.password = "wrong";
    const CheckedMailbox checked = check(wrong);
    EXPECT_FALSE(checked.ok());
    EXPECT_EQ(states(checked), "oooF-oooF-");
    for (const Step& step : checked.steps) {
        if (step.state != StepState::failed) continue;
        EXPECT_EQ(step.error->code, base::ErrorCode::unauthenticated) << step.name;
        EXPECT_NE(step.error->server_words, "") << step.name;
        EXPECT_THAT(step.what_to_do, HasSubstr("password")) << step.name;
        EXPECT_TRUE(step.error->stage.starts_with(step.name.substr(0, 4))) << step.error->stage;
    }
}

TEST_F(CheckTest, SaysThatTheLoginWorksWhereItMayNotSend) {
    world_.set_fault(*base::Email::parse("anna@co-one.test"), {.greylist_once = true});
    const CheckedMailbox checked = check(mailbox("anna@co-one.test", "zoho"));
    EXPECT_EQ(states(checked), "ooooFooooo");
    EXPECT_EQ(checked.steps[4].name, "smtp sending");
    EXPECT_EQ(checked.steps[4].error->reply_code, 451);
    EXPECT_THAT(checked.steps[4].what_to_do, HasSubstr("put off"));
    EXPECT_EQ(world_.delivered().size(), 0u);
}

TEST_F(CheckTest, NamesTheStepThatIsOutOfReachAndGoesOnWithTheOtherSide) {
    mailbox::Mailbox lost = mailbox("anna@co-one.test", "zoho");
    lost.smtp.host = "nowhere.test";
    const CheckedMailbox checked = check(lost);
    EXPECT_FALSE(checked.ok());
    EXPECT_EQ(states(checked), "oF---ooooo");
    EXPECT_EQ(checked.steps[1].name, "smtp connect");
    EXPECT_EQ(checked.steps[1].error->code, base::ErrorCode::network);
    EXPECT_THAT(checked.steps[1].what_to_do, HasSubstr("host and the port"));
}

TEST_F(CheckTest, DoesNotTryWhereTheProviderTakesNoPasswords) {
    mailbox::Mailbox outlook = mailbox("seed@outlook-like.test", "outlook");
    outlook.provider = "outlook";
    const CheckedMailbox checked = check(outlook);
    EXPECT_FALSE(checked.ok());
    EXPECT_EQ(states(checked), "---F----F-");
    EXPECT_THAT(checked.steps[3].error->message, HasSubstr("OAuth2"));
    EXPECT_THAT(checked.steps[3].what_to_do, HasSubstr("mailbox authorize seed@outlook-like.test"));
    EXPECT_EQ(world_.smtp_bytes(), 0u);
}

TEST_F(CheckTest, SaysWhereThePasswordIsNotKnown) {
    mailbox::Mailbox silent = mailbox("anna@co-one.test", "zoho");
    silent.password.reset();
    const CheckedMailbox checked = check(silent);
    EXPECT_EQ(states(checked), "---F----F-");
    EXPECT_THAT(checked.steps[3].error->message, HasSubstr("no password is known"));
    EXPECT_EQ(world_.smtp_bytes(), 0u);
}

TEST_F(CheckTest, ChecksManyAtOnceAndKeepsTheirOrder) {
    std::vector<base::Task<CheckedMailbox>> checks;
    for (const char* provider : {"gmail", "outlook"})
        checks.push_back(check_mailbox(
            connector_, loop_, mailbox(fmt::format("seed@{}-like.test", provider), provider)
        ));
    const auto all = base::run_to_end(loop_, base::when_all(std::move(checks)));
    ASSERT_EQ(all.size(), 2u);
    EXPECT_EQ(all[0].mailbox.email.str(), "seed@gmail-like.test");
    EXPECT_TRUE(all[0].ok());
    EXPECT_TRUE(all[1].ok());
}

TEST(LoginSteps, StopAtTheStepThatTheErrorNames) {
    struct Case {
        const char* stage;
        const char* states;
    };
    for (const Case& one : std::vector<Case>{
             {"smtp.dns", "F---"},
             {"smtp.connect", "oF--"},
             {"smtp.greeting", "oF--"},
             {"smtp.ehlo", "oF--"},
             {"smtp.starttls", "ooF-"},
             {"smtp.tls", "ooF-"},
             {"imap.tls", "ooF-"},
             {"smtp.auth", "oooF"},
             {"imap.login", "oooF"},
         }) {
        base::Error error{base::ErrorCode::protocol, one.stage, "words", {}, 0, {}};
        std::string states;
        for (const Step& step : login_steps("smtp", error, {}))
            states += step.state == StepState::ok ? 'o' : step.error ? 'F' : '-';
        EXPECT_EQ(states, one.states) << one.stage;
    }
}

TEST(FoldersStep, AHiddenGmailFolderIsWorthAStepThatFailed) {
    CheckedMailbox checked;
    EXPECT_EQ(folders_step(checked).state, StepState::ok);
    checked.hidden_folders = "spam,all";
    const Step step = folders_step(checked);
    EXPECT_EQ(step.state, StepState::failed);
    EXPECT_THAT(step.error->message, HasSubstr("spam,all"));
    EXPECT_THAT(step.what_to_do, HasSubstr("Show in IMAP"));
    EXPECT_THAT(step.what_to_do, HasSubstr("unknown"));
}

TEST(FolderNote, SaysWhatAMissingSpamFolderMeans) {
    EXPECT_THAT(folder_note({{"INBOX", inbound::FolderKind::inbox}}), HasSubstr("no spam folder"));
    EXPECT_THAT(
        folder_note({{"INBOX", inbound::FolderKind::inbox}, {"Junk", inbound::FolderKind::spam}}),
        IsEmpty()
    );
}

}  // namespace
}  // namespace cli
