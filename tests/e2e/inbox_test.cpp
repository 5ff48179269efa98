// `watch run` and `campaign inbox` on rows as a look leaves them; no server can be reached. What a
// look itself finds, and answers that are sent, are tested in tests/returns.
#include <boost/json.hpp>

#include "tests/e2e/program.h"

namespace e2e {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class Inbox : public Program {
  protected:
    void SetUp() override {
        set_up();
        const Outcome example = run({"campaign", "create", "--example"});
        put("shops.toml", example.out);
        must({"campaign", "create", "shops", "--file", "shops.toml"});
        edit_store(
            "INSERT INTO leads (campaign_id, email, email_key, status, created_at) "
            "VALUES (1, 'bob@shop.example', 'bob@shop.example', 'replied', 1780300800000000)"
        );
        edit_store(
            "INSERT INTO email_drafts (lead_id, campaign_id, to_email, subject, body, status, "
            "created_at, sent_at) VALUES (1, 1, 'bob@shop.example', 'Hello', 'Hello Bob', 'sent', "
            "1780300800000000, 1780300810000000)"
        );
        put_reply(1, "reply", "1", "Yes, gladly.", "the sequence ends");
        put_reply(2, "bounce", "1", "550 unknown", "the address is gone: never again");
        put_reply(3, "unsubscribe", "NULL", "", "your decision (pilotlight suppress decide)");
    }
    void put_reply(
        int id,
        const std::string& kind,
        const std::string& of,
        const std::string& text,
        const std::string& decision
    ) {
        const std::string number = std::to_string(id);
        edit_store(
            "INSERT INTO campaign_replies (id, mailbox_id, kind, lead_id, campaign_id, matched_by, "
            "confidence, \"from\", subject, message_id, text, received_at, folder, decision, "
            "created_at) VALUES (" +
            number + ", 1, '" + kind + "', " + of + ", " + of +
            ", 'message_id', 95, 'bob@shop.example', 'Re: Hello', 'r" + number +
            "@shop.example', '" + text + "', 1780300900000000, 'INBOX', '" + decision +
            "', 1780300900000000)"
        );
    }
    boost::json::array listed(const std::vector<std::string>& more) {
        std::vector<std::string> all = {"campaign", "inbox"};
        all.insert(all.end(), more.begin(), more.end());
        return boost::json::parse(json(all)).at("replies").as_array();
    }
    boost::json::object shown_reply(const std::string& id) {
        return boost::json::parse(json({"campaign", "inbox", "shops", "--show", id})).as_object();
    }
    std::string lead_status() {
        const Outcome outcome = run({"--json", "campaign", "leads", "shops"});
        return std::string(
            boost::json::parse(outcome.out).at("leads").as_array().at(0).at("status").as_string()
        );
    }
};

TEST_F(Inbox, ListsWhatCameBackToACampaignUntilItIsDone) {
    const boost::json::array open = listed({"shops"});
    ASSERT_EQ(open.size(), 2U);
    EXPECT_EQ(open[0].at("from").as_string(), "bob@shop.example");
    EXPECT_EQ(open[0].at("confidence").as_int64(), 95);
    EXPECT_EQ(open[0].at("received_at").as_string(), "2026-06-01T08:01:40Z");
    EXPECT_TRUE(open[0].at("answered_at").is_null());
    EXPECT_EQ(open[0].at("next_step").as_string(), "read it and answer");
    const Outcome words = run({"campaign", "inbox", "shops"});
    EXPECT_THAT(words.out, HasSubstr("Yes, gladly."));
    must({"campaign", "inbox", "shops", "--done", "1"});
    EXPECT_EQ(listed({"shops"}).size(), 1U);
    EXPECT_EQ(listed({"shops", "--all"}).size(), 2U);
    // What belongs to no campaign.
    const boost::json::array others = listed({});
    ASSERT_EQ(others.size(), 1U);
    EXPECT_THAT(std::string(others[0].at("next_step").as_string()), HasSubstr("suppress decide"));
    EXPECT_EQ(run({"campaign", "inbox", "shops", "--show", "3"}).exit_code, 2);
}

TEST_F(Inbox, TakesAClassAndAStatusByHand) {
    must({"campaign", "inbox", "shops", "--class", "1=not_now"});
    EXPECT_EQ(shown_reply("1").at("class").as_string(), "not_now");
    EXPECT_EQ(shown_reply("1").at("class_by").as_string(), "person");
    EXPECT_EQ(run({"campaign", "inbox", "shops", "--class", "1=buy"}).exit_code, 2);
    must({"campaign", "inbox", "shops", "--status", "1=active"});
    EXPECT_EQ(lead_status(), "active");
    must({"campaign", "inbox", "shops", "--status", "1=unsubscribed"});
    EXPECT_EQ(lead_status(), "unsubscribed");
    EXPECT_NE(run({"campaign", "inbox", "shops", "--status", "1=active"}).exit_code, 0);
    EXPECT_EQ(lead_status(), "unsubscribed");
    EXPECT_EQ(run({"campaign", "inbox", "shops", "--status", "one"}).exit_code, 2);
}

TEST_F(Inbox, RefusesAnAnswerThatIsNoText) {
    const auto answer = [&](const std::string& option, const std::string& value) {
        return run({"campaign", "inbox", "shops", "--answer", "1", option, value});
    };
    EXPECT_EQ(run({"campaign", "inbox", "shops", "--answer", "1"}).exit_code, 2);
    EXPECT_THAT(answer("--file", "absent.txt").err, HasSubstr("there is no file"));
    put("latin.txt", "Gr\xFC\xDF");
    EXPECT_THAT(answer("--file", "latin.txt").err, HasSubstr("UTF-8"));
    EXPECT_THAT(answer("--text", "Gr\xFC\xDF").err, HasSubstr("UTF-8"));
    put("long.txt", std::string(300 * 1024, 'x'));
    EXPECT_EQ(answer("--file", "long.txt").exit_code, 2);
    EXPECT_EQ(answer("--text", " ").exit_code, 2);
    EXPECT_EQ(run({"campaign", "inbox", "shops", "--answer", "2", "--text", "Hi"}).exit_code, 2);
}

TEST_F(Inbox, SaysThatAnAnswerDidNotLeave) {
    const boost::json::value said = boost::json::parse(
        json({"campaign", "inbox", "shops", "--answer", "1", "--text", "At ten?"}, 1)
    );
    EXPECT_EQ(said.at("ending").as_string(), "not_sent");
    EXPECT_TRUE(shown_reply("1").at("answered_at").is_null());
    EXPECT_THAT(everything(), HasSubstr("answer:1:1"));
}

TEST_F(Inbox, AWatchThatReachesNoMailboxHasFailed) {
    const boost::json::object result = boost::json::parse(json({"watch", "run"}, 1)).as_object();
    EXPECT_EQ(result.at("mailboxes").as_int64(), 2);
    EXPECT_EQ(result.at("mailboxes_failed").as_int64(), 2);
    EXPECT_EQ(result.at("failures").as_array().size(), 2U);
    for (const char* name : {"replies", "opt_outs", "opt_outs_waiting", "unmatched_reports"})
        EXPECT_EQ(result.at(name).as_int64(), 0) << name;
    EXPECT_TRUE(result.at("placement").at("spam_rate").is_null());
    const Outcome words = run({"watch", "run"});
    EXPECT_EQ(words.exit_code, 1);
    EXPECT_THAT(words.out, HasSubstr("2 of them failed"));
    EXPECT_THAT(words.out, Not(HasSubstr("left alone")));
}

}  // namespace
}  // namespace e2e
