// Mails outside of any sequence: test mails, canary copies, answers by hand.
#include "campaign/single_mail.h"

#include "campaign/canary_sender.h"
#include "campaign/lead_privacy.h"
#include "campaign/suppression.h"
#include "delivery/halt.h"
#include "tests/campaign/campaign_world.h"

namespace tests {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;
using ::testing::Not;

class SingleMails : public testing::Test {
  protected:
    SingleMails() { world.add_lead("friend@gmail-like.test", "x.test"); }
    mailbox::Mailbox sender() {
        return world.as(store::Role::campaign, [this](store::Connection& connection) {
            return mailbox::list(connection, world.vault, world.limits.zone).mailboxes.at(0);
        });
    }
    campaign::SingleMail mail() {
        campaign::SingleMail out;
        out.campaign_id = world.campaign_id;
        out.to = base::Email::parse("friend@gmail-like.test").value();
        out.subject = "A question";
        out.body = "One line.\n";
        out.settings = world.settings;
        out.from = sender();
        out.send_key = "test:1:one";
        return out;
    }
    base::Result<delivery::Report> send() {
        return world.run(
            campaign::send_single(world.context(), no_headers(), mail(), world.loop.in(2min))
        );
    }
    static campaign::UnsubscribeHeaders no_headers() {
        return [](const base::Email&,
                  const base::Email&,
                  std::string_view,
                  std::int64_t,
                  base::Timestamp) { return std::vector<std::pair<std::string, std::string>>(); };
    }
    void opt_out() {
        const base::Timestamp now = world.loop.now();
        world.as(store::Role::campaign, [now](store::Connection& connection) {
            const auto email = base::Email::parse("friend@gmail-like.test").value();
            campaign::suppress(connection, email, "unsubscribe", "", false, now);
        });
    }

    CampaignWorld world{{.senders = 1, .leads = 0}};
};

TEST_F(SingleMails, LeaveOutsideOfAnySequence) {
    const auto report = send();
    ASSERT_TRUE(report) << report.error().describe();
    EXPECT_EQ(report->ending, delivery::Ending::accepted) << report->error.describe();
    EXPECT_EQ(world.world.delivered().size(), 1U);
}

TEST_F(SingleMails, NoneGoesToWhoeverOptedOut) {
    opt_out();
    const auto report = send();
    ASSERT_FALSE(report);
    EXPECT_THAT(report.error().message, HasSubstr("unsubscribe"));
    EXPECT_TRUE(world.mails().empty());
    EXPECT_TRUE(world.world.delivered().empty());
}

TEST_F(SingleMails, AnOptOutWhileItIsUnderWayKeepsItBack) {
    world.dialer.on_write = [this, done = false](const std::string&) mutable {
        if (!std::exchange(done, true)) opt_out();
    };
    const auto report = send();
    ASSERT_TRUE(report) << report.error().describe();
    EXPECT_EQ(report->ending, delivery::Ending::not_sent);
    EXPECT_TRUE(world.world.delivered().empty());
}

// A copy of a text that nobody tried yet, for a lead of the campaign.
class CanaryCopies : public SingleMails {
  protected:
    CanaryCopies() {
        world.add_mailbox("seed@gmail-like.test", mailbox::Role::seed);
        world.change(
            "UPDATE leads SET name = 'Berta Quill', company = 'Quill Papers', fields = "
            "'{\"pet\":\"Rex\"}'"
        );
        world.change(fmt::format(
            "INSERT INTO campaign_texts (campaign_id, step, subject, body, canary, created_at) "
            "VALUES ({}, 0, 'For {{{{company}}}}', 'Hi {{{{first_name}}}} and {{{{pet}}}}', '', 1)",
            world.campaign_id
        ));
    }
};

TEST_F(CanaryCopies, HoldNothingOfTheLeadTheyAreWrittenLike) {
    world.pass();
    ASSERT_EQ(world.world.delivered().size(), 1U);
    const sandbox::Delivered& copy = world.world.delivered().at(0);
    EXPECT_THAT(copy.raw, HasSubstr("Subject: For Example Works"));
    EXPECT_THAT(copy.raw, HasSubstr("Hi Alex and example"));
    for (const char* theirs : {"Quill", "Berta", "Rex"})
        EXPECT_THAT(copy.raw, Not(HasSubstr(theirs)));
}

TEST_F(CanaryCopies, MoveTheirMailboxsClockBeforeDraftsAreClaimed) {
    world.write_first_mails();
    world.pass();
    EXPECT_EQ(world.mails().size(), 1U) << "the copy";
    EXPECT_EQ(world.draft(1).claim_token, 0) << "its mailbox has just sent something";
    EXPECT_EQ(world.draft(1).status, "ready_to_send");
}

TEST_F(CanaryCopies, NoneLeavesWhileAllSendingIsStopped) {
    world.as(store::Role::operator_, [this](store::Connection& connection) {
        delivery::halt(connection, "a test", world.loop.now());
    });
    const campaign::PassResult result = world.pass();
    EXPECT_TRUE(result.stopped);
    EXPECT_TRUE(result.problems.empty());
    EXPECT_TRUE(world.mails().empty());
}

TEST_F(CanaryCopies, NothingIsWrittenWhereNoTextIsOpen) {
    world.change("UPDATE campaign_texts SET canary = 'clear'");
    world.store.lose(0);  // counts from here
    world.run(campaign::send_canaries(world.context(), no_headers()));
    EXPECT_EQ(world.store.jobs(), 2) << "two reads";
}

TEST_F(SingleMails, AreWipedWithTheLeadTheyWereWrittenFor) {
    world.world.set_fault(sender().email, {.greylist_once = true});
    campaign::SingleMail test = mail();
    test.written_for = 1;
    ASSERT_TRUE(
        world.run(campaign::send_single(world.context(), no_headers(), test, world.loop.in(2min)))
    );
    ASSERT_EQ(world.count("SELECT COUNT(*) FROM emails_campaign_raw"), 1);
    const base::Timestamp now = world.loop.now();
    const auto erased = world.as(store::Role::campaign, [now](store::Connection& connection) {
        return campaign::erase_lead(connection, 1, now);
    });
    ASSERT_TRUE(erased);
    EXPECT_EQ(erased->emails, 1);
    EXPECT_EQ(world.mails().at(0).subject, "");
    EXPECT_EQ(world.count("SELECT COUNT(*) FROM emails_campaign_raw"), 0);
}

TEST_F(SingleMails, OneThatNobodySendsAnyMoreIsCancelledWithItsBytes) {
    world.world.set_fault(sender().email, {.greylist_once = true});
    ASSERT_TRUE(send());
    world.go_on(14min);
    world.pass();
    EXPECT_EQ(world.mails().at(0).status, "prepared") << "its command may still run";
    world.go_on(2min);
    world.pass();
    EXPECT_EQ(world.mails().at(0).status, "cancelled");
    EXPECT_EQ(world.count("SELECT COUNT(*) FROM emails_campaign_raw"), 0);
}

TEST_F(SingleMails, AnAnswerThatIsProvenLaterAnswersItsReply) {
    world.change(
        "INSERT INTO campaign_replies (id, mailbox_id, kind, \"from\", received_at, created_at) "
        "VALUES (7, 1, 'reply', 'friend@gmail-like.test', 1, 1)"
    );
    const base::Timestamp now = world.loop.now();
    world.change(fmt::format(
        "INSERT INTO emails_campaign (email_type, \"from\", \"to\", from_mailbox_id, subject, "
        "message_id, status, send_key, token, raw_sha256, created_at, intent_at) VALUES ('answer', "
        "'sender0@co-one.test', 'friend@gmail-like.test', 1, 's', 'm@co-one.test', 'in_doubt', "
        "'answer:7:1', 't', 'h', {0}, {0})",
        now.micros
    ));
    const auto answered = [this] {
        return world.count("SELECT COUNT(*) FROM campaign_replies WHERE answered_at IS NOT NULL");
    };
    world.pass();
    EXPECT_EQ(answered(), 0);
    world.as(store::Role::campaign, [now](store::Connection& connection) {
        EXPECT_TRUE(delivery::resolve_accepted(
            connection, delivery::Side::campaign, 1, now, "its copy lies in Sent"
        ));
    });
    world.pass();
    EXPECT_EQ(answered(), 1);
    world.pass();
    EXPECT_EQ(world.ledger_of("reply", 7).size(), 1U) << "said once";
}

TEST_F(SingleMails, OneThatWaitsAsksAgainBeforeItLeaves) {
    world.world.set_fault(sender().email, {.greylist_once = true});
    const auto first = send();
    ASSERT_TRUE(first) << first.error().describe();
    ASSERT_EQ(first->ending, delivery::Ending::not_sent);
    opt_out();
    world.go_on(2h);
    const std::int64_t id = world.mails().at(0).id;
    const delivery::Report second =
        world.run(campaign::send_single_again(world.context(), id, sender(), world.loop.in(2min)));
    EXPECT_EQ(second.ending, delivery::Ending::not_sent);
    EXPECT_THAT(second.error.message, HasSubstr("unsubscribe"));
    EXPECT_TRUE(world.world.delivered().empty());
}

}  // namespace
}  // namespace tests
