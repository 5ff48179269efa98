#include "warmup/participation.h"

namespace {

mailbox::Mailbox account(const std::string& provider) {
    mailbox::Mailbox account;
    account.email = *base::Email::parse("ann@co.test");
    account.provider = provider;
    account.password = "secret";
    return account;
}

}  // namespace

TEST(Participation, WithoutAPresetThereIsNothingToAccept) {
    EXPECT_FALSE(warmup::reason_to_leave_out(account("")));
    EXPECT_FALSE(warmup::reason_to_leave_out(account("no-such-provider")));
}

TEST(Participation, APresetsPolicyIsAcceptedFirst) {
    mailbox::Mailbox gmail = account("gmail");
    const auto reason = warmup::reason_to_leave_out(gmail);
    ASSERT_TRUE(reason);
    EXPECT_THAT(*reason, testing::HasSubstr("not accepted"));
    EXPECT_THAT(*reason, testing::HasSubstr("pilotlight mailbox accept ann@co.test"));
    gmail.policy_accepted_at = base::Timestamp{1};
    EXPECT_FALSE(warmup::reason_to_leave_out(gmail));
}

TEST(Participation, WhoCannotLogInIsLeftOutAndOAuthNeedsNoPassword) {
    mailbox::Mailbox silent = account("");
    silent.password.reset();
    EXPECT_THAT(*warmup::reason_to_leave_out(silent), testing::HasSubstr("password is not known"));
    silent.login_method = mailbox::LoginMethod::oauth2;
    EXPECT_FALSE(warmup::reason_to_leave_out(silent));
}
