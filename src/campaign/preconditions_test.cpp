#include "campaign/preconditions.h"

#include <fmt/format.h>

#include "campaign/send_record.h"
#include "campaign/test_store.h"

namespace campaign {
namespace {

constexpr std::int64_t kHour = 3'600'000'000;

// A draft that one worker has claimed for mailbox 1, and all that its intent looks at.
class PreconditionsTest : public test::StoreTest {
  protected:
    void SetUp() override {
        StoreTest::SetUp();
        execute(
            "INSERT INTO mailboxes (id, email, role, smtp_url, imap_url, login, created_at) VALUES "
            "(1, 'me@own.test', 'sender', 'smtps://x', 'imaps://x', 'me', 1)"
        );
        const std::int64_t campaign = add_campaign("one", {});
        execute("UPDATE campaigns SET status = 'active'");
        Lead lead;
        lead.campaign_id = campaign;
        lead.email = "ann@firm.test";
        lead.email_key = lead.email;
        lead.status = "ready";
        lead_ = put_lead(lead);
        execute(
            "INSERT INTO email_drafts (id, lead_id, campaign_id, to_email, subject, body, status, "
            "claimed_by, claim_token, lease_until, from_account, created_at) VALUES (1, :lead, "
            ":campaign, 'ann@firm.test', 's', 'b', 'claimed', 'one', 4, :until, 'me@own.test', 1)",
            store::values(lead_, campaign, now() + std::chrono::minutes(5))
        );
        guard_.draft_id = 1;
        guard_.claim_token = 4;
        guard_.owner = "one";
        guard_.mailbox_id = 1;
        guard_.account = "me@own.test";
        guard_.campaign_cap = 3;
        guard_.mailbox_per_day = 6;
        guard_.gap_any = std::chrono::seconds(90);
        guard_.gap = std::chrono::minutes(8);
        guard_.look_fresh = std::chrono::minutes(15);
        guard_.keys = {"ann@firm.test", {"firm.test"}, "hash"};
    }
    // The stage that keeps it back, "" where it may leave.
    std::string kept_by() {
        const auto may = run([guard = guard_, at = now()](store::Connection& connection) {
            return may_leave(connection, guard, at);
        });
        return may ? "" : may.error().stage;
    }
    void use(const char* side, std::int64_t hours_ago, int count) {
        execute(
            "INSERT INTO mailbox_usage (mailbox_id, hour, side, count) VALUES (1, :hour, :side, "
            ":count)",
            store::values(now().micros / kHour - hours_ago, side, count)
        );
    }
    std::string after_change(const std::string& sql) {
        execute(sql);
        return kept_by();
    }

    Guard guard_;
    std::int64_t lead_ = 0;
};

TEST_F(PreconditionsTest, WhereAllHoldsTheGapClockMovesOn) {
    EXPECT_EQ(kept_by(), "");
    EXPECT_EQ(integer("SELECT last_mail_at FROM mailbox_gaps"), now().micros);
    EXPECT_EQ(integer("SELECT next_campaign_at FROM mailbox_gaps"), (now() + guard_.gap).micros);
    EXPECT_EQ(kept_by(), stage::kGap) << "once";
    guard_.mailbox_id = 2;
    EXPECT_EQ(kept_by(), stage::kLead) << "no such mailbox";
}

TEST_F(PreconditionsTest, EachFactKeepsItBackUnderItsOwnStage) {
    const std::pair<const char*, const char*> changes[] = {
        {"UPDATE email_drafts SET claim_token = 5", stage::kLease},
        {"UPDATE email_drafts SET claim_token = 4, claimed_by = 'two'", stage::kLease},
        {"UPDATE email_drafts SET claimed_by = 'one', status = 'ready_to_send'", stage::kLease},
        {"UPDATE email_drafts SET status = 'claimed'", ""},
        {"UPDATE leads SET status = 'replied'", stage::kLead},
        {"UPDATE leads SET status = 'ready', sender_mailbox_id = 2", stage::kAccount},
        {"UPDATE leads SET sender_mailbox_id = NULL, wait_until = 9000000000000000",
         stage::kCampaign},
        {"UPDATE leads SET wait_until = NULL", ""},
        {"UPDATE campaigns SET status = 'paused'", stage::kCampaign},
        {"UPDATE campaigns SET status = 'active'", ""},
        {"UPDATE mailboxes SET status = 'paused'", stage::kMailbox},
        {"UPDATE mailboxes SET status = 'active'", ""},
        {"UPDATE email_drafts SET email_type = 'followup'", stage::kLead},
        {"UPDATE leads SET status = 'active'", stage::kAccount},
        {"UPDATE leads SET sender_mailbox_id = 1", stage::kLook},
    };
    for (const auto& [change, expected] : changes) {
        EXPECT_EQ(after_change(change), expected) << change;
        execute("DELETE FROM mailbox_gaps");
    }
}

TEST_F(PreconditionsTest, ALeadThatMayBecomeReadyAgainMakesItWaitAsTheClaimDoes) {
    for (const char* status : {"new", "needs_basis"}) {
        execute("UPDATE leads SET status = :status", store::values(status));
        EXPECT_EQ(kept_by(), stage::kCampaign) << status;
    }
    delivery::Report report;
    report.error.stage = stage::kCampaign;
    EXPECT_EQ(after(report, {}), After::requeued);
}

TEST_F(PreconditionsTest, SuppressionsCountByAddressDomainAndHash) {
    for (const auto& [kind, value] : {
             std::pair("address", "ann@firm.test"),
             std::pair("domain", "firm.test"),
             std::pair("hash", "hash"),
         }) {
        execute(
            "INSERT INTO suppressions (kind, value, reason, created_at) VALUES (:kind, :value, "
            "'owner', 1)",
            store::values(kind, value)
        );
        EXPECT_EQ(kept_by(), stage::kSuppressed) << kind;
        execute("DELETE FROM suppressions");
    }
    guard_.keys.domains.clear();
    EXPECT_EQ(kept_by(), "");
}

TEST_F(PreconditionsTest, TheCapsCountTheHourInWhichTheDayBegan) {
    use("campaign", 24, 3);
    EXPECT_EQ(kept_by(), stage::kBudget);
    execute("UPDATE mailbox_usage SET hour = hour - 1");
    EXPECT_EQ(kept_by(), "");
    execute("DELETE FROM mailbox_gaps");
    use("campaign", 0, 2);
    use("warmup", 24, 3);
    EXPECT_EQ(kept_by(), "") << "5 of 6";
    execute("DELETE FROM mailbox_gaps");
    execute(
        "INSERT INTO mailbox_human_mail (mailbox_id, hour, count) VALUES (1, :hour, 1)",
        store::values(now().micros / kHour - 24)
    );
    EXPECT_EQ(kept_by(), stage::kBudget) << "with the one sent by hand";
}

TEST(DeadAddress, IsSaidOfTheRecipientAloneAtRcpt) {
    base::Error error;
    error.enhanced = "5.1.1";
    error.stage = "smtp.rcpt";
    EXPECT_EQ(dead_address(error), "userunknown");
    error.stage = "smtp.mail";
    EXPECT_EQ(dead_address(error), std::nullopt) << "it speaks of our own address";
    error.stage = "smtp.rcpt";
    error.enhanced = "5.7.1";
    EXPECT_EQ(dead_address(error), std::nullopt);
}

}  // namespace
}  // namespace campaign
