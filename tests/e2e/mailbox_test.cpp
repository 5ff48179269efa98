// Mailboxes from the command line: what is added is what is listed, and `check` says what is wrong.
#include <boost/json.hpp>

#include "tests/e2e/program.h"

namespace e2e {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class MailboxCommands : public Program {
  protected:
    void SetUp() override { set_up(); }
    boost::json::object parsed(const std::vector<std::string>& arguments, int exit_code = 0) {
        return boost::json::parse(json(arguments, exit_code)).as_object();
    }
    boost::json::object listed(const std::string& email) {
        const boost::json::object document = parsed({"mailbox", "list"});
        for (const boost::json::value& one : document.at("mailboxes").as_array())
            if (one.at("email").as_string() == email) return one.as_object();
        ADD_FAILURE() << email << " is not listed";
        return {};
    }
};

TEST_F(MailboxCommands, ListWhatWasAdded) {
    environment["ZOE"] = "zoe-word-77";
    must(
        {"mailbox",
         "add",
         "zoe@own.example.com",
         "--role",
         "sender",
         "--name",
         "Zoë Ray",
         "--zone",
         "Europe/Berlin",
         "--provider",
         "zoho",
         "--login",
         "zoe",
         "--password-env",
         "ZOE",
         "--accept-policy"}
    );
    const boost::json::object zoe = listed("zoe@own.example.com");
    EXPECT_EQ(zoe.at("role").as_string(), "sender");
    EXPECT_EQ(zoe.at("name").as_string(), "Zoë Ray");
    EXPECT_EQ(zoe.at("zone").as_string(), "Europe/Berlin");
    EXPECT_EQ(zoe.at("provider").as_string(), "zoho");
    EXPECT_EQ(zoe.at("smtp").as_string(), "smtp+starttls://smtppro.zoho.com:587");
    EXPECT_EQ(zoe.at("login").as_string(), "zoe");
    EXPECT_TRUE(zoe.at("password_known").as_bool());
    EXPECT_EQ(zoe.at("status").as_string(), "active");
    const boost::json::object ann = listed("ann@example.com");
    EXPECT_EQ(ann.at("zone").as_string(), "UTC");
    EXPECT_EQ(ann.at("imap").as_string(), "imaps://127.0.0.1:1");
    const Outcome table = run({"mailbox", "list"});
    EXPECT_THAT(table.out, HasSubstr("zoe@own.example.com"));
    EXPECT_THAT(table.out, HasSubstr("seed@example.org"));
}

TEST_F(MailboxCommands, AcceptanceOfThePolicyIsRecorded) {
    must(
        {"mailbox",
         "add",
         "x@gmail.com",
         "--role",
         "seed",
         "--password-env",
         "ANN_PASSWORD",
         "--accept-policy"}
    );
    edit_store("DELETE FROM mailboxes WHERE policy_accepted_at IS NULL");
    EXPECT_EQ(listed("x@gmail.com").at("provider").as_string(), "gmail");
    EXPECT_EQ(parsed({"mailbox", "list"}).at("mailboxes").as_array().size(), 1u);
}

TEST_F(MailboxCommands, TheOwnersHostsStandAboveThePreset) {
    environment["GMAIL_SMTP_HOST"] = "relay.example.com";
    environment["GMAIL_SMTP_PORT"] = "587";
    must(
        {"mailbox",
         "add",
         "x@gmail.com",
         "--role",
         "seed",
         "--password-env",
         "ANN_PASSWORD",
         "--accept-policy"}
    );
    EXPECT_EQ(
        listed("x@gmail.com").at("smtp").as_string(), "smtp+starttls://relay.example.com:587"
    );
}

TEST_F(MailboxCommands, OutlookIsAddedWithAWarningAndCheckTriesNothing) {
    const Outcome added = run(
        {"mailbox",
         "add",
         "x@outlook.com",
         "--role",
         "seed",
         "--password-env",
         "ANN_PASSWORD",
         "--accept-policy"}
    );
    EXPECT_EQ(added.exit_code, 0);
    EXPECT_THAT(added.out, HasSubstr("takes no passwords"));
    const Outcome checked = run({"mailbox", "check", "x@outlook.com"});
    EXPECT_EQ(checked.exit_code, 1);
    EXPECT_THAT(checked.out, HasSubstr("OAuth2"));
    EXPECT_THAT(checked.out, HasSubstr("not tried"));
}

TEST_F(MailboxCommands, CheckSaysWhatIsWrongOnBothSidesOfEach) {
    const boost::json::object document = parsed({"mailbox", "check"}, 1);
    EXPECT_FALSE(document.at("ok").as_bool());
    ASSERT_EQ(document.at("mailboxes").as_array().size(), 2u);
    for (const boost::json::value& mailbox : document.at("mailboxes").as_array()) {
        EXPECT_FALSE(mailbox.at("ok").as_bool());
        const boost::json::array& steps = mailbox.at("steps").as_array();
        ASSERT_EQ(steps.size(), 10u);
        for (const std::size_t step : {1u, 6u}) {
            EXPECT_EQ(steps[step].at("state").as_string(), "failed");
            EXPECT_EQ(steps[step].at("error").at("code").as_string(), "network");
            EXPECT_FALSE(steps[step].at("what_to_do").as_string().empty());
        }
    }
    const Outcome text = run({"mailbox", "check", "ann@example.com"});
    EXPECT_EQ(text.exit_code, 1);
    EXPECT_THAT(text.out, HasSubstr("smtp connect  failed: "));
    EXPECT_THAT(text.out, HasSubstr("what to do: "));
    EXPECT_THAT(text.out, HasSubstr("0 of 1 mailboxes work"));
    EXPECT_THAT(text.out, Not(HasSubstr("seed@example.org")));
}

TEST_F(MailboxCommands, PauseAndResumeStandInListAndLedger) {
    must({"mailbox", "pause", "ANN@example.com", "--reason", "ask carl@example.com"});
    EXPECT_EQ(listed("ann@example.com").at("status").as_string(), "paused");
    EXPECT_EQ(listed("ann@example.com").at("status_reason").as_string(), "ask carl@example.com");
    must({"mailbox", "resume", "ann@example.com"});
    EXPECT_EQ(listed("ann@example.com").at("status").as_string(), "active");
    EXPECT_EQ(listed("ann@example.com").at("status_reason").as_string(), "");
    EXPECT_THAT(run({"mailbox", "resume", "ann@example.com"}).out, HasSubstr("already"));
    const boost::json::object why = parsed({"why", "ann@example.com"});
    const boost::json::array& ledger = why.at("ledger").as_array();
    ASSERT_EQ(ledger.size(), 3u);
    EXPECT_EQ(ledger[0].at("decision").as_string(), "added");
    EXPECT_EQ(ledger[1].at("decision").as_string(), "paused");
    EXPECT_EQ(ledger[1].at("reason").as_string(), "ask [address]")
        << "the ledger holds no addresses";
    EXPECT_EQ(ledger[2].at("decision").as_string(), "resumed");
}

}  // namespace
}  // namespace e2e
