#include "mailbox/failure_policy.h"

namespace {

base::Error reply(int code, std::string enhanced, std::string words = {}) {
    const auto kind = code < 500 ? base::ErrorCode::unavailable : base::ErrorCode::refused;
    return base::Error{kind, "smtp.rcpt", "refused", std::move(words), code, std::move(enhanced)};
}

}  // namespace

TEST(FailurePolicy, TellsTheAccountFromTheRecipient) {
    using mailbox::Blame;
    struct Case {
        base::Error error;
        const char* provider;
        Blame blame;
        bool pause;
        bool permanent;
    };
    const std::vector<Case> cases = {
        {reply(550, "5.4.6", "Unusual sending activity"), "zoho", Blame::mailbox, true, false},
        {reply(550, "5.4.5"), "gmail", Blame::mailbox, true, false},
        {reply(550, "5.1.1"), "gmail", Blame::recipient, false, true},
        {reply(550, "5.1.8", "Bad outbound sender"), "", Blame::mailbox, true, false},
        {reply(451, "4.7.1"), "", Blame::recipient, false, false},
        {reply(454, "4.7.0", "Too many login attempts"), "gmail", Blame::mailbox, false, false},
        {reply(421, "4.7.0"), "", Blame::server, false, false},
        {reply(554, ""), "", Blame::message, false, true},
        {reply(499, ""), "", Blame::server, false, false},
        {reply(550, "5.7.1"), "", Blame::mailbox, true, false},
    };
    for (const Case& one : cases) {
        const mailbox::Verdict verdict = mailbox::judge(one.error, one.provider);
        EXPECT_EQ(verdict.blame, one.blame) << one.error.reply_code << one.error.enhanced;
        EXPECT_EQ(verdict.pause_mailbox, one.pause) << one.error.reply_code << one.error.enhanced;
        EXPECT_EQ(verdict.permanent, one.permanent) << one.error.reply_code << one.error.enhanced;
        EXPECT_FALSE(verdict.words.empty());
    }
}

TEST(FailurePolicy, ARefusedLoginAsksForTheOwner) {
    const base::Error refused{
        base::ErrorCode::unauthenticated, "smtp.auth", "login refused", "no", 535, "5.7.8"
    };
    EXPECT_TRUE(mailbox::judge(refused, "").pause_mailbox);
    const base::Error lost{base::ErrorCode::network, "smtp.connect", "refused", "", 0, ""};
    EXPECT_FALSE(mailbox::judge(lost, "").permanent);
}
