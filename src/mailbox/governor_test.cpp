#include "mailbox/governor.h"

namespace {

using namespace std::chrono_literals;
using mailbox::AccountKey;
using mailbox::Governor;
using mailbox::LoginFailure;
using mailbox::Protocol;
using Time = base::MonotonicTime;

constexpr Time kStart{std::chrono::hours(1)};

AccountKey account(std::int64_t id, Protocol protocol = Protocol::imap) {
    return {id, protocol, "imap.mail.test", "other"};
}

class GovernorTest : public testing::Test {
  protected:
    // A login that the server answers at once.
    Governor::Answer fail(std::int64_t id, Time now, LoginFailure failure = {.about_login = true}) {
        governor_.begun(account(id), now);
        return governor_.failed(account(id), failure, 0, now);
    }
    base::SeededRandom random_{3};
    Governor governor_{{}, random_};
};

}  // namespace

TEST(Sessions, AreOneAnAccountAndTwoOfGmailsImap) {
    EXPECT_EQ(mailbox::usual_sessions("gmail", Protocol::imap), 2);
    EXPECT_EQ(mailbox::usual_sessions("workspace", Protocol::imap), 2);
    EXPECT_EQ(mailbox::usual_sessions("gmail", Protocol::smtp), 1);
    for (const char* provider : {"zoho", "zoho-eu", "outlook", "yahoo", ""})
        for (const Protocol protocol : {Protocol::smtp, Protocol::imap})
            EXPECT_EQ(mailbox::usual_sessions(provider, protocol), 1) << provider;
}

TEST(SessionLimit, FallsToWhatTheServerAllowsAndRisesOneByOne) {
    mailbox::SessionLimit limit(5, 30min);
    EXPECT_EQ(limit.allowed(kStart), 5);
    limit.too_many(2, kStart);
    EXPECT_EQ(limit.allowed(kStart + 29min), 2);
    EXPECT_EQ(limit.allowed(kStart + 31min), 3);
    limit.too_many(3, kStart + 31min);  // still one too many: others hold the rest
    EXPECT_EQ(limit.allowed(kStart + 32min), 2);
    EXPECT_EQ(limit.allowed(kStart + 24h), 5);
    limit.too_many(0, kStart + 24h);
    EXPECT_EQ(limit.allowed(kStart + 24h), 1);  // never none: else nothing would ever be tried
}

TEST(Pace, LetsABurstThroughAndThenOneEachInterval) {
    mailbox::Pace pace(2s, 3);
    std::vector<Time> times;
    for (int i = 0; i < 6; ++i) times.push_back(pace.reserve(kStart));
    EXPECT_EQ(
        times, (std::vector<Time>{kStart, kStart, kStart, kStart + 2s, kStart + 4s, kStart + 6s})
    );
    pace.give_back();
    EXPECT_EQ(pace.reserve(kStart + 1s), kStart + 6s);
    EXPECT_EQ(pace.reserve(kStart + 1h), kStart + 1h);
}

TEST(Pace, IsKeptInEveryWindowWhateverComes) {
    base::SeededRandom random(5);
    for (int run = 0; run < 20; ++run) {
        mailbox::Pace pace(1s, 10);
        std::vector<Time> times;
        Time now = kStart;
        for (int i = 0; i < 300; ++i) {
            if (random.chance(0.2)) now += random.between(base::Duration(0), base::Duration(5s));
            times.push_back(pace.reserve(now));
            EXPECT_GE(times.back(), now);
        }
        for (std::size_t i = 60 + 10; i < times.size(); ++i)
            EXPECT_GE(times[i] - times[i - 70], 60s);
    }
}

TEST(Backoff, DoublesToItsEndAndIsNeverTheSameForAll) {
    base::SeededRandom random(1);
    base::Duration whole = 1min;
    for (int failures = 1; failures < 12; ++failures) {
        for (int i = 0; i < 50; ++i) {
            const base::Duration wait = mailbox::backoff(1min, 4h, failures, random);
            EXPECT_GE(wait, whole / 2);
            EXPECT_LE(wait, whole);
        }
        whole = std::min<base::Duration>(whole * 2, 4h);
    }
    EXPECT_LE(mailbox::backoff(1min, 4h, 1'000'000, random), 4h);
}

TEST_F(GovernorTest, FiveFailedLoginsInFiveMinutesLeaveTheHostAlone) {
    for (int i = 0; i < 4; ++i) EXPECT_FALSE(fail(i, kStart + i * 1min).host_pauses);
    const Governor::Answer last = fail(4, kStart + 4min);
    EXPECT_TRUE(last.host_pauses);
    EXPECT_EQ(last.host_until, kStart + 19min);
    const mailbox::Turn other = governor_.turn(account(77), kStart + 5min);
    EXPECT_EQ(other.at, kStart + 19min);
    EXPECT_NE(other.why.find("imap.mail.test"), std::string::npos);
    const AccountKey elsewhere{77, Protocol::smtp, "smtp.mail.test", ""};
    EXPECT_EQ(governor_.turn(elsewhere, kStart + 5min).at, kStart + 5min);
}

TEST_F(GovernorTest, FiveFailuresOverALongerTimeDoNot) {
    for (int i = 0; i < 20; ++i) EXPECT_FALSE(fail(i, kStart + i * 2min).host_pauses);
}

TEST_F(GovernorTest, ASuccessShowsThatTheHostIsWell) {
    for (int i = 0; i < 20; ++i) {
        EXPECT_FALSE(fail(i, kStart).host_pauses);
        if (i % 4 == 3) governor_.succeeded(account(100));
    }
}

TEST_F(GovernorTest, AfterThePauseOneTryGoesAhead) {
    for (int i = 0; i < 5; ++i) fail(i, kStart);
    const Time open = kStart + 15min;
    EXPECT_EQ(governor_.turn(account(10), open).at, open);
    governor_.begun(account(10), open);
    EXPECT_GT(governor_.turn(account(11), open).at, open);  // while it is under way
    const Governor::Answer again = governor_.failed(account(10), {.about_login = true}, 0, open);
    EXPECT_TRUE(again.host_pauses);
    EXPECT_EQ(again.host_until, open + 30min);
    const Time later = open + 30min;
    governor_.begun(account(11), later);
    governor_.abandoned(account(11));  // a lost connection says nothing
    EXPECT_EQ(governor_.turn(account(12), later).at, later);
    governor_.begun(account(12), later);
    governor_.succeeded(account(12));
    for (int i = 0; i < 4; ++i) EXPECT_FALSE(fail(i, later).host_pauses);
}

TEST_F(GovernorTest, AnAccountThatWasPutOffWaitsLongerEachTimeAndOthersDoNot) {
    const LoginFailure later{.about_login = false, .later = true};
    const Time first = fail(1, kStart, later).account_until;
    EXPECT_GE(first, kStart + 30s);
    EXPECT_LE(first, kStart + 1min);
    const Time second = fail(1, first, later).account_until;
    EXPECT_GE(second, first + 1min);
    EXPECT_EQ(governor_.turn(account(1), first).at, second);
    EXPECT_EQ(governor_.turn(account(2), first).at, first);
    EXPECT_EQ(governor_.turn(account(1, Protocol::smtp), first).at, first);
    const Time asked = fail(1, second, {.later = true, .asked = 1h}).account_until;
    EXPECT_GE(asked, second + 1h);
    EXPECT_LE(asked, second + 75min);
    governor_.forget(1);
    EXPECT_EQ(governor_.turn(account(1), second).at, second);
}

TEST_F(GovernorTest, TooManySessionsLowersAndWaits) {
    const AccountKey gmail{1, Protocol::imap, "imap.gmail.test", "gmail"};
    EXPECT_EQ(governor_.sessions_allowed(gmail, kStart), 2);
    governor_.begun(gmail, kStart);
    const auto answer = governor_.failed(gmail, {.about_login = true, .too_many = true}, 1, kStart);
    EXPECT_GT(answer.account_until, kStart);
    EXPECT_EQ(governor_.sessions_allowed(gmail, kStart), 1);
    EXPECT_EQ(governor_.sessions_allowed(gmail, kStart + 31min), 2);
}
