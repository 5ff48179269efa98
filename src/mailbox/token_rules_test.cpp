#include "mailbox/token_rules.h"

namespace {

using mailbox::TokenStep;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr base::Timestamp kNow{1'800'000'000'000'000};

// A login of a month ago whose access token has `left`.
mailbox::TokenRow row(base::Duration left) {
    mailbox::TokenRow made;
    made.issuer = "google";
    made.consented_at = kNow - hours(24 * 30);
    made.access_expires_at = kNow + left;
    made.refresh_from = made.access_expires_at - minutes(5);
    return made;
}

const mailbox::TokenRefusal kInvalidGrant{
    mailbox::TokenRefusal::Kind::grant, "invalid_grant", "invalid_grant: expired or revoked", 400
};

}  // namespace

TEST(TokenRules, ATokenWithLessThanFiveMinutesIsExchanged) {
    EXPECT_EQ(next_step(row(minutes(5) + seconds(1)), kNow), TokenStep::use);
    EXPECT_EQ(next_step(row(minutes(5)), kNow), TokenStep::exchange);
    EXPECT_EQ(next_step(row(minutes(-90)), kNow), TokenStep::exchange);
}

TEST(TokenRules, WhileAnotherExchangesTheOldOneIsUsedOrItIsWaitedFor) {
    mailbox::TokenRow held = row(minutes(4));
    held.lease_until = kNow + seconds(1);
    EXPECT_EQ(next_step(held, kNow), TokenStep::use);
    held.access_expires_at = kNow + seconds(30);
    EXPECT_EQ(next_step(held, kNow), TokenStep::wait);
    // Its holder crashed.
    EXPECT_EQ(next_step(held, kNow + seconds(1)), TokenStep::exchange);
}

TEST(TokenRules, AfterALostAnswerThePauseIsKept) {
    mailbox::TokenRow lost = row(minutes(4));
    lost.not_before = kNow + seconds(1);
    EXPECT_EQ(next_step(lost, kNow), TokenStep::use);
    lost.access_expires_at = kNow;
    EXPECT_EQ(next_step(lost, kNow), TokenStep::later);
    EXPECT_EQ(next_step(lost, kNow + seconds(1)), TokenStep::exchange);
}

TEST(TokenRules, AnEndedLoginIsNeverTriedAgain) {
    mailbox::TokenRow dead = row(minutes(-1));
    dead.dead_reason = "withdrawn";
    EXPECT_EQ(next_step(dead, kNow), TokenStep::dead);
    EXPECT_EQ(next_step(dead, kNow + hours(24 * 365)), TokenStep::dead);
}

TEST(TokenRules, AShortTokenIsExchangedInTheMiddleOfItsLife) {
    EXPECT_EQ(mailbox::refresh_from(kNow, hours(1)), kNow + minutes(55));
    EXPECT_EQ(mailbox::refresh_from(kNow, minutes(6)), kNow + minutes(3));
}

TEST(TokenRules, PausesGrowToAQuarterOfAnHour) {
    EXPECT_EQ(mailbox::pause_after(0), seconds(0));
    EXPECT_EQ(mailbox::pause_after(1), seconds(30));
    EXPECT_EQ(mailbox::pause_after(3), minutes(2));
    EXPECT_EQ(mailbox::pause_after(6), minutes(15));
    EXPECT_EQ(mailbox::pause_after(1'000'000), minutes(15));
}

TEST(TokenRules, AGoogleAppInTestingIsNamed) {
    mailbox::TokenRow ended = row(minutes(-1));
    const auto reason = [&] { return reason_of_death(ended, kInvalidGrant, kNow); };
    EXPECT_EQ(reason().find("Testing"), std::string::npos) << reason();
    ended.consented_at = kNow - hours(24 * 7) - minutes(30);
    EXPECT_NE(reason().find("Testing"), std::string::npos) << reason();
    // The same day at another provider means nothing.
    ended.issuer = "microsoft";
    EXPECT_EQ(reason().find("Testing"), std::string::npos) << reason();
    // Announced, and learned of long after, as on a machine that was off.
    ended.issuer = "google";
    ended.consented_at = kNow - hours(24 * 20);
    ended.refresh_expires_at = ended.consented_at + hours(24 * 7);
    EXPECT_NE(reason().find("Testing"), std::string::npos) << reason();
    // Withdrawn on the third day.
    ended.consented_at = kNow - hours(24 * 3);
    ended.refresh_expires_at = ended.consented_at + hours(24 * 7);
    EXPECT_EQ(reason().find("Testing"), std::string::npos) << reason();
}

TEST(TokenRules, TheEndSaysWhyAndNeverWhose) {
    mailbox::TokenRow ended = row(minutes(-1));
    EXPECT_NE(reason_of_death(ended, kInvalidGrant, kNow).find("invalid_grant"), std::string::npos);
    ended.unanswered_since = kNow - minutes(2);
    EXPECT_NE(reason_of_death(ended, kInvalidGrant, kNow).find("cut off"), std::string::npos);
    ended.unanswered_since.reset();
    mailbox::TokenRefusal rapt = kInvalidGrant;
    rapt.words = "invalid_grant: reauth related error: invalid_rapt";
    EXPECT_NE(reason_of_death(ended, rapt, kNow).find("session length"), std::string::npos);
    ended.refresh_expires_at = kNow - hours(1);
    EXPECT_NE(reason_of_death(ended, kInvalidGrant, kNow).find("announced"), std::string::npos);
}

TEST(TokenRules, AnEndThatIsKnownIsToldAtOnce) {
    mailbox::Tokens tokens;
    EXPECT_EQ(mailbox::warning_of_end("google", tokens, kNow), "");
    tokens.refresh_lifetime = seconds(604'799);
    EXPECT_NE(mailbox::warning_of_end("google", tokens, kNow).find("Testing"), std::string::npos);
    const std::string other = mailbox::warning_of_end("microsoft", tokens, kNow);
    EXPECT_EQ(other.find("Testing"), std::string::npos);
    EXPECT_NE(other.find("2027-01-22"), std::string::npos) << other;
}
