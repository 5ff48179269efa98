#include "inbound/bounce_reason.h"

#include "inbound/text_fold.h"

namespace inbound {
namespace {

Evidence said(std::string_view words, std::string status = {}, std::string code = {}) {
    Evidence evidence;
    evidence.diagnostic = BounceRules::standard().scan(fold_text(words).lower);
    evidence.status = std::move(status);
    evidence.reply_code = std::move(code);
    return evidence;
}

TEST(BounceReason, TakesWordsBeforeTheStatus) {
    EXPECT_EQ(bounce_reason(said("550 5.7.1 mailbox is full", "5.7.1", "550")), "mailboxfull");
    EXPECT_EQ(bounce_reason(said("550 5.2.1 account is disabled", "5.2.1", "550")), "suspend");
    EXPECT_EQ(bounce_reason(said("no words", "5.2.2", "550")), "mailboxfull");
    EXPECT_EQ(bounce_reason(said("no words", "4.4.7")), "expired");
}

TEST(BounceReason, CallsAUserUnknownOnlyWhereTheAddressWasRefused) {
    const char* kRcpt = "550 user unknown (in reply to RCPT TO command)";
    const char* kData = "550 user unknown (in reply to end of DATA command)";
    EXPECT_EQ(bounce_reason(said(kRcpt, "5.2.1", "550")), "userunknown");
    EXPECT_EQ(bounce_reason(said(kData, "5.0.0", "550")), "filtered");
    EXPECT_EQ(bounce_reason(said(kData, "5.1.1", "550")), "userunknown");
    EXPECT_EQ(bounce_reason(said("550 user unknown", "5.1.6", "550")), "hasmoved");
    EXPECT_EQ(bounce_reason(said("550 user unknown", "", "550")), "filtered");
    EXPECT_EQ(bounce_reason(said("user unknown")), "userunknown");
}

TEST(BounceReason, TakesTheCommandWhereWordsSayLittle) {
    EXPECT_EQ(bounce_reason(said("550 no (in reply to EHLO command)", "5.0.0", "550")), "blocked");
    EXPECT_EQ(
        bounce_reason(said("550 no (in reply to MAIL FROM command)", "5.7.1", "550")), "rejected"
    );
    EXPECT_EQ(bounce_reason(said("550 no", "5.7.1", "550")), "securityerror");
    EXPECT_EQ(bounce_reason(said("550 no", "5.0.0", "550")), "onhold");
    EXPECT_EQ(bounce_reason(said("")), "undefined");
}

TEST(BounceReason, IsHardWhereTheAddressIsGone) {
    const Evidence permanent = said("", "5.1.1");
    for (const char* reason : {"userunknown", "hostunknown", "hasmoved", "notaccept"})
        EXPECT_TRUE(is_hard(reason, permanent)) << reason;
    for (const char* reason : {"mailboxfull", "filtered", "blocked", "expired", "suspend"})
        EXPECT_FALSE(is_hard(reason, permanent)) << reason;
    EXPECT_FALSE(is_hard("notaccept", said("", "4.0.0")));
    Evidence delayed = said("", "5.1.1");
    delayed.action = "delayed";
    EXPECT_FALSE(is_hard("userunknown", delayed));
}

TEST(BounceReason, KnowsTheRegistryOfCodes) {
    EXPECT_EQ(reason_of_status("5.1.1"), "userunknown");
    EXPECT_EQ(reason_of_status("4.7.1"), "blocked");
    EXPECT_EQ(reason_of_status("5.7.26"), "authfailure");
    EXPECT_EQ(reason_of_status("5.7.999"), "securityerror");
    EXPECT_EQ(reason_of_status("5.9.9"), "");
    EXPECT_EQ(reason_of_status("5.0.0"), "");
    EXPECT_EQ(reason_of_status(""), "");
}

}  // namespace
}  // namespace inbound
