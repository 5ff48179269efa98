// One worker, a few leads: what leaves, when, and what keeps it back.
#include "campaign/send_record.h"
#include "delivery/halt.h"
#include "mime/message.h"
#include "tests/campaign/campaign_world.h"

namespace {

using namespace std::chrono_literals;
using ::testing::AllOf;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::Not;
using tests::CampaignWorld;
using tests::DraftRow;

int sent(const std::vector<DraftRow>& drafts) {
    return static_cast<int>(std::ranges::count(drafts, "sent", &DraftRow::status));
}

TEST(CampaignSending, OneMailOfEachMailboxThenTheGapClockRules) {
    CampaignWorld world({.senders = 2, .leads = 6});
    world.write_first_mails();
    EXPECT_EQ(world.pass().sent, 2);
    world.go_on(6min);
    EXPECT_EQ(world.pass().sent, 0) << "less than 7 minutes after the first";
    world.go_on(7min);
    EXPECT_EQ(world.pass().sent, 2);
    EXPECT_EQ(world.broken_promise(), "");
    const campaign::Lead lead = world.lead(1);
    EXPECT_EQ(lead.status, "active");
    EXPECT_EQ(lead.next_step, 1);
    EXPECT_EQ(*lead.next_step_at, world.mails().at(0).sent_at + 72h);
    EXPECT_THAT(world.ledger_of("draft", 1), Contains(HasSubstr("claimed")));
    EXPECT_THAT(world.ledger_of("draft", 1), Contains(HasSubstr("sent: ")));
}

TEST(CampaignSending, TheMailIsPlainTextWithItsHeadersAndNothingElse) {
    CampaignWorld world({.senders = 1, .leads = 1});
    world.write_first_mails();
    world.pass();
    const std::string raw = world.world.delivered().at(0).raw;
    const mime::Message message = mime::read_message(raw);
    EXPECT_EQ(message.leaves, std::vector<std::string>{"text/plain"});
    EXPECT_EQ(message.from.at(0).name, "Ada Sender");
    EXPECT_THAT(std::string(message.header("List-Unsubscribe")), HasSubstr("mailto:sender0@"));
    EXPECT_THAT(raw, Not(HasSubstr("X-Mailer")));
    EXPECT_EQ(message.text, "Dear 1,\n\none line for you.\n");
}

TEST(CampaignSending, HtmlIsAddedWhereTheDraftHasIt) {
    CampaignWorld world({.senders = 1, .leads = 1});
    world.write_first_mails();
    world.change("UPDATE email_drafts SET html_body = '<p>Hello</p>'");
    world.pass();
    const mime::Message message = mime::read_message(world.world.delivered().at(0).raw);
    EXPECT_EQ(message.leaves, (std::vector<std::string>{"text/plain", "text/html"}));
}

TEST(CampaignSending, NoMailBeforeFourteenWarmupDaysUnlessTheOwnerSaysSo) {
    CampaignWorld world({.senders = 1, .leads = 2, .warmup_days = 13});
    world.write_first_mails();
    const campaign::PassResult held = world.pass();
    EXPECT_EQ(held.sent, 0);
    ASSERT_EQ(held.holds.size(), 1U);
    EXPECT_THAT(held.holds[0].reason, HasSubstr("13 of 14 warmup days"));
    world.pass();
    EXPECT_EQ(world.ledger_of("mailbox", 1).size(), 1U) << "said once, not at every pass";
    world.limits.ignore_warmup_days = true;
    EXPECT_EQ(world.pass().sent, 1);
}

TEST(CampaignSending, TheDaysCapStartsAtFiveAndGrowsWithEachSendingDay) {
    CampaignWorld world({.senders = 1, .leads = 20});
    world.settings.steps = {{0, true}};
    world.set_settings(world.settings);
    world.write_first_mails();
    world.run_until(tests::kCampaignStart + 12h, 5min);
    EXPECT_EQ(sent(world.drafts()), 5);
    world.run_until(tests::kCampaignStart + 36h, 5min);
    EXPECT_EQ(sent(world.drafts()), 5 + 7);
    EXPECT_EQ(world.lead(1).status, "finished");
}

TEST(CampaignSending, WhatWarmupAndTheHumanSentCountsInTheMailboxsDay) {
    CampaignWorld world({.senders = 1, .leads = 4});
    world.write_first_mails();
    const std::int64_t hour = tests::kCampaignStart.micros / 3'600'000'000;
    world.change(fmt::format(
        "INSERT INTO mailbox_usage (mailbox_id, hour, side, count) VALUES (1, {}, 'warmup', 19)",
        hour - 3
    ));
    world.change(fmt::format(
        "INSERT INTO mailbox_human_mail (mailbox_id, hour, count) VALUES (1, {}, 20)", hour - 2
    ));
    EXPECT_EQ(world.pass().sent, 1) << "the fortieth";
    world.go_on(20min);
    const campaign::PassResult second = world.pass();
    EXPECT_EQ(second.sent, 0);
    EXPECT_THAT(second.holds.at(0).reason, HasSubstr("40 mails of a day"));
}

TEST(CampaignSending, WaitsForItsHoursAndSaysSoOnce) {
    CampaignWorld world({.senders = 1, .leads = 1});
    world.go_on(9h);  // 19:00 in Berlin
    world.write_first_mails();
    EXPECT_EQ(world.pass().put_off, 1);
    const base::Timestamp opening = world.draft(1).not_before;
    EXPECT_EQ(base::to_iso(opening), "2026-06-02T07:00:00Z");
    world.change("UPDATE email_drafts SET not_before = 0");
    EXPECT_EQ(world.pass().put_off, 1);
    EXPECT_EQ(world.ledger_of("draft", 1).size(), 1U);
    world.loop.advance(opening - world.loop.now());
    EXPECT_EQ(world.pass().sent, 1);
}

TEST(CampaignSending, TheLeadsOwnZoneDecides) {
    CampaignWorld world({.senders = 1, .leads = 1});
    world.change("UPDATE leads SET zone = 'America/New_York'");
    world.write_first_mails();
    EXPECT_EQ(world.pass().sent, 0);
    EXPECT_EQ(base::to_iso(world.draft(1).not_before), "2026-06-01T13:00:00Z");
}

TEST(CampaignSending, OneMailADayToACompanyAndThreeOfItsLeadsInSequence) {
    CampaignWorld world({.senders = 5, .leads = 5, .companies = 1});
    world.write_first_mails();
    EXPECT_EQ(world.pass().sent, 1) << "five mailboxes are due, one company";
    for (int day = 1; day < 5; ++day) {
        world.go_on(24h);
        world.pass();
    }
    EXPECT_EQ(sent(world.drafts()), 3);
    EXPECT_THAT(world.draft(5).wait_reason, HasSubstr("3 others of its company are in sequence"));
}

TEST(CampaignSending, AnAddressThatIsSuppressedMeanwhileGetsNothing) {
    CampaignWorld world({.senders = 1, .leads = 1});
    world.write_first_mails();
    world.change(
        "INSERT INTO suppressions (kind, value, reason, created_at) VALUES ('address', "
        "'lead0@gmail-like.test', 'owner', 1)"
    );
    const campaign::PassResult result = world.pass();
    EXPECT_EQ(result.sent, 0);
    EXPECT_EQ(result.cancelled, 1);
    EXPECT_TRUE(world.world.delivered().empty());
    EXPECT_EQ(world.draft(1).status, "cancelled");
    EXPECT_EQ(world.mails().at(0).status, "cancelled");
    EXPECT_EQ(world.lead(1).status, "stopped") << "else it is written to again";
}

TEST(CampaignSending, AllStopsWhereTheFlagIsUp) {
    CampaignWorld world({.senders = 1, .leads = 1});
    world.write_first_mails();
    const auto brake = [&](bool on) {
        world.as(store::Role::operator_, [&](store::Connection& connection) {
            on ? delivery::halt(connection, "a test", world.loop.now())
               : delivery::resume(connection, world.loop.now());
        });
    };
    brake(true);
    EXPECT_TRUE(world.pass().stopped);
    EXPECT_TRUE(world.world.delivered().empty());
    brake(false);
    EXPECT_EQ(world.pass().sent, 1);
}

TEST(CampaignSending, ABrakeThatIsPulledAfterTheClaimKeepsTheMailBackAndGivesTheDraftBack) {
    CampaignWorld world({.senders = 1, .leads = 1});
    world.write_first_mails();
    world.dialer.on_write = [&](const std::string&) {
        world.change(
            "INSERT INTO service_flags (name, reason, set_at) VALUES ('halted', '', 1) "
            "ON CONFLICT DO NOTHING"
        );
    };
    EXPECT_EQ(world.pass().requeued, 1);
    EXPECT_EQ(world.draft(1).status, "ready_to_send");
    EXPECT_EQ(world.draft(1).retry_count, 0);
    EXPECT_TRUE(world.world.delivered().empty());
}

TEST(CampaignSending, APermanentRefusalEndsDraftAndLeadAndSuppressesADeadAddress) {
    CampaignWorld world({.senders = 1, .leads = 0});
    const std::int64_t lead = world.add_lead("nobody@gmail-like.test", "x.test", false);
    world.write_first_mails();
    EXPECT_EQ(world.pass().failed, 1);
    EXPECT_EQ(world.draft(1).status, "failed");
    EXPECT_THAT(world.draft(1).error_message, HasSubstr("does not exist"));
    EXPECT_EQ(world.lead(lead).status, "bounced");
    EXPECT_EQ(world.count("SELECT COUNT(*) FROM suppressions WHERE reason = 'bounce'"), 1);
}

TEST(CampaignSending, ATemporaryRefusalRequeuesTheSameBytesForTheSameMailbox) {
    CampaignWorld world({.senders = 2, .leads = 1});
    for (const std::string& sender : world.senders)
        world.world.set_fault(base::Email::parse(sender).value(), {.greylist_once = true});
    world.write_first_mails();
    EXPECT_EQ(world.pass().requeued, 1);
    const DraftRow row = world.draft(1);
    EXPECT_EQ(row.status, "ready_to_send");
    EXPECT_EQ(row.retry_count, 1);
    EXPECT_GT(row.not_before, world.loop.now());
    EXPECT_EQ(row.from_account, world.senders[0]);
    const std::string raw = world.raw_of(1);
    ASSERT_FALSE(raw.empty());
    world.loop.advance(row.not_before - world.loop.now());
    world.go_on(15min);
    EXPECT_EQ(world.pass().sent, 1);
    EXPECT_EQ(world.world.delivered().at(0).raw, raw);
    EXPECT_EQ(world.broken_promise(), "");
}

TEST(CampaignSending, ARequeuedFirstMailLeavesAPausedMailboxForAnother) {
    CampaignWorld world({.senders = 2, .leads = 1});
    world.world.set_fault(base::Email::parse(world.senders[0]).value(), {.greylist_once = true});
    world.write_first_mails();
    world.pass();
    world.change("UPDATE mailboxes SET status = 'paused', paused_by = 'owner' WHERE id = 1");
    world.go_on(1h);
    EXPECT_EQ(world.pass().sent, 1);
    EXPECT_EQ(world.world.delivered().at(0).from.str(), world.senders[1]);
    EXPECT_EQ(world.broken_promise(), "");
}

TEST(CampaignSending, AnUnansweredDotLeavesDraftInDoubtAndCountsInTheBudget) {
    CampaignWorld world({.senders = 1, .leads = 1});
    world.world.set_fault(base::Email::parse(world.senders[0]).value(), {.drop_after_dot = 1});
    world.write_first_mails();
    EXPECT_EQ(world.pass().in_doubt, 1);
    EXPECT_EQ(world.draft(1).status, "in_doubt");
    EXPECT_FALSE(world.lead(1).next_step_at.has_value());
    EXPECT_EQ(world.count("SELECT SUM(count) FROM mailbox_usage WHERE side = 'campaign'"), 1);
    world.go_on(24h);
    EXPECT_EQ(world.pass().sent, 0) << "never again by itself";
    // The owner found it where it went.
    world.change("UPDATE emails_campaign SET status = 'accepted', sent_at = intent_at");
    world.pass();
    EXPECT_EQ(world.draft(1).status, "sent");
    EXPECT_TRUE(world.lead(1).next_step_at.has_value());
}

TEST(CampaignSending, APausedCampaignSendsNothing) {
    CampaignWorld world({.senders = 1, .leads = 1});
    world.write_first_mails();
    world.change("UPDATE campaigns SET status = 'paused'");
    EXPECT_THAT(world.pass().note, HasSubstr("no campaign runs"));
    EXPECT_EQ(world.draft(1).status, "ready_to_send");
}

TEST(CampaignSending, SeedMailboxesSendFirstMailsInTheModeOfThatName) {
    CampaignWorld world({.senders = 1, .leads = 1});
    world.add_mailbox("seed0@gmail-like.test", mailbox::Role::seed);
    world.limits.send_through_seeds = true;
    world.limits.ignore_warmup_days = true;
    world.write_first_mails();
    EXPECT_EQ(world.pass().sent, 1);
    EXPECT_EQ(world.world.delivered().at(0).from.str(), "seed0@gmail-like.test");
}

TEST(CampaignSending, TheSpamVerdictOfAServerPausesTheCampaign) {
    campaign::Sending sending;
    delivery::Report report;
    report.ending = delivery::Ending::refused;
    report.verdict.consequence = mailbox::Consequence::stop_campaign;
    EXPECT_EQ(campaign::after(report, sending), campaign::After::failed);
    CampaignWorld world({.senders = 1, .leads = 1});
    world.write_first_mails();
    sending.draft_id = 1;
    sending.lead_id = 1;
    sending.campaign_id = world.campaign_id;
    world.as(store::Role::campaign, [&](store::Connection& connection) {
        campaign::record_ending(connection, report, sending, world.loop.now());
    });
    EXPECT_EQ(world.count("SELECT COUNT(*) FROM campaigns WHERE status = 'paused'"), 1);
    EXPECT_EQ(world.lead(1).status, "stopped");
}

}  // namespace
