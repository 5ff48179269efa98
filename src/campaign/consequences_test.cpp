#include "campaign/consequences.h"

#include <gtest/gtest.h>

namespace campaign {
namespace {

using inbound::Kind;

constexpr base::Timestamp kNow{1'780'300'800'000'000};

ReturnFacts matched(Kind kind) {
    ReturnFacts facts;
    facts.kind = kind;
    facts.matched = true;
    facts.proven = true;
    facts.in_thread = true;
    facts.from_lead = true;
    facts.from_this_mailbox = true;
    facts.names_our_address = true;
    facts.mailed_at = kNow - std::chrono::hours(5);
    facts.now = kNow;
    return facts;
}

ReturnFacts bounce(std::string reason, std::string status, bool hard) {
    ReturnFacts facts = matched(Kind::bounce);
    facts.reason = std::move(reason);
    facts.status = std::move(status);
    facts.hard = hard;
    return facts;
}

TEST(Consequence, OfBouncesFollowsTheReason) {
    struct Case {
        const char* reason;
        const char* status;
        bool hard;
        const char* lead_status;
        bool suppressed;
        bool counted;
    };
    const Case cases[] = {
        {"userunknown", "5.1.1", true, "bounced", true, false},
        {"hostunknown", "5.1.2", true, "bounced", true, false},
        {"hasmoved", "5.1.6", true, "bounced", true, false},
        {"suspend", "5.2.1", false, "bounced", true, false},
        {"suspend", "4.2.1", false, "stopped", false, false},
        {"blocked", "5.7.1", false, "stopped", false, true},
        {"filtered", "5.7.1", false, "stopped", false, true},
        {"policyviolation", "5.7.0", false, "stopped", false, true},
        {"spamdetected", "5.7.1", false, "stopped", false, true},
        {"authfailure", "5.7.26", false, "stopped", false, true},
        {"mailboxfull", "5.2.2", false, "stopped", false, false},
        {"expired", "4.4.7", false, "stopped", false, false},
        {"mesgtoobig", "5.3.4", false, "stopped", false, false},
        {"notaccept", "5.3.2", true, "stopped", false, false},
        {"undefined", "", false, "stopped", false, false},
    };
    for (const Case& one : cases) {
        const Consequence out = consequence_of(bounce(one.reason, one.status, one.hard));
        EXPECT_EQ(out.lead_status, one.lead_status) << one.reason;
        EXPECT_EQ(out.outcome, "bounced") << one.reason;
        EXPECT_EQ(out.suppress, one.suppressed ? "bounce" : "") << one.reason;
        EXPECT_EQ(out.suppress_lead, one.suppressed) << one.reason;
        EXPECT_FALSE(out.suppress_from) << one.reason;
        EXPECT_EQ(out.against_mailbox, one.counted) << one.reason;
        EXPECT_EQ(out.against_text, one.counted) << one.reason;
    }
}

TEST(Consequence, OfADelayedMailIsNone) {
    ReturnFacts facts = bounce("userunknown", "4.4.7", true);
    facts.delayed = true;
    const Consequence out = consequence_of(facts);
    EXPECT_EQ(out.lead_status + out.outcome + out.suppress, "");
}

// Whatever a report says, without its proof nothing follows.
TEST(Consequence, OfAForgedBounceIsNone) {
    const ReturnFacts good = bounce("userunknown", "5.1.1", true);
    std::vector<ReturnFacts> forged(5, good);
    forged[0].matched = false;
    forged[1].proven = false;
    forged[2].from_this_mailbox = false;
    forged[3].names_our_address = false;
    forged[4].mailed_at = kNow - std::chrono::hours(24 * 31);
    for (const ReturnFacts& facts : forged) {
        const Consequence out = consequence_of(facts);
        EXPECT_TRUE(out.decision.starts_with("unmatched")) << out.decision;
        EXPECT_EQ(out.lead_status + out.outcome + out.suppress, "");
        EXPECT_FALSE(out.against_mailbox || out.against_text || out.wait_until);
    }
}

TEST(Consequence, OfAFloodOfBouncesWaitsForTheOwner) {
    ReturnFacts facts = bounce("userunknown", "5.1.1", true);
    facts.gone_last_hour = kBounceSuppressionsPerHour - 1;
    EXPECT_FALSE(consequence_of(facts).pending);
    facts.gone_last_hour = kBounceSuppressionsPerHour;
    const Consequence out = consequence_of(facts);
    EXPECT_EQ(out.suppress, "bounce");
    EXPECT_TRUE(out.pending && out.suppress_lead);
    EXPECT_EQ(out.lead_status, "");  // the pending suppression stops it
    EXPECT_NE(out.decision.find("suppress decide"), std::string::npos);
}

TEST(Consequence, OfAReplyEndsTheSequence) {
    ReturnFacts facts = matched(Kind::reply);
    Consequence out = consequence_of(facts);
    EXPECT_EQ(out.lead_status, "replied");
    EXPECT_EQ(out.outcome, "replied");
    EXPECT_EQ(out.suppress, "");
    EXPECT_FALSE(out.stop_company);
    facts.whole_company = true;
    EXPECT_TRUE(consequence_of(facts).stop_company);
    // A lead that writes about something else has answered too.
    facts.kind = Kind::other;
    facts.proven = false;
    EXPECT_EQ(consequence_of(facts).lead_status, "replied");
    facts.matched = false;
    out = consequence_of(facts);
    EXPECT_EQ(out.lead_status, "");
    EXPECT_FALSE(out.keep);
}

TEST(Consequence, OfAReceiptIsNone) {
    for (const Kind kind : {Kind::reply, Kind::other, Kind::auto_reply, Kind::unsubscribe}) {
        ReturnFacts facts = matched(kind);
        facts.is_receipt = true;
        const Consequence out = consequence_of(facts);
        EXPECT_EQ(out.lead_status + out.outcome + out.suppress, "");
        EXPECT_FALSE(out.wait_until || out.keep);
    }
}

TEST(Consequence, OfAnAutomaticReplyIsToWait) {
    ReturnFacts facts = matched(Kind::auto_reply);
    EXPECT_EQ(consequence_of(facts).wait_until, kNow + kAutoReplyWait);
    facts.return_date = kNow + std::chrono::hours(24 * 12);
    EXPECT_EQ(consequence_of(facts).wait_until, facts.return_date);
    facts.return_date = kNow - std::chrono::hours(24);
    EXPECT_EQ(consequence_of(facts).wait_until, kNow + kAutoReplyWait);
    facts.return_date = kNow + std::chrono::hours(24 * 365 * 9);
    EXPECT_EQ(consequence_of(facts).wait_until, kNow + kAutoReplyWaitMax);
    EXPECT_EQ(consequence_of(facts).lead_status, "");
    facts.matched = false;
    EXPECT_FALSE(consequence_of(facts).wait_until);
}

TEST(Consequence, OfAnOptOutIsSuppressionAtOnceAndPendingWhereUnmatched) {
    ReturnFacts facts = matched(Kind::unsubscribe);
    Consequence out = consequence_of(facts);
    EXPECT_EQ(out.suppress, "unsubscribe");
    EXPECT_TRUE(out.suppress_lead && out.suppress_from && !out.pending);
    EXPECT_EQ(out.lead_status, "unsubscribed");
    // In the thread, but neither the lead nor with a proof: he speaks for himself.
    facts.proven = false;
    facts.from_lead = false;
    out = consequence_of(facts);
    EXPECT_TRUE(out.suppress_from && !out.suppress_lead && !out.pending);
    EXPECT_EQ(out.lead_status, "stopped");
    // By its From alone, even the lead's, or by nothing.
    facts.in_thread = false;
    facts.from_lead = true;
    for (const bool matched : {true, false}) {
        facts.matched = matched;
        out = consequence_of(facts);
        EXPECT_TRUE(out.pending && out.suppress_from && !out.suppress_lead && out.keep);
        EXPECT_EQ(out.lead_status + out.outcome, "");
        EXPECT_NE(out.decision.find("suppress decide"), std::string::npos);
    }
}

TEST(Consequence, OfAComplaintCountsAgainstTheMailboxAndNeedsItsProof) {
    ReturnFacts facts = matched(Kind::complaint);
    Consequence out = consequence_of(facts);
    EXPECT_EQ(out.lead_status, "complained");
    EXPECT_EQ(out.suppress, "complaint");
    EXPECT_TRUE(out.suppress_lead && out.against_mailbox);
    facts.proven = false;
    out = consequence_of(facts);
    EXPECT_EQ(out.suppress + out.lead_status, "");
    EXPECT_FALSE(out.against_mailbox);
}

}  // namespace
}  // namespace campaign
