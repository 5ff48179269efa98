#include "mailbox/failure_policy.h"

#include <set>

#include "base/text.h"
#include "mailbox/refusals.h"
#include "smtp/reply_parser.h"

namespace {

using mailbox::Blame;
using mailbox::Consequence;
using mailbox::Verdict;

// "554 5.1.8 Email Outgoing Blocked." as the answer to a phase, as smtp::Session words it; a line
// without code is one of IMAP.
base::Error error_of(const std::string& phase, const std::string& line) {
    base::Error error;
    const bool smtp = !line.empty() && line[0] >= '2' && line[0] <= '5';
    error.stage = (smtp ? "smtp." : "imap.") + phase;
    if (!smtp) {
        error.code = base::ErrorCode::unauthenticated;
        error.server_words = line;
        return error;
    }
    error.reply_code = std::stoi(line.substr(0, 3));
    std::string rest = line.substr(std::min<std::size_t>(4, line.size()));
    const std::size_t space = rest.find(' ');
    const std::string first = rest.substr(0, space);
    if (std::ranges::count(first, '.') == 2 &&
        first.find_first_not_of("0123456789.") == std::string::npos) {
        error.enhanced = first;
        rest = space == std::string::npos ? "" : rest.substr(space + 1);
    }
    error.server_words = rest;
    error.code = error.reply_code < 500 ? base::ErrorCode::unavailable
                 : phase == "auth"      ? base::ErrorCode::unauthenticated
                                        : base::ErrorCode::refused;
    return error;
}

Verdict judge(const std::string& phase, const std::string& line, std::string_view provider = "") {
    return mailbox::judge(error_of(phase, line), provider);
}

}  // namespace

TEST(FailurePolicy, EveryRuleIsFoundByItsOwnSampleAndByNoEarlierRule) {
    std::set<std::string> ids;
    for (const mailbox::RefusalRule& rule : mailbox::refusal_rules()) {
        SCOPED_TRACE(rule.id);
        EXPECT_TRUE(ids.insert(rule.id).second);
        EXPECT_FALSE(rule.verdict.words.empty());
        ASSERT_FALSE(rule.sample.empty());
        const base::Error error = error_of(rule.sample_phase, rule.sample);
        const auto first =
            std::ranges::find_if(mailbox::refusal_rules(), [&](const mailbox::RefusalRule& one) {
                return one.fits(error, rule.provider);
            });
        ASSERT_NE(first, mailbox::refusal_rules().end());
        EXPECT_EQ(first->id, rule.id);
        const Verdict verdict = mailbox::judge(error, rule.provider);
        EXPECT_EQ(verdict.consequence, rule.verdict.consequence);
        EXPECT_EQ(verdict.blame, rule.verdict.blame);
        EXPECT_EQ(verdict.words, rule.verdict.words);
        for (const std::string& word : rule.words) EXPECT_EQ(word, base::to_lower(word));
    }
}

TEST(FailurePolicy, ARuleSaysWhatCanBeDone) {
    for (const mailbox::RefusalRule& rule : mailbox::refusal_rules()) {
        SCOPED_TRACE(rule.id);
        const Verdict& verdict = rule.verdict;
        // A retry has its time; what is given up has none.
        if (verdict.consequence == Consequence::retry) EXPECT_TRUE(verdict.wait);
        if (verdict.permanent()) EXPECT_FALSE(verdict.wait);
        if (verdict.blame == Blame::recipient) {
            EXPECT_EQ(rule.phases, std::vector<std::string>{"rcpt"});
        }
        if (verdict.consequence == Consequence::pause_mailbox) {
            EXPECT_EQ(verdict.blame, Blame::mailbox);
        }
    }
}

TEST(FailurePolicy, AccountBlocksThatLookLikeTheRecipientsFaultAreTheAccounts) {
    struct Case {
        const char* provider;
        const char* phase;
        const char* line;
        bool until_owner;
    };
    for (const Case& one : std::vector<Case>{
             {"zoho", "rcpt", "550 5.4.6 Unusual sending activity detected.", false},
             {"zoho-eu", "rcpt", "554 5.1.8 Email Outgoing Blocked.", false},
             {"gmail", "rcpt", "550 5.4.5 Daily user sending limit exceeded.", false},
             {"workspace", "dot", "550 5.4.5 Daily sending quota exceeded.", false},
             {"microsoft365", "rcpt", "550 5.1.8 Access denied, bad outbound sender.", true},
             {"microsoft365", "dot", "550 5.7.501 Access denied, spam abuse detected.", true},
             {"outlook", "dot", "554 5.2.2 mailbox full; STOREDRV.Submission.Exception", true},
         }) {
        const Verdict verdict = judge(one.phase, one.line, one.provider);
        EXPECT_EQ(verdict.consequence, Consequence::pause_mailbox) << one.line;
        EXPECT_EQ(verdict.blame, Blame::mailbox) << one.line;
        EXPECT_EQ(!verdict.wait, one.until_owner) << one.line;
        if (!one.until_owner) EXPECT_EQ(*verdict.wait, std::chrono::hours(24)) << one.line;
    }
    // The same code from elsewhere is the recipient's.
    EXPECT_EQ(judge("rcpt", "550 5.4.6 Routing loop detected").blame, Blame::recipient);
}

TEST(FailurePolicy, ARefusalAtLoginMailOrTheDotIsNeverTheRecipients) {
    for (const char* phase : {"connect", "ehlo", "auth", "mail", "data", "dot"})
        for (int code = 400; code < 600; ++code)
            for (const char* enhanced : {"", " 1.1", " 2.1", " 2.2", " 4.5", " 7.1", " 5.3"}) {
                std::string line = std::to_string(code);
                if (*enhanced != 0)
                    line += fmt::format(" {}.{}", code / 100, std::string_view(enhanced).substr(1));
                line += " mailbox unavailable, no such user";
                const Verdict verdict = judge(phase, line);
                EXPECT_NE(verdict.blame, Blame::recipient) << phase << ": " << line;
                if (code < 500) {
                    EXPECT_FALSE(verdict.permanent()) << phase << ": " << line;
                }
            }
}

TEST(FailurePolicy, ARefusedLoginWaitsForTheOwnerAndATemporaryOneDoesNot) {
    for (const char* line :
         {"535 5.7.8 no",
          "535 Authentication Failed",
          "534 5.7.9 Application-specific password",
          "550 5.7.30 Basic authentication is not supported",
          "554 5.1.1 no such user",
          "504 5.5.4 mechanism"}) {
        const Verdict verdict = judge("auth", line);
        EXPECT_EQ(verdict.consequence, Consequence::pause_mailbox) << line;
        EXPECT_FALSE(verdict.wait) << line;
    }
    EXPECT_EQ(
        judge("login", "Invalid credentials (Failure)").consequence, Consequence::pause_mailbox
    );
    for (const char* line :
         {"454 4.7.0 Too many login attempts, please try again later.",
          "454 4.7.0 Temporary",
          "421 4.7.0 Try again later, closing connection.",
          "451 4.3.0 internal"}) {
        const Verdict verdict = judge("auth", line);
        EXPECT_EQ(verdict.consequence, Consequence::retry) << line;
        EXPECT_TRUE(verdict.wait) << line;
    }
    // Gmail words this like a refused login.
    const Verdict many = judge("login", "Too many simultaneous connections. (Failure)");
    EXPECT_EQ(many.consequence, Consequence::retry);
    EXPECT_TRUE(many.too_many_sessions);
}

TEST(FailurePolicy, AServersOwnTimeWinsOverTheTables) {
    struct Case {
        const char* words;
        std::optional<base::Duration> wait;
    };
    using namespace std::chrono_literals;
    for (const Case& one : std::vector<Case>{
             {"Too many messages, try again in 10 minutes", 10min},
             {"please retry after 3600 seconds", 3600s},
             {"Try again in about 1 hour.", 1h},
             {"Try after 2 hrs", 2h},
             {"rate limited; retry in 90s", 90s},
             {"wait for 1 day", 24h},
             {"try again in 9999999 days", std::chrono::hours(24 * 7)},
             {"try again in 99999999999999999999 minutes", std::nullopt},
             {"Please try again later. Error 550 in 3 hops", std::nullopt},
             {"try again later", std::nullopt},
             {"You sent 100 messages in 10 minutes", std::nullopt},
             {"", std::nullopt},
         })
        EXPECT_EQ(mailbox::asked_wait(one.words), one.wait) << one.words;
    EXPECT_EQ(judge("dot", "451 4.7.1 busy, try again in 3 minutes").wait, 3min);
    EXPECT_EQ(
        judge("mail", "550 5.7.1 daily sending limit reached, try again in 5 hours").wait, 5h
    );
    // What waits for the owner does not pass by itself.
    EXPECT_FALSE(judge("auth", "535 5.7.8 try again in 5 minutes").wait);
}

TEST(FailurePolicy, RetriesComeLaterEachTimeNeverEarlierThanAskedAndNotAllAtOnce) {
    using namespace std::chrono_literals;
    base::SeededRandom random(7);
    const Verdict greylisted = judge("rcpt", "451 4.7.1 Greylisting in action");
    std::set<base::Duration> drawn;
    for (int i = 0; i < 200; ++i) {
        const base::Duration first = mailbox::retry_in(greylisted, "", 1, random);
        EXPECT_GE(first, 15min);
        EXPECT_LE(first, 23min);
        drawn.insert(first);
        const base::Duration fourth = mailbox::retry_in(greylisted, "", 4, random);
        EXPECT_GE(fourth, 60min);
        EXPECT_LE(mailbox::retry_in(greylisted, "", 40, random), 4h);
        const char* asks = "try again in 20 minutes";
        const Verdict asked = judge("rcpt", std::string("451 ") + asks);
        const base::Duration exact = mailbox::retry_in(asked, asks, 5, random);
        EXPECT_GE(exact, 20min);
        EXPECT_LE(exact, 25min);
    }
    EXPECT_GT(drawn.size(), 150U);
}

TEST(FailurePolicy, WhereNobodySpokeItIsTriedAgain) {
    for (const base::ErrorCode code :
         {base::ErrorCode::network,
          base::ErrorCode::timed_out,
          base::ErrorCode::closed,
          base::ErrorCode::tls,
          base::ErrorCode::unsupported,
          base::ErrorCode::protocol}) {
        const Verdict verdict = mailbox::judge({code, "smtp.connect", "lost", "", 0, ""}, "gmail");
        EXPECT_EQ(verdict.consequence, Consequence::retry) << base::to_string(code);
        EXPECT_EQ(verdict.blame, Blame::server);
        EXPECT_FALSE(verdict.words.empty());
    }
    const base::Error turn{base::ErrorCode::unavailable, "imap.session", "busy", "", 0, ""};
    EXPECT_NE(mailbox::judge(turn, "").words.find("turn"), std::string::npos);
}
