// Delivery reports and complaints about mail that was sent.
#include <fmt/format.h>

#include "campaign/consequences.h"
#include "campaign/reply_class.h"
#include "campaign/suppression.h"
#include "tests/returns/returns_world.h"

namespace {

using tests::Report;
using tests::report_on;
using tests::ReturnsWorld;
using tests::SentOut;

struct Outcome {
    std::string lead;
    std::string outcome;
    std::int64_t suppressed = 0;
    std::int64_t against_mailbox = 0;
    bool operator==(const Outcome&) const = default;
};

std::ostream& operator<<(std::ostream& out, const Outcome& one) {
    return out << one.lead << ", " << one.outcome << ", suppressed " << one.suppressed
               << ", against mailbox " << one.against_mailbox;
}

Outcome outcome_of(ReturnsWorld& world, std::int64_t lead) {
    return {
        world.lead_status(lead),
        world.text("SELECT outcome FROM emails_campaign ORDER BY id"),
        world.count("SELECT COUNT(*) FROM suppressions"),
        world.count("SELECT COUNT(*) FROM ledger WHERE subject_kind = 'mailbox' "
                    "AND decision LIKE '%counted against it'")
    };
}

Outcome after(const Report& report, const std::string& folder = "INBOX") {
    ReturnsWorld world;
    const std::int64_t lead = world.add_lead("bob@lead.test");
    const SentOut mail = world.send(lead);
    world.comes_back(report_on(mail, report), folder);
    world.look();
    return outcome_of(world, lead);
}

}  // namespace

TEST(Bounces, HaveTheConsequenceOfTheirReason) {
    Report report;
    EXPECT_EQ(after(report), (Outcome{"bounced", "bounced", 1, 0}));
    EXPECT_EQ(after(report, "Spam"), (Outcome{"bounced", "bounced", 1, 0}));
    report = {"failed", "5.2.2", "552 5.2.2 The mailbox is full, over quota", {}, {}, {}};
    EXPECT_EQ(after(report), (Outcome{"stopped", "bounced", 0, 0}));
    report = {"failed", "5.7.1", "554 5.7.1 blocked using a blocklist, see example", {}, {}, {}};
    EXPECT_EQ(after(report), (Outcome{"stopped", "bounced", 0, 1}));
    report = {"delayed", "4.4.1", "connect to mx.lead.test: Connection timed out", {}, {}, {}};
    EXPECT_EQ(after(report), (Outcome{"active", "none", 0, 0}));
}

TEST(Bounces, NeedOneProofAndEitherWillDo) {
    Report by_id;
    by_id.token = "none";
    EXPECT_EQ(after(by_id), (Outcome{"bounced", "bounced", 1, 0}));
    Report by_token;
    by_token.message_id = "replaced@provider.test";
    EXPECT_EQ(after(by_token), (Outcome{"bounced", "bounced", 1, 0}));
}

TEST(Bounces, ThatProveNothingAreUnmatched) {
    const Outcome nothing{"active", "none", 0, 0};
    Report forged;
    forged.token = "none";
    forged.message_id = "guessed@co-one.test";
    EXPECT_EQ(after(forged), nothing);
    // A token of ours with one letter changed.
    ReturnsWorld world;
    const std::int64_t lead = world.add_lead("bob@lead.test");
    const SentOut mail = world.send(lead);
    Report changed;
    changed.message_id = "guessed@co-one.test";
    changed.token = mail.token;
    changed.token[5] = changed.token[5] == 'x' ? 'y' : 'x';
    world.comes_back(report_on(mail, changed));
    // The right proof, and an address that the mail did not go to.
    Report other_address;
    other_address.recipient = "boss@lead.test";
    world.comes_back(report_on(mail, other_address));
    // The right proof in another mailbox than the one that sent the mail.
    world.comes_back(report_on(mail, {}), "INBOX", "gus@gmail-like.test");
    EXPECT_EQ(world.look().replies, 0);
    EXPECT_EQ(outcome_of(world, lead), nothing);
    // Too late.
    world.loop.advance(std::chrono::hours(24 * 31));
    world.comes_back(report_on(mail, {}));
    world.look();
    EXPECT_EQ(outcome_of(world, lead), nothing);
}

// A forged answer teaches an id of the forger's choice, a forged report names it.
TEST(Bounces, OfAnIdThatAForgedAnswerHasTaughtAreUnmatched) {
    ReturnsWorld world;
    const std::int64_t lead = world.add_lead("bob@lead.test");
    const SentOut mail = world.send(lead);
    for (const char* subject : {"Something else", "Re: A question about Acme"})
        world.comes_back(tests::raw_mail(
            {"bob@lead.test", subject, "Hello.", {}, "chosen@evil.test", {}}, mail.from
        ));
    EXPECT_EQ(world.look().replies, 2);
    Report forged;
    forged.token = "none";
    forged.message_id = "chosen@evil.test";
    world.comes_back(report_on(mail, forged));
    EXPECT_EQ(world.look().bounces, 0);
    EXPECT_EQ(world.count("SELECT COUNT(*) FROM suppressions"), 0);
    // Not even one that stands there with the proof of an answer.
    world.change(
        "UPDATE emails_campaign SET provider_message_id = 'chosen@evil.test', "
        "provider_id_proof = 'reply'"
    );
    world.comes_back(report_on(mail, forged));
    EXPECT_EQ(world.look().bounces, 0);
    EXPECT_EQ(world.count("SELECT COUNT(*) FROM suppressions"), 0);
    world.change("UPDATE emails_campaign SET provider_id_proof = 'sent_folder'");
    world.comes_back(report_on(mail, forged));
    EXPECT_EQ(world.look().bounces, 1);
}

// More dead addresses in an hour than a mailbox can have by itself: nothing is sent to them, and
// the owner decides. What other mailboxes lose does not count.
TEST(Bounces, InAFloodWaitForTheOwner) {
    for (const auto& [mailbox, waits] : {std::pair(1, true), std::pair(2, false)}) {
        ReturnsWorld world;
        const std::int64_t lead = world.add_lead("bob@lead.test");
        const SentOut mail = world.send(lead);
        Report report;
        world.change(fmt::format(
            "INSERT INTO campaign_replies (mailbox_id, kind, \"from\", message_id, decision, "
            "received_at, created_at) WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 "
            "FROM n WHERE i < {}) SELECT {}, 'bounce', '', 'b' || i, '{}', {}, {} FROM n",
            campaign::kBounceSuppressionsPerHour,
            mailbox,
            campaign::kAddressGone,
            world.loop.now().micros,
            world.loop.now().micros
        ));
        world.comes_back(report_on(mail, report));
        EXPECT_EQ(world.look().bounces, 1);
        EXPECT_EQ(
            world.text("SELECT reason || ' ' || state FROM suppressions ORDER BY id"),
            waits ? "bounce pending" : "bounce active"
        );
        EXPECT_EQ(world.lead_status(lead), waits ? "stopped" : "bounced");
        const auto decide = [&](bool keep) {
            const auto email = base::Email::parse("bob@lead.test").value();
            const base::Timestamp now = world.loop.now();
            return world.as(store::Role::campaign, [=](store::Connection& connection) {
                return campaign::decide(connection, email, keep, now);
            });
        };
        if (!waits) continue;
        EXPECT_NE(
            campaign::next_step_for(world.replies().front()).find("suppress decide"),
            std::string::npos
        );
        EXPECT_TRUE(decide(true));
        EXPECT_EQ(
            world.text("SELECT reason || ' ' || state FROM suppressions ORDER BY id"),
            "bounce active"
        );
        EXPECT_EQ(world.lead_status(lead), "bounced");
    }
}

TEST(Bounces, OfWarmupMailAreWarmupsAlone) {
    ReturnsWorld world;
    const SentOut mail = world.send(world.add_lead("bob@lead.test"));
    Report report;
    report.message_id = "warm@co-one.test";
    report.token = world.mint.mint(delivery::Side::warmup, "abcdefghij012345");
    world.comes_back(report_on(mail, report));
    EXPECT_EQ(world.look().unmatched_reports, 0);
    const char* left_alone = "SELECT COUNT(*) FROM ledger WHERE decision LIKE '%left alone'";
    EXPECT_EQ(world.count(left_alone), 0);
    report.token = "none";
    world.comes_back(report_on(mail, report));
    EXPECT_EQ(world.look().unmatched_reports, 1);
    EXPECT_EQ(world.count(left_alone), 1);
}

TEST(Bounces, SettleWhatWasInDoubt) {
    ReturnsWorld world;
    const std::int64_t lead = world.add_lead("bob@lead.test");
    const SentOut mail = world.send(lead);
    world.change("UPDATE emails_campaign SET status = 'in_doubt', sent_at = NULL");
    world.comes_back(report_on(mail, {}));
    world.look();
    EXPECT_EQ(world.text("SELECT status FROM emails_campaign ORDER BY id"), "accepted");
    EXPECT_EQ(world.lead_status(lead), "bounced");
}

TEST(Complaints, AreSuppressedAndCountedAgainstTheMailbox) {
    ReturnsWorld world;
    const std::int64_t lead = world.add_lead("bob@lead.test");
    const std::int64_t again = world.add_lead("bob@lead.test");
    const SentOut mail = world.send(lead);
    const auto complaint = [&](const std::string& id) {
        return fmt::format(
            "From: feedback@provider.test\r\nTo: anna@co-one.test\r\nSubject: FW: spam\r\n"
            "Message-ID: <arf-{0}>\r\nMIME-Version: 1.0\r\n"
            "Content-Type: multipart/report; report-type=feedback-report; boundary=b\r\n\r\n"
            "--b\r\nContent-Type: text/plain\r\n\r\nAn abuse report.\r\n"
            "--b\r\nContent-Type: message/feedback-report\r\n\r\nFeedback-Type: abuse\r\n"
            "Version: 1\r\nUser-Agent: x/1\r\nOriginal-Rcpt-To: <redacted@lead.test>\r\n\r\n"
            "--b\r\nContent-Type: message/rfc822\r\n\r\nMessage-ID: <{0}>\r\n"
            "From: anna@co-one.test\r\nSubject: A question about Acme\r\n\r\nHello\r\n--b--\r\n",
            id
        );
    };
    world.comes_back(complaint("forged@co-one.test"));
    world.look();
    EXPECT_EQ(outcome_of(world, lead), (Outcome{"active", "none", 0, 0}));
    world.comes_back(complaint(mail.message_id));
    EXPECT_EQ(world.look().complaints, 1);
    EXPECT_EQ(outcome_of(world, lead), (Outcome{"complained", "none", 1, 1}));
    EXPECT_EQ(world.lead_status(again), "complained");
}
