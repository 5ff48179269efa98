#include "cli/imap_coverage.h"

namespace cli {
namespace {

using ::testing::HasSubstr;

constexpr base::Timestamp kAdded{1000};
constexpr base::Timestamp kCycle{2000};
constexpr base::Timestamp kSearched{3000};

SeedFacts seed(const std::string& email, const std::string& provider) {
    SeedFacts facts;
    facts.mailbox.email = *base::Email::parse(email);
    facts.mailbox.role = mailbox::Role::seed;
    facts.mailbox.provider = provider;
    facts.mailbox.password = "secret";
    facts.mailbox.policy_accepted_at = kAdded;
    facts.mailbox.created_at = kAdded;
    facts.searched_at = kSearched;
    return facts;
}

TEST(ImapCoverage, CountsByProviderAndNamesWhatIsMissing) {
    std::vector<SeedFacts> seeds = {
        seed("a@gmail.test", "gmail"), seed("b@gmail.test", "gmail"), seed("c@own.test", "")
    };
    seeds[1].mailbox.password.reset();
    seeds[1].sent = 7;
    seeds[1].unknown = 6;
    const ImapCoverage coverage = coverage_of(seeds, kCycle);
    EXPECT_EQ(coverage.configured, 3);
    EXPECT_EQ(coverage.watched, 2);
    ASSERT_EQ(coverage.providers.size(), 2U);
    EXPECT_EQ(coverage.providers[0].provider, "gmail");
    EXPECT_EQ(coverage.providers[0].configured, 2);
    EXPECT_EQ(coverage.providers[0].watched, 1);
    EXPECT_EQ(coverage.providers[1].provider, "other");
    ASSERT_EQ(coverage.unwatched.size(), 1U);
    EXPECT_EQ(coverage.unwatched[0].email, "b@gmail.test");
    EXPECT_THAT(coverage.unwatched[0].reason, HasSubstr("mailbox password b@gmail.test"));
    EXPECT_EQ(
        coverage.unwatched[0].adds,
        "gmail watched by 2 of 2 seed mailboxes instead of 1; the placement of 6 of 7 mails that "
        "went to it"
    );
}

TEST(ImapCoverage, EachReasonHasItsMend) {
    SeedFacts paused = seed("a@x.test", "");
    paused.mailbox.status = mailbox::Status::paused;
    paused.mailbox.status_reason = "the login was refused";
    SeedFacts unaccepted = seed("b@x.test", "gmail");
    unaccepted.mailbox.policy_accepted_at.reset();
    SeedFacts hidden = seed("c@x.test", "gmail");
    hidden.mailbox.hidden_folders = "spam";
    SeedFacts silent = seed("d@x.test", "");
    silent.searched_at = base::Timestamp{1500};
    SeedFacts never = seed("e@x.test", "");
    never.searched_at.reset();
    const ImapCoverage coverage = coverage_of({paused, unaccepted, hidden, silent, never}, kCycle);
    EXPECT_EQ(coverage.watched, 0);
    ASSERT_EQ(coverage.unwatched.size(), 5U);
    const char* mends[] = {
        "(the login was refused): pilotlight mailbox resume a@x.test",
        "mailbox accept b@x.test",
        "hides from IMAP: spam",
        "mailbox check d@x.test",
        "mailbox check e@x.test"
    };
    for (std::size_t i = 0; i < 5; ++i)
        EXPECT_THAT(coverage.unwatched[i].reason, HasSubstr(mends[i]));
}

TEST(ImapCoverage, APauseThatNamesItsOwnMendGetsNoSecondOne) {
    SeedFacts waits = seed("a@x.test", "");
    waits.mailbox.status = mailbox::Status::paused;
    waits.mailbox.status_reason = "waits; run: pilotlight mailbox authorize a@x.test";
    const ImapCoverage coverage = coverage_of({waits}, kCycle);
    ASSERT_EQ(coverage.unwatched.size(), 1U);
    EXPECT_EQ(
        coverage.unwatched[0].reason,
        "it is paused (waits; run: pilotlight mailbox authorize a@x.test)"
    );
}

TEST(ImapCoverage, BeforeACycleNothingSpeaksAgainstASeed) {
    SeedFacts fresh = seed("a@x.test", "");
    fresh.searched_at.reset();
    EXPECT_EQ(coverage_of({fresh}, std::nullopt).watched, 1);
    fresh.mailbox.created_at = base::Timestamp{2500};
    EXPECT_EQ(coverage_of({fresh}, kCycle).watched, 1) << "added after the cycle began";
}

}  // namespace
}  // namespace cli
