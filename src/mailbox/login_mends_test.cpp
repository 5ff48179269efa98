#include "mailbox/login_mends.h"

#include "mailbox/presets.h"

namespace {

using ::testing::HasSubstr;
using ::testing::Not;

base::Error refused(
    const std::string& stage, const std::string& words, int code = 0, const std::string& more = ""
) {
    base::Error error{base::ErrorCode::unauthenticated, stage, "refused", words, code, more};
    return error;
}
std::string mend(const base::Error& error, const std::string& provider) {
    return mailbox::mend_for(error, provider);
}

}  // namespace

TEST(LoginMends, EveryRuleIsReachedByItsOwnSample) {
    const auto samples = mailbox::mend_samples();
    EXPECT_GT(samples.size(), 15U);
    for (const mailbox::MendSample& sample : samples) {
        EXPECT_EQ(mend(sample.error, sample.provider), sample.mend) << sample.error.server_words;
        if (!sample.provider.empty())
            EXPECT_NE(mailbox::find_preset(sample.provider), nullptr) << sample.provider;
    }
}

TEST(LoginMends, BlockedBasicAuthenticationLeadsToOAuth2) {
    for (const char* provider : {"outlook", "microsoft365", ""})
        for (const char* enhanced : {"5.7.139", "5.7.30"})
            EXPECT_THAT(
                mend(refused("smtp.auth", "no basic authentication", 535, enhanced), provider),
                HasSubstr("OAuth2")
            );
    EXPECT_THAT(mend(refused("imap.login", "LOGIN failed."), "outlook"), HasSubstr("OAuth2"));
    EXPECT_THAT(mend(refused("imap.login", "LOGIN failed."), ""), Not(HasSubstr("OAuth2")));
}

TEST(LoginMends, APlainRefusalSaysWhatAWorkingPasswordIs) {
    const base::Error error =
        refused("imap.login", "[AUTHENTICATIONFAILED] Invalid credentials (Failure)");
    EXPECT_THAT(mend(error, "gmail"), HasSubstr("myaccount.google.com/apppasswords"));
    EXPECT_THAT(mend(error, "icloud"), HasSubstr("app-specific password"));
    EXPECT_THAT(mend(error, "yahoo"), HasSubstr("app password"));
    EXPECT_THAT(mend(error, "zoho-jp"), HasSubstr("wrong region"));
    EXPECT_THAT(mend(error, ""), HasSubstr("password"));
}

TEST(LoginMends, TellsAHostWithoutAddressFromOneThatIsSilent) {
    base::Error error{base::ErrorCode::network, "smtp.dns", "cannot resolve mail.test", {}, 0, {}};
    EXPECT_THAT(mend(error, "zoho"), HasSubstr("DNS"));
    error.stage = "smtp.connect";
    EXPECT_THAT(mend(error, "zoho"), HasSubstr("host and the port"));
    error.code = base::ErrorCode::timed_out;
    EXPECT_THAT(mend(error, ""), HasSubstr("host and the port"));
    error = {base::ErrorCode::tls, "imap.tls", "certificate has expired", {}, 0, {}};
    EXPECT_THAT(mend(error, ""), HasSubstr("certificate"));
}

TEST(LoginMends, HaveWordsForEveryErrorAndEveryProvider) {
    for (const mailbox::Preset& preset : mailbox::presets())
        for (int code = 0; code <= 600; code += 50)
            for (const char* stage :
                 {"smtp.auth", "imap.login", "smtp.mail", "smtp.rcpt", "imap.list", ""})
                EXPECT_NE(mend(refused(stage, "no", code), preset.name), "");
}
