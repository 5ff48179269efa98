// Opt-outs by mail: proven, matched, and of people we know nothing of.
#include "campaign/reply_class.h"
#include "campaign/suppression.h"
#include "tests/returns/returns_world.h"

namespace {

using tests::answer_to;
using tests::raw_mail;
using tests::ReturnsWorld;
using tests::SentOut;

std::string suppressions(ReturnsWorld& world) {
    std::string all;
    world.as(store::Role::campaign, [&](store::Connection& connection) {
        connection.query(
            "SELECT value, reason, state FROM suppressions ORDER BY value",
            {},
            std::array{store::Column::text, store::Column::text, store::Column::text},
            [&](const store::Values& row) {
                for (const store::Value& value : row) all += std::get<std::string>(value) + " ";
            }
        );
    });
    return all;
}

}  // namespace

TEST(OptOuts, OfClientsThatFollowTheHeaderNeedNothingButTheToken) {
    ReturnsWorld world;
    const std::int64_t lead = world.add_lead("bob@lead.test");
    const SentOut mail = world.send(lead);
    // From an alias, without any thread.
    world.comes_back(
        raw_mail({"bob.alias@lead.test", "unsubscribe " + mail.token, "", {}, {}, {}}, mail.from)
    );
    EXPECT_EQ(world.look().opt_outs, 1);
    EXPECT_EQ(
        suppressions(world),
        "bob.alias@lead.test unsubscribe active bob@lead.test unsubscribe active "
    );
    EXPECT_EQ(world.lead_status(lead), "unsubscribed");
}

TEST(OptOuts, InWordsStopEveryCampaignAtOnce) {
    for (const char* folder : {"INBOX", "Spam"}) {
        ReturnsWorld world;
        const std::int64_t lead = world.add_lead("bob@lead.test");
        const std::int64_t elsewhere = world.add_lead("bob@lead.test");
        const SentOut mail = world.send(lead);
        world.comes_back(
            answer_to(mail, "bob@lead.test", "Please remove me from your list."), folder
        );
        EXPECT_EQ(world.look().opt_outs, 1);
        EXPECT_EQ(suppressions(world), "bob@lead.test unsubscribe active ");
        EXPECT_EQ(world.lead_status(lead), "unsubscribed");
        EXPECT_EQ(world.lead_status(elsewhere), "unsubscribed");
    }
}

TEST(OptOuts, InTheQuotedFooterAreNone) {
    ReturnsWorld world;
    const std::int64_t lead = world.add_lead("bob@lead.test");
    const SentOut mail = world.send(lead);
    world.comes_back(answer_to(
        mail,
        "bob@lead.test",
        "Yes, gladly.\r\n\r\nOn Monday Anna wrote:\r\n> Reply \"unsubscribe\" and I stop."
    ));
    const campaign::ReturnCounts counts = world.look();
    EXPECT_EQ(counts.opt_outs, 0);
    EXPECT_EQ(counts.replies, 1);
    EXPECT_EQ(suppressions(world), "");
}

TEST(OptOuts, ThatMatchNothingStopTheirOwnAddressAndWaitForTheOwner) {
    ReturnsWorld world;
    const std::int64_t lead = world.add_lead("bob@lead.test");
    const SentOut mail = world.send(lead);
    // A forger speaks for nobody but himself, with a token that is none of ours.
    std::string forged = mail.token;
    forged[3] = forged[3] == 'x' ? 'y' : 'x';
    world.comes_back(raw_mail(
        {"eve@forger.test", "unsubscribe " + forged, "Remove bob@lead.test too.", {}, {}, {}},
        mail.from
    ));
    world.dialer.forget();
    const campaign::ReturnCounts counts = world.look();
    EXPECT_EQ(counts.opt_outs_waiting, 1);
    EXPECT_EQ(counts.opt_outs + counts.unmatched_reports, 0);
    EXPECT_EQ(suppressions(world), "eve@forger.test unsubscribe pending ");
    EXPECT_EQ(world.lead_status(lead), "active");
    EXPECT_EQ(world.dialer.written("imap.zoho").find("BODY.PEEK[]"), std::string::npos);
    const auto replies = world.replies();
    ASSERT_EQ(replies.size(), 1U);
    EXPECT_EQ(replies[0].kind, "unsubscribe");
    EXPECT_EQ(replies[0].text, "");
    EXPECT_FALSE(replies[0].campaign_id);
}

// Without a proof the From may be anybody's writing: nothing is sent there, and the owner decides.
TEST(OptOuts, WithoutAProofWaitForTheOwner) {
    struct Case {
        const char* from;
        bool subject;
        const char* suppressed;
        const char* status;
    };
    for (const Case& one :
         {Case{"bob@lead.test", true, "bob@lead.test unsubscribe pending ", "stopped"},
          Case{"bob@lead.test", false, "bob@lead.test unsubscribe pending ", "stopped"},
          Case{"eve@lead.test", true, "eve@lead.test unsubscribe pending ", "active"}}) {
        SCOPED_TRACE(std::string(one.from) + (one.subject ? " subject" : ""));
        ReturnsWorld world;
        const std::int64_t lead = world.add_lead("bob@lead.test");
        const SentOut mail = world.send(lead);
        const std::string subject = one.subject ? "Re: " + mail.subject : "Stop that";
        world.comes_back(raw_mail(
            {one.from, subject, "Please stop writing to us. Unsubscribe.", {}, {}, {}}, mail.from
        ));
        EXPECT_EQ(world.look().opt_outs_waiting, 1);
        EXPECT_EQ(suppressions(world), one.suppressed);
        EXPECT_EQ(world.lead_status(lead), one.status);
        ASSERT_EQ(world.replies().size(), 1U);
        EXPECT_NE(world.replies()[0].decision.find("suppress decide"), std::string::npos);
        EXPECT_NE(
            campaign::next_step_for(world.replies()[0]).find("suppress decide"), std::string::npos
        );
        const auto from = base::Email::parse(one.from).value();
        const base::Timestamp now = world.loop.now();
        world.as(store::Role::campaign, [=](store::Connection& connection) {
            campaign::decide(connection, from, false, now);
        });
        EXPECT_EQ(world.lead_status(lead), "active");
    }
}

TEST(OptOuts, ReplayedChangeNothing) {
    ReturnsWorld world;
    const std::int64_t lead = world.add_lead("bob@lead.test");
    const SentOut mail = world.send(lead);
    for (int i = 0; i < 3; ++i) {
        world.comes_back(answer_to(mail, "bob@lead.test", "Please remove me from your list."));
        world.look();
    }
    EXPECT_EQ(suppressions(world), "bob@lead.test unsubscribe active ");
    EXPECT_EQ(world.lead_status(lead), "unsubscribed");
}
