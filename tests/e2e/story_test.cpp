// `why` and `delivery in-doubt` on rows as a cycle leaves them.
#include <boost/json.hpp>

#include "tests/e2e/program.h"

namespace e2e {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class Story : public Program {
  protected:
    void SetUp() override {
        set_up();
        put_warmup(1, "accepted");
        put_warmup(2, "in_doubt");
        put_warmup(3, "intent");
        put_warmup(4, "prepared");
        put_warmup(5, "parked");
        edit_store(
            "INSERT INTO emails_campaign (id, email_type, \"from\", \"to\", from_mailbox_id, "
            "subject, "
            "message_id, status, send_key, token, raw_sha256, created_at, intent_at, "
            "error_message) "
            "VALUES (1, 'initial', 'ann@example.com', 'lead@example.net', 1, 'Offer', "
            "'campaign-1@example.com', 'in_doubt', 'draft:1', 'token-c1', 'hash', "
            "1780300800000000, "
            "1780300801000000, 'smtp.dot: the connection broke')"
        );
        edit_store(
            "INSERT INTO warmup_threads (email_id, original_message_id, reply_message_id, "
            "\"from\", "
            "\"to\", subject, received_from_folder, folder_name, placement, found_at, "
            "reply_decision, "
            "created_at) VALUES (1, 'warmup-1@example.com', 'warmup-4@example.com', "
            "'ann@example.com', "
            "'seed@example.org', 'Market', 'spam', 'Junk', 'spam', 1780300900000000, 'replied', "
            "1780300900000000)"
        );
        for (const char* side : {"warmup", "campaign"})
            edit_store(
                std::string(
                    "INSERT INTO ledger (at, side, subject_kind, subject_id, decision, reason, "
                    "numbers) VALUES (1780300900000000, '"
                ) +
                side + "', 'email', 1, 'decided_by_" + side +
                "', 'the test says so', '{\"spam\":1}')"
            );
    }
    void put_warmup(int id, const std::string& status) {
        const std::string number = std::to_string(id);
        const std::string sent = status == "accepted" ? "1780300802000000" : "NULL";
        edit_store(
            "INSERT INTO emails_warmup (id, email_type, \"from\", \"to\", from_mailbox_id, "
            "to_mailbox_id, subject, message_id, status, send_key, token, raw_sha256, created_at, "
            "intent_at, sent_at, server_reply) VALUES (" +
            number +
            ", 'warmup_bidirectional', 'ann@example.com', 'seed@example.org', 1, 2, 'Market', " +
            "'warmup-" + number + "@example.com', '" + status + "', 'key-" + number + "', 'token-" +
            number + "', 'hash', 1780300800000000, 1780300801000000, " + sent +
            ", '250 2.0.0 taken')"
        );
    }
};

TEST_F(Story, InDoubtListsBothSidesAndNothingElse) {
    const boost::json::value document = boost::json::parse(json({"delivery", "in-doubt"}));
    const boost::json::array& rows = document.at("in_doubt").as_array();
    ASSERT_EQ(rows.size(), 4u);
    std::vector<std::string> ids;
    for (const boost::json::value& row : rows) ids.emplace_back(row.at("message_id").as_string());
    EXPECT_THAT(
        ids,
        ::testing::ElementsAre(
            "warmup-2@example.com",
            "warmup-3@example.com",
            "warmup-5@example.com",
            "campaign-1@example.com"
        )
    );
    EXPECT_EQ(rows[3].at("side").as_string(), "campaign");
    EXPECT_THAT(std::string(rows[3].at("evidence").as_string()), HasSubstr("connection broke"));
    EXPECT_EQ(rows[0].at("intent_at").as_string(), "2026-06-01T08:00:01Z");
    const Outcome outcome = run({"delivery", "in-doubt"});
    EXPECT_THAT(outcome.out, HasSubstr("warmup-2@example.com"));
    EXPECT_THAT(outcome.out, Not(HasSubstr("warmup-1@example.com")));
}

TEST_F(Story, InDoubtListsMoreThanOnePage) {
    edit_store(
        "WITH RECURSIVE n(i) AS (SELECT 100 UNION ALL SELECT i + 1 FROM n WHERE i < 1299) "
        "INSERT INTO emails_warmup (id, email_type, \"from\", \"to\", from_mailbox_id, "
        "to_mailbox_id, "
        "subject, message_id, status, send_key, token, raw_sha256, created_at) "
        "SELECT i, 'warmup_reply', 'a', 'b', 1, 2, 's', 'many-' || i, 'in_doubt', 'k' || i, 't' || "
        "i, "
        "'h', 0 FROM n"
    );
    const boost::json::value document = boost::json::parse(json({"delivery", "in-doubt"}));
    EXPECT_EQ(document.at("in_doubt").as_array().size(), 1204u);
}

TEST_F(Story, WhyTellsAMessagesLifeInWords) {
    const Outcome outcome = run({"why", "<warmup-1@example.com>"});
    EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
    for (const char* words :
         {"accepted",
          "2026-06-01T08:00:02Z",
          "250 2.0.0 taken",
          "in spam, folder \"Junk\"",
          "replied",
          "<warmup-4@example.com>",
          "decided by warmup because the test says so (spam 1)"})
        EXPECT_THAT(outcome.out, HasSubstr(words));
    EXPECT_THAT(outcome.out, Not(HasSubstr("decided by campaign")))
        << "another side's row of this number";
    EXPECT_THAT(
        run({"why", "warmup-4@example.com"}).out, HasSubstr("Answers:  <warmup-1@example.com>")
    );
}

TEST_F(Story, WhyGivesTheSameAsData) {
    const boost::json::value document = boost::json::parse(json({"why", "warmup-1@example.com"}));
    EXPECT_EQ(document.at("email").at("status").as_string(), "accepted");
    EXPECT_EQ(document.at("found").at("placement").as_string(), "spam");
    EXPECT_EQ(document.at("ledger").as_array().size(), 1u);
    EXPECT_EQ(document.at("ledger").at(0).at("numbers").at("spam").as_int64(), 1);
    const boost::json::value other = boost::json::parse(json({"why", "campaign-1@example.com"}));
    EXPECT_TRUE(other.at("found").is_null());
    EXPECT_EQ(other.at("email").at("error_message").as_string(), "smtp.dot: the connection broke");
}

}  // namespace
}  // namespace e2e
