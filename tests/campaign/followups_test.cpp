// Follow-ups: from the right account, in the right thread, only after a look.
#include "campaign/draft_writer.h"
#include "campaign/preconditions.h"
#include "mime/message.h"
#include "tests/campaign/campaign_world.h"

namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;
using tests::CampaignWorld;
using tests::MailRow;

// A world whose one lead got its first mail three days ago.
std::unique_ptr<CampaignWorld> after_three_days(int senders = 2) {
    auto world =
        std::make_unique<CampaignWorld>(CampaignWorld::Options{.senders = senders, .leads = 1});
    world->write_first_mails();
    EXPECT_EQ(world->pass().sent, 1);
    world->go_on(72h);
    return world;
}

// What is due is written behind the sends of a pass, and leaves in the next.
int sent_after_writing(CampaignWorld& world) {
    EXPECT_EQ(world.pass().sent, 0);
    return world.pass().sent;
}

TEST(CampaignFollowups, GoInTheThreadOfTheFirstMailFromItsMailbox) {
    const auto world = after_three_days();
    world->look();
    EXPECT_EQ(world->pass().written, 1);
    EXPECT_EQ(world->pass().sent, 1);
    const std::vector<MailRow> mails = world->mails();
    ASSERT_EQ(mails.size(), 2U);
    EXPECT_EQ(mails[1].from_, mails[0].from_);
    const mime::Message message = mime::read_message(world->world.delivered().at(1).raw);
    EXPECT_EQ(message.subject, "Re: A question, 1");
    ASSERT_EQ(message.in_reply_to.size(), 1U);
    EXPECT_EQ(message.in_reply_to[0].str(), mails[0].message_id);
    ASSERT_EQ(message.references.size(), 1U);
    EXPECT_EQ(message.references[0].str(), mails[0].message_id);
}

TEST(CampaignFollowups, TheThirdMailOpensAThreadAndEndsTheSequence) {
    const auto world = after_three_days();
    world->look();
    EXPECT_EQ(sent_after_writing(*world), 1);
    world->go_on(96h);  // over the weekend
    world->look();
    EXPECT_EQ(sent_after_writing(*world), 1);
    const mime::Message message = mime::read_message(world->world.delivered().at(2).raw);
    EXPECT_EQ(message.subject, "Once more, 1");
    EXPECT_TRUE(message.in_reply_to.empty());
    EXPECT_EQ(world->lead(1).status, "finished");
    EXPECT_FALSE(world->lead(1).next_step_at.has_value());
    world->run_until(world->loop.now() + 240h, 1h);
    EXPECT_EQ(world->world.delivered().size(), 3U);
}

TEST(CampaignFollowups, WaitForAFreshLookIntoTheirMailbox) {
    const auto world = after_three_days();
    world->look();
    world->go_on(16min);
    EXPECT_EQ(sent_after_writing(*world), 0);
    EXPECT_THAT(world->drafts().back().wait_reason, HasSubstr("not been looked into"));
    world->go_on(5min);
    world->look();
    EXPECT_EQ(world->pass().sent, 1);
}

TEST(CampaignFollowups, AReplyThatArrivesBetweenWritingAndSendingStopsThem) {
    const auto world = after_three_days();
    EXPECT_EQ(world->pass().written, 0) << "its Message-ID is not known before a look";
    world->look();
    world->change("UPDATE imap_cursors SET searched_at = 0");
    world->go_on(1h);
    EXPECT_EQ(world->pass().written, 1);
    world->stop(1, "replied");
    world->look();
    world->go_on(5min);
    EXPECT_EQ(world->pass().sent, 0);
    EXPECT_EQ(world->drafts().back().status, "cancelled");
    EXPECT_EQ(world->world.delivered().size(), 1U);
}

TEST(CampaignFollowups, AnotherAccountIsRefusedAtWriteAtClaimAndAtSend) {
    const auto world = after_three_days();
    world->look();
    const std::string first = world->mails().at(0).from_;
    const std::string other = world->senders[first == world->senders[0] ? 1 : 0];
    const auto at_write = world->as(store::Role::campaign, [&](store::Connection& connection) {
        return std::pair(
            campaign::right_account(connection, 1, first).has_value(),
            campaign::right_account(connection, 1, other).has_value()
        );
    });
    EXPECT_TRUE(at_write.first);
    EXPECT_FALSE(at_write.second);
    const std::int64_t draft = world->write_draft(1, 1);
    world->change(
        fmt::format("UPDATE email_drafts SET from_account = '{}' WHERE id = {}", other, draft)
    );
    EXPECT_EQ(world->pass().sent, 0);
    EXPECT_EQ(world->draft(draft).status, "failed");
    EXPECT_THAT(world->draft(draft).error_message, HasSubstr("account mismatch"));
    EXPECT_EQ(world->lead(1).status, "stopped");
}

TEST(CampaignFollowups, TheIntentsTransactionChecksTheAccountAgain) {
    const auto world = after_three_days();
    world->look();
    const std::int64_t draft = world->write_draft(1, 1);
    world->change(fmt::format(
        "UPDATE email_drafts SET status = 'claimed', claim_token = 1, claimed_by = 'one', "
        "lease_until = {} WHERE id = {}",
        (world->loop.now() + 10min).micros,
        draft
    ));
    campaign::Guard guard;
    guard.draft_id = draft;
    guard.claim_token = 1;
    guard.owner = "one";
    guard.mailbox_id = 2;
    guard.account = world->senders[1];
    guard.campaign_cap = 30;
    guard.mailbox_per_day = world->limits.mailbox_per_day;
    guard.gap_any = world->limits.gap_any;
    guard.look_fresh = world->limits.look_fresh;
    const auto allowed = [&] {
        return world->as(store::Role::campaign, [&](store::Connection& connection) {
            return campaign::may_leave(connection, guard, world->loop.now());
        });
    };
    ASSERT_FALSE(allowed());
    EXPECT_EQ(allowed().error().stage, campaign::stage::kAccount);
    guard.mailbox_id = 1;
    guard.account = world->senders[0];
    EXPECT_TRUE(allowed());
}

TEST(CampaignFollowups, APausedMailboxMakesThemWaitAndARemovedOneCancelsThem) {
    const auto world = after_three_days();
    world->look();
    const std::int64_t draft = world->write_draft(1, 1);
    world->change("UPDATE mailboxes SET status = 'paused', paused_by = 'owner' WHERE id = 1");
    EXPECT_EQ(world->pass().sent, 0);
    EXPECT_EQ(world->draft(draft).status, "ready_to_send");
    world->change("UPDATE mailboxes SET status = 'removed' WHERE id = 1");
    world->pass();
    EXPECT_EQ(world->draft(draft).status, "cancelled");
    EXPECT_THAT(world->draft(draft).error_message, HasSubstr("was removed"));
    EXPECT_EQ(world->lead(1).status, "stopped");
}

TEST(CampaignFollowups, OneThatAPersonRejectsEndsTheSequence) {
    for (const bool rejected_by_review : {false, true}) {
        const auto world = after_three_days();
        world->look();
        const std::int64_t draft = world->write_draft(1, 1);
        if (rejected_by_review)
            world->change(
                fmt::format("UPDATE email_drafts SET status = 'rejected' WHERE id = {}", draft)
            );
        campaign::DraftWriter writer(world->context());
        ASSERT_TRUE(world->run(writer.reject(draft, "enough", "Ada")));
        EXPECT_EQ(world->draft(draft).status, "rejected");
        EXPECT_EQ(world->lead(1).status, "stopped");
        EXPECT_THAT(world->lead(1).status_reason, HasSubstr("enough"));
    }
}

TEST(CampaignFollowups, AnUnknownMessageIdIsWaitedForADayThenANewThreadBegins) {
    const auto world = after_three_days();
    const auto forget = [&] {
        world->look();
        world->change("UPDATE emails_campaign SET provider_message_id = NULL");
    };
    const base::Timestamp due = *world->lead(1).next_step_at;
    while (world->loop.now() < due + 24h) {
        forget();
        EXPECT_EQ(world->pass().written, 0);
        world->go_on(30min);
    }
    world->go_on(1h);
    forget();
    EXPECT_EQ(sent_after_writing(*world), 1);
    const mime::Message message = mime::read_message(world->world.delivered().at(1).raw);
    EXPECT_EQ(message.subject, "Once more, 1");
    EXPECT_TRUE(message.in_reply_to.empty());
}

TEST(CampaignFollowups, ThreadsNameTheIdThatTheLeadsSideKnows) {
    const auto world = after_three_days();
    world->look();
    world->change(
        "UPDATE emails_campaign SET provider_message_id = '0100@mail.example', "
        "provider_id_proof = 'received'"
    );
    EXPECT_EQ(sent_after_writing(*world), 1);
    const mime::Message message = mime::read_message(world->world.delivered().at(1).raw);
    EXPECT_EQ(message.in_reply_to.at(0).str(), "0100@mail.example");
}

TEST(CampaignFollowups, AnAutomaticReplysDateIsWaitedFor) {
    const auto world = after_three_days();
    world->change(fmt::format("UPDATE leads SET wait_until = {}", (world->loop.now() + 24h).micros)
    );
    world->look();
    EXPECT_EQ(world->pass().written, 0);
    world->go_on(25h);
    world->look();
    EXPECT_EQ(sent_after_writing(*world), 1);
}

campaign::FollowupLook look_of(CampaignWorld& world) {
    return world.as(store::Role::campaign, [&](store::Connection& connection) {
        return campaign::look_at_followups(connection, world.limits, world.loop.now(), 40);
    });
}

TEST(CampaignFollowups, ADraftThatACrashLeftBegunDoesNotHideItsLead) {
    const auto world = after_three_days();
    world->look();
    ASSERT_EQ(look_of(*world).write.size(), 1U);
    const std::int64_t draft = world->write_draft(1, 1);
    EXPECT_TRUE(look_of(*world).write.empty());
    const auto becomes = [&](const char* status) {
        world->change(
            fmt::format("UPDATE email_drafts SET status = '{}' WHERE id = {}", status, draft)
        );
        return look_of(*world).write.size();
    };
    EXPECT_EQ(becomes("generating"), 1U);
    EXPECT_EQ(becomes("cancelled"), 1U);
    EXPECT_EQ(becomes("rejected"), 0U) << "a person has the word";
}

TEST(CampaignFollowups, OfACampaignThatIsPausedNoLeadIsLookedAt) {
    const auto world = after_three_days();
    world->look();
    world->change("UPDATE campaigns SET status = 'paused'");
    const campaign::FollowupLook look = look_of(*world);
    EXPECT_TRUE(look.write.empty());
    EXPECT_TRUE(look.waits.empty());
    EXPECT_TRUE(look.endings.empty());
}

// Takes twenty minutes for each mail, as a model that has to be asked again and again.
class SlowWriter : public campaign::FollowUpWriter {
  public:
    explicit SlowWriter(CampaignWorld& world) : world_(world) {}
    base::Task<base::Result<std::int64_t>> write(std::int64_t, int) override {
        delivered_before.push_back(world_.world.delivered().size());
        const base::MonotonicTime later = world_.loop.in(20min);
        co_await world_.loop.sleep_until(later);
        co_return std::int64_t{1};
    }
    std::vector<std::size_t> delivered_before;

  private:
    CampaignWorld& world_;
};

TEST(CampaignFollowups, NoMailThatIsReadyWaitsForTheirWriterNorDoesThePassGoBeyondItsEnd) {
    CampaignWorld world({.senders = 3, .leads = 3});
    world.write_first_mails();
    EXPECT_EQ(world.pass().sent, 3);
    world.go_on(72h);
    world.look();
    world.write_draft(world.add_lead("another@gmail-like.test", "other.test"), 0);
    SlowWriter writer(world);
    campaign::WorkerHooks hooks;
    hooks.unsubscribe =
        [](const base::Email&, const base::Email&, std::string_view, std::int64_t, base::Timestamp
        ) { return std::vector<std::pair<std::string, std::string>>(); };
    hooks.writer = &writer;
    campaign::SendWorker worker(world.context(), hooks, "one");
    const campaign::PassResult result = world.run(worker.pass({.deadline = world.loop.in(30min)}));
    EXPECT_EQ(result.sent, 1);
    EXPECT_EQ(result.written, 2) << "three are due; the third would begin after the end";
    EXPECT_EQ(writer.delivered_before, (std::vector<std::size_t>{4, 4}));
}

TEST(MessageIdInReply, IsReadWhereAServerNamesOne) {
    EXPECT_EQ(
        campaign::message_id_in_reply("250 2.0.0 OK <0100@eu.example> [Hostname=X]"),
        "0100@eu.example"
    );
    EXPECT_FALSE(campaign::message_id_in_reply("250 2.0.0 OK 1234 gsmtp"));
    EXPECT_FALSE(campaign::message_id_in_reply("250 OK <queued>"));
    EXPECT_FALSE(campaign::message_id_in_reply("250 OK <a b@c"));
}

}  // namespace
