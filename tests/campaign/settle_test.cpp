// After crashes and changes of mind: drafts, mails and counts are brought in line again.
#include "campaign/draft_writer.h"
#include "campaign/pregenerate.h"
#include "tests/campaign/campaign_world.h"

namespace tests {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;

class Settling : public testing::Test {
  protected:
    campaign::Settled settle() {
        const campaign::Limits limits = world.limits;
        const base::Timestamp now = world.loop.now();
        return world.as(store::Role::campaign, [=](store::Connection& connection) {
            return campaign::settle(connection, limits, now);
        });
    }
    // A 4xx: the first draft is ready again, and its mail is prepared.
    void put_off_the_first() {
        for (const std::string& sender : world.senders)
            world.world.set_fault(base::Email::parse(sender).value(), {.greylist_once = true});
        EXPECT_EQ(world.pass(1).requeued, 1);
        for (const std::string& sender : world.senders)
            world.world.set_fault(base::Email::parse(sender).value(), {});
        ASSERT_EQ(world.draft(1).status, "ready_to_send");
        ASSERT_EQ(world.mails().at(0).status, "prepared");
    }
    // Calls `then` once, when the first final dot is on its way.
    void at_the_dot(std::function<void()> then) {
        world.dialer.on_write =
            [this, then = std::move(then), done = false](const std::string&) mutable {
                if (done || open_intents() == 0) return;
                done = true;
                then();
            };
    }
    std::int64_t open_intents() {
        return world.count("SELECT COUNT(*) FROM emails_campaign WHERE status = 'intent'");
    }
    void end_leases() {
        world.change("UPDATE email_drafts SET lease_until = 1 WHERE status = 'claimed'");
    }
    std::int64_t counted() {
        return world.count(
            "SELECT COALESCE(SUM(count), 0) FROM mailbox_usage WHERE side = 'campaign'"
        );
    }

    CampaignWorld world{{.senders = 2, .leads = 2}};
};

TEST_F(Settling, ADraftThatIsRejectedAndApprovedAfterItsMailWasPreparedIsSentOnce) {
    world.write_first_mails();
    put_off_the_first();
    campaign::DraftWriter writer(world.context());
    ASSERT_TRUE(world.run(writer.reject(1, "not like this", "Ada")));
    settle();
    EXPECT_EQ(world.mails().at(0).status, "cancelled");
    // Ada thinks again.
    const auto edited = world.run(writer.edit(
        1,
        {"A question about invoices",
         "Good morning,\n\nOur tool takes invoices off your team.\n\nWould a short call make "
         "sense?\n\nBest regards,\nAda Sender",
         {}},
        "Ada"
    ));
    ASSERT_TRUE(edited);
    ASSERT_EQ(edited->status, "ready_to_send") << world.draft(1).error_message;
    world.go_on(2h);
    EXPECT_EQ(world.pass().sent, 2);
    EXPECT_EQ(world.draft(1).status, "sent");
    EXPECT_EQ(world.draft(2).status, "sent");
    EXPECT_EQ(world.world.delivered().size(), 2U);
    EXPECT_EQ(world.broken_promise(), "");
}

TEST_F(Settling, ADraftWhoseMailWasMadeBeforeFailsAloneAndTheOthersAreSent) {
    world.write_first_mails();
    put_off_the_first();
    world.change("UPDATE emails_campaign SET status = 'cancelled'");
    world.go_on(2h);
    EXPECT_EQ(world.pass().sent, 1);
    EXPECT_EQ(world.draft(1).status, "failed");
    EXPECT_THAT(world.draft(1).error_message, HasSubstr("cancelled"));
    EXPECT_EQ(world.lead(1).status, "stopped");
    EXPECT_EQ(world.draft(2).status, "sent");
    EXPECT_EQ(world.count("SELECT COUNT(*) FROM email_drafts WHERE status = 'claimed'"), 0);
}

TEST_F(Settling, ASlowWorkersMailIsCountedOnce) {
    world.write_first_mails();
    at_the_dot([this] {
        end_leases();
        EXPECT_EQ(settle().in_doubt, 1);
        EXPECT_EQ(counted(), 1);
    });
    world.pass(1);
    EXPECT_EQ(world.mails().at(0).status, "accepted");
    EXPECT_EQ(world.draft(1).status, "sent");
    EXPECT_EQ(counted(), 1);
}

TEST_F(Settling, AMailThatIsProvenBeforeItsDraftIsLookedAtIsCountedToo) {
    world.write_first_mails();
    at_the_dot([this] { world.store.lose(1); });
    EXPECT_THROW(world.pass(1), store::StoreError);
    world.store.lose(0);
    EXPECT_EQ(counted(), 0);
    end_leases();
    const base::Timestamp now = world.loop.now();
    world.as(store::Role::campaign, [now](store::Connection& connection) {
        delivery::recover_intents(connection, delivery::Side::campaign, now);
        EXPECT_TRUE(delivery::resolve_accepted(
            connection, delivery::Side::campaign, 1, now, "its copy lies in Sent"
        ));
    });
    EXPECT_EQ(settle().sent, 1);
    EXPECT_EQ(world.draft(1).status, "sent");
    EXPECT_EQ(counted(), 1);
    settle();
    EXPECT_EQ(counted(), 1);
}

TEST_F(Settling, AClaimWhoseLeaseRunsIsLeftAlone) {
    world.write_first_mails();
    at_the_dot([this] { world.store.lose(1); });
    EXPECT_THROW(world.pass(1), store::StoreError);
    world.store.lose(0);
    EXPECT_EQ(settle().in_doubt, 0);
    EXPECT_EQ(world.draft(1).status, "claimed");
    EXPECT_EQ(world.mails().at(0).status, "intent");
}

TEST_F(Settling, FirstMailsLeaveAMailboxThatSendsNoMore) {
    world.write_first_mails();
    put_off_the_first();
    const std::string account = world.draft(1).from_account;
    world.change("UPDATE mailboxes SET status = 'paused' WHERE email = '" + account + "'");
    EXPECT_EQ(settle().returned, 1);
    EXPECT_EQ(world.draft(1).from_account, "");
    EXPECT_EQ(world.mails().at(0).status, "cancelled");
    EXPECT_EQ(settle().returned, 0);
}

TEST_F(Settling, AsksBeforeItWrites) {
    const auto due = [this] {
        const base::Timestamp now = world.loop.now();
        return world.as(store::Role::campaign, [now](store::Connection& connection) {
            return campaign::settle_due(connection, now);
        });
    };
    EXPECT_FALSE(due());
    world.write_first_mails();
    put_off_the_first();
    EXPECT_FALSE(due());
    const std::string account = world.draft(1).from_account;
    world.change("UPDATE mailboxes SET status = 'paused' WHERE email = '" + account + "'");
    EXPECT_TRUE(due());
    settle();
    EXPECT_FALSE(due());
    world.change("UPDATE mailboxes SET status = 'active'");
    world.change("UPDATE emails_campaign SET status = 'prepared', send_key = 'draft:1'");
    world.change("UPDATE email_drafts SET status = 'rejected' WHERE id = 1");
    EXPECT_TRUE(due());
    settle();
    EXPECT_FALSE(due());
}

// What ends a draft for good ends its lead's sequence: else it is written again, round after round.
TEST_F(Settling, ALeadWhoseMailCannotBeComposedIsStopped) {
    world.write_first_mails();
    world.change("UPDATE email_drafts SET to_email = 'no address' WHERE id = 1");
    EXPECT_EQ(world.pass().failed, 1);
    EXPECT_EQ(world.draft(1).status, "failed");
    EXPECT_EQ(world.lead(1).status, "stopped");
    campaign::Pregeneration what;
    what.only = world.campaign_id;
    what.count = 10;
    const campaign::Pregenerated made = world.run(campaign::pregenerate(world.context(), what));
    EXPECT_EQ(made.ready + made.rejected + made.left_out, 0);
    EXPECT_EQ(made.stopped, "");
    EXPECT_EQ(world.drafts().size(), 2U);
}

}  // namespace
}  // namespace tests
