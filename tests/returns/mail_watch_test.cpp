// One look for both sides: warmup's mail and the campaigns' replies on the same session.
#include "engine/mail_watch.h"
#include "campaign/address_key.h"
#include "campaign/campaign_store.h"
#include "campaign/lead_store.h"
#include "tests/returns/returns_world.h"
#include "tests/warmup/warmup_world.h"

namespace {

using tests::WarmupWorld;

class BothSides : public testing::Test {
  protected:
    BothSides() {
        limits.token_header = world.settings.token_header;
        const base::Timestamp now = world.loop.now();
        const std::int64_t campaign_id =
            world.as(store::Role::campaign, [now](store::Connection& connection) {
                return campaign::create_campaign(connection, "spring", {}, {}, now).value();
            });
        campaign::Lead lead;
        lead.campaign_id = campaign_id;
        lead.email = lead.email_key = "bob@lead.test";
        lead.fields = "{}";
        lead.status = "active";
        lead.created_at = now;
        lead_id = world.as(store::Role::campaign, [lead](store::Connection& connection) {
            return campaign::add_lead(connection, lead);
        });
        mail = {1, world.senders[0], "bob@lead.test", "A question", "m1@co-one.test", ""};
        world.change(
            "INSERT INTO emails_campaign (email_type, lead_id, campaign_id, \"from\", \"to\", "
            "from_mailbox_id, subject, message_id, status, send_key, token, raw_sha256, "
            "created_at, sent_at) VALUES ('initial', " +
            std::to_string(lead_id) + ", " + std::to_string(campaign_id) + ", '" + mail.from +
            "', 'bob@lead.test', 1, 'A question', 'm1@co-one.test', 'accepted', 'draft:1', 't1', "
            "'', " +
            std::to_string(now.micros) + ", " + std::to_string(now.micros) + ")"
        );
    }
    campaign::Context context() {
        return {
            world.store,
            world.connector,
            world.model,
            world.loop,
            world.random,
            world.vault,
            world.mint,
            limits
        };
    }
    engine::WatchResult look() {
        engine::MailWatch watch(world.context(), context());
        return world.run(watch.look());
    }
    void reply_comes() {
        world.world.deliver_from_outside(
            tests::address(mail.from), tests::answer_to(mail, "bob@lead.test", "Yes."), "INBOX"
        );
    }
    std::string lead_status() {
        return world
            .as(store::Role::operator_,
                [this](store::Connection& connection) {
                    return campaign::lead_by_id(connection, lead_id);
                })
            ->status;
    }

    WarmupWorld world{{.senders = 2, .gmail = 1, .outlook = 1}};
    campaign::Limits limits;
    std::int64_t lead_id = 0;
    tests::SentOut mail;
};

}  // namespace

TEST_F(BothSides, AreServedByOneLookAndOneSessionAMailbox) {
    world.send();
    world.pass(std::chrono::minutes(30));
    reply_comes();
    world.dialer.forget();
    const engine::WatchResult result = look();
    EXPECT_EQ(result.mailboxes, 4);
    EXPECT_TRUE(result.failures.empty());
    EXPECT_EQ(result.returns.replies, 1);
    EXPECT_EQ(
        result.placement.inbox + result.placement.spam + result.placement.elsewhere,
        static_cast<int>(world.openings().size())
    );
    EXPECT_EQ(lead_status(), "replied");
    EXPECT_EQ(world.dialer.dials(world.mailbox(world.senders[0]).imap.host), 2);
    // Nothing was sent by looking.
    EXPECT_TRUE(world.replies().empty());
}

TEST_F(BothSides, ACampaignLookAfterWarmupAloneLosesNothing) {
    reply_comes();
    world.cycle();  // warmup alone reads past the reply
    EXPECT_EQ(lead_status(), "active");
    EXPECT_EQ(look().returns.replies, 1);
    EXPECT_EQ(lead_status(), "replied");
    const std::size_t threads = world.threads().size();
    EXPECT_EQ(look().returns.replies, 0);
    EXPECT_EQ(world.threads().size(), threads);
}

TEST_F(BothSides, WarmupMailIsNeverALeadsReplyAndCountsInNoHumanBudget) {
    for (int i = 0; i < 3; ++i) {
        world.cycle();
        world.pass(std::chrono::hours(4));
    }
    const engine::WatchResult result = look();
    EXPECT_EQ(result.returns.replies + result.returns.human_mails, 0);
    EXPECT_EQ(world.count("SELECT COUNT(*) FROM campaign_replies"), 0);
}

TEST_F(BothSides, ASenderThatRestsAfterARefusalIsStillRead) {
    world.change("UPDATE mailboxes SET status = 'paused', paused_by = 'refusal' WHERE id = 1");
    reply_comes();
    EXPECT_EQ(look().returns.replies, 1);
    world.change("UPDATE mailboxes SET status = 'paused', paused_by = 'owner' WHERE id = 1");
    EXPECT_EQ(look().mailboxes, 3);
}

TEST_F(BothSides, SeedMailboxesHaveNoCampaignSideUnlessCampaignsSendThroughThem) {
    look();
    const auto seeds_read = [&] {
        return world.count(
            "SELECT COUNT(*) FROM imap_cursors c JOIN mailboxes m ON m.id = c.mailbox_id "
            "WHERE c.side = 'campaign' AND m.role = 'seed'"
        );
    };
    EXPECT_EQ(seeds_read(), 0);
    limits.send_through_seeds = true;
    look();
    EXPECT_GT(seeds_read(), 0);
}

TEST_F(BothSides, AFailingMailboxIsInTheResultAndTheOthersAreRead) {
    reply_comes();
    world.world.set_fault(tests::address(world.senders[1]), {.hang = true});
    const engine::WatchResult result = look();
    ASSERT_EQ(result.failures.size(), 1U);
    EXPECT_EQ(result.failures[0].mailbox, world.senders[1]);
    EXPECT_EQ(result.returns.replies, 1);
}
