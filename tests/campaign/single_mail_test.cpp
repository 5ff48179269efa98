// Mails outside of any sequence: test mails, canary copies, answers by hand.
#include "campaign/single_mail.h"

#include "campaign/suppression.h"
#include "tests/campaign/campaign_world.h"

namespace tests {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;

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
