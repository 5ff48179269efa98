// A mailbox's life on the command line: found by DNS, accepted, measured, given a new password,
// removed, and back again.
#include <boost/json.hpp>

#include "net/loopback_dns.h"
#include "tests/e2e/program.h"

namespace e2e {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

class MailboxLife : public Program {
  protected:
    void SetUp() override {
        set_up();
        environment["PILOTLIGHT_DNS_SERVER"] = dns_.address();
    }
    boost::json::object parsed(const std::vector<std::string>& arguments, int exit_code = 0) {
        return boost::json::parse(json(arguments, exit_code)).as_object();
    }
    boost::json::value listed(const std::string& email) {
        const boost::json::object document = parsed({"mailbox", "list"});
        for (const boost::json::value& one : document.at("mailboxes").as_array())
            if (one.at("email").as_string() == email) return one;
        return nullptr;
    }

    net::LoopbackDns dns_;
};

TEST_F(MailboxLife, AnOwnDomainIsFoundByItsMx) {
    dns_.add("co.example", net::LoopbackDns::mx(10, "mx.zoho.eu"));
    const Outcome added = add("eva@co.example", {"--accept-policy"});
    ASSERT_EQ(added.exit_code, 0) << added.err;
    EXPECT_THAT(
        added.out,
        AllOf(HasSubstr("by the MX records of co.example: mx.zoho.eu"), HasSubstr("zoho.eu"))
    );
    EXPECT_EQ(listed("eva@co.example").at("provider").as_string(), "zoho-eu");
    EXPECT_EQ(listed("eva@co.example").at("imap").as_string(), "imaps://imappro.zoho.eu:993");
}

TEST_F(MailboxLife, AnOwnDomainIsFoundByItsSrvRecords) {
    dns_.add("_submissions._tcp.co.example", net::LoopbackDns::srv(0, 0, 465, "out.co.example"));
    dns_.add("_imaps._tcp.co.example", net::LoopbackDns::srv(0, 0, 993, "in.co.example"));
    const Outcome added = add("eva@co.example");
    ASSERT_EQ(added.exit_code, 0) << added.err;
    EXPECT_THAT(added.out, HasSubstr("by the SRV records of co.example"));
    EXPECT_EQ(listed("eva@co.example").at("smtp").as_string(), "smtps://out.co.example:465");
    EXPECT_EQ(listed("eva@co.example").at("provider").as_string(), "");
    EXPECT_TRUE(listed("eva@co.example").at("left_out").is_null()) << "nothing to accept";
}

TEST_F(MailboxLife, NothingFoundIsExitTwoWithTheMendAndNothingIsWritten) {
    const std::string before = everything();
    const Outcome outcome = add("eva@nowhere.example");
    EXPECT_EQ(outcome.exit_code, 2);
    EXPECT_THAT(outcome.err, AllOf(HasSubstr("--smtp URL"), HasSubstr("--provider")));
    environment["PILOTLIGHT_DNS_SERVER"] = "127.0.0.1:1";
    const Outcome deaf = add("eva@nowhere.example");
    EXPECT_EQ(deaf.exit_code, 2);
    EXPECT_THAT(deaf.err, AllOf(HasSubstr("--smtp URL"), HasSubstr("cannot look up")));
    EXPECT_EQ(everything(), before);
}

TEST_F(MailboxLife, InAScriptAcceptanceIsSaidOrNothingIsAdded) {
    const std::string before = everything();
    const Outcome refused = add("eva@gmail.com");
    EXPECT_EQ(refused.exit_code, 2);
    EXPECT_THAT(refused.err, AllOf(HasSubstr("--accept-policy"), HasSubstr("read 2026-")));
    EXPECT_EQ(everything(), before);
}

TEST_F(MailboxLife, AnImportedMailboxIsLeftOutUntilItIsAccepted) {
    put("boxes.csv",
        "email,role,password\neva@gmail.com,seed,word-one-77\nfay@gmail.com,seed,word-two-77\n");
    const Outcome imported = run({"mailbox", "import", "boxes.csv"});
    EXPECT_THAT(imported.out, HasSubstr("pilotlight mailbox accept"));
    EXPECT_THAT(
        std::string(listed("eva@gmail.com").at("left_out").as_string()), HasSubstr("not accepted")
    );
    EXPECT_THAT(run({"mailbox", "list"}).out, HasSubstr("left out of warmup"));

    const boost::json::object cycle = parsed({"warmup", "run", "--wait", "0"}, 1);
    ASSERT_EQ(cycle.at("skipped").as_array().size(), 2u);
    EXPECT_EQ(cycle.at("skipped").at(0).at("mailbox").as_string(), "eva@gmail.com");
    const boost::json::object status = parsed({"warmup", "status"});
    const boost::json::value& coverage = status.at("imap_coverage");
    EXPECT_EQ(coverage.at("configured").as_int64(), 3);
    EXPECT_EQ(coverage.at("watched").as_int64(), 0) << "nobody answers for the third";
    EXPECT_EQ(coverage.at("unwatched").as_array().size(), 3u);
    EXPECT_THAT(
        run({"warmup", "status"}).out,
        AllOf(HasSubstr("IMAP coverage: 0 of 3"), HasSubstr("gmail 0 of 2"), HasSubstr("would add"))
    );

    EXPECT_EQ(run({"mailbox", "accept"}).exit_code, 2) << "a script has to say so";
    must({"mailbox", "accept", "eva@gmail.com", "--accept-policy"});
    EXPECT_TRUE(listed("eva@gmail.com").at("left_out").is_null());
    EXPECT_FALSE(listed("eva@gmail.com").at("policy_accepted_at").is_null());
    const boost::json::object rest = parsed({"mailbox", "accept", "--accept-policy"});
    ASSERT_EQ(rest.at("accepted").as_array().size(), 1u);
    EXPECT_EQ(rest.at("accepted").at(0).as_string(), "fay@gmail.com");
    EXPECT_THAT(run({"mailbox", "accept"}).out, HasSubstr("No mailbox waits"));
    EXPECT_THAT(run({"why", "eva@gmail.com"}).out, HasSubstr("policy accepted"));
}

TEST_F(MailboxLife, ModeIsSaidWhenAddingOrLater) {
    ASSERT_EQ(add("eva@gmail.com", {"--accept-policy", "--mode", "measure"}).exit_code, 0);
    EXPECT_EQ(listed("eva@gmail.com").at("mode").as_string(), "measure");
    EXPECT_THAT(run({"mailbox", "list"}).out, HasSubstr("only measured"));
    must({"mailbox", "mode", "eva@gmail.com", "warmup"});
    EXPECT_EQ(listed("eva@gmail.com").at("mode").as_string(), "warmup");
    const Outcome wrong = run({"mailbox", "mode", "eva@gmail.com", "sleep"});
    EXPECT_EQ(wrong.exit_code, 2);
    EXPECT_THAT(wrong.err, HasSubstr("warmup or measure"));
}

TEST_F(MailboxLife, ANewPasswordIsTakenFromTheEnvironmentAndShownNowhere) {
    environment["NEW_WORD"] = "orchid-3391-river";
    must({"mailbox", "password", "ann@example.com", "--password-env", "NEW_WORD"});
    EXPECT_EQ(
        run({"mailbox", "password", "ann@example.com", "--password-env", "NONE"}).exit_code, 2
    );
    const Outcome itself =
        run({"mailbox", "password", "ann@example.com", "--password-env", "orchid-3391-river"});
    EXPECT_EQ(itself.exit_code, 2);
    EXPECT_THAT(printed(), Not(HasSubstr("orchid-3391")));
    EXPECT_THAT(everything(), Not(HasSubstr("orchid-3391")));
    EXPECT_THAT(run({"why", "ann@example.com"}).out, HasSubstr("password changed"));
}

TEST_F(MailboxLife, RemovedItIsGoneItsOpenMailCancelledAndItsHistoryThere) {
    EXPECT_EQ(parsed({"warmup", "run", "--wait", "0"}, 1).at("sent").as_int64(), 0);
    const boost::json::object removed = parsed({"mailbox", "remove", "ann@example.com"});
    EXPECT_EQ(removed.at("cancelled").as_int64(), 1);
    EXPECT_EQ(removed.at("in_doubt").as_int64(), 0);
    EXPECT_TRUE(listed("ann@example.com").is_null());
    EXPECT_THAT(everything(), HasSubstr("its mailbox was removed"));
    EXPECT_EQ(run({"mailbox", "remove", "ann@example.com"}).exit_code, 2);

    ASSERT_EQ(add("ann@example.com", {"--provider", "zoho", "--accept-policy"}).exit_code, 0);
    EXPECT_EQ(listed("ann@example.com").at("id").as_int64(), 1) << "the same mailbox";
    EXPECT_THAT(run({"why", "ann@example.com"}).out, HasSubstr("removed"));
}

// Its history stays after it: `why` said that it was none of ours.
TEST_F(MailboxLife, WhyTellsOfARemovedMailboxToo) {
    must({"mailbox", "remove", "ann@example.com"});
    const Outcome why = run({"why", "ann@example.com"});
    EXPECT_EQ(why.exit_code, 0) << why.err;
    EXPECT_THAT(why.out, ::testing::HasSubstr("ann@example.com  sender mailbox 1, removed"));
    EXPECT_THAT(json({"why", "Ann@example.com"}), ::testing::HasSubstr("\"status\":\"removed\""));
}

}  // namespace
}  // namespace e2e
