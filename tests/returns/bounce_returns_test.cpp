// Delivery reports and complaints about mail that was sent.
#include <fmt/format.h>

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
