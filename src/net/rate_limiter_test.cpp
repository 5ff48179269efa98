#include "net/rate_limiter.h"

namespace net {
namespace {

using std::chrono::seconds;

constexpr base::MonotonicTime kStart{std::chrono::hours(1)};

TEST(RateLimiter, LetsABurstPassAndThenTheRate) {
    RateLimiter limiter({.burst = 3, .per_second = 2});
    for (int i = 0; i < 3; ++i) EXPECT_TRUE(limiter.allow("a", kStart));
    EXPECT_FALSE(limiter.allow("a", kStart));
    EXPECT_TRUE(limiter.allow("b", kStart));
    EXPECT_TRUE(limiter.allow("a", kStart + seconds(1)));
    EXPECT_TRUE(limiter.allow("a", kStart + seconds(1)));
    EXPECT_FALSE(limiter.allow("a", kStart + seconds(1)));
}

TEST(RateLimiter, NeverGathersMoreThanABurst) {
    RateLimiter limiter({.burst = 2, .per_second = 1});
    EXPECT_TRUE(limiter.allow("a", kStart));
    int allowed = 0;
    while (limiter.allow("a", kStart + seconds(1000))) ++allowed;
    EXPECT_EQ(allowed, 2);
}

TEST(RateLimiter, RemembersABoundedNumberOfPeers) {
    RateLimiter limiter({.burst = 2, .per_second = 1, .peers_max = 10});
    int allowed = 0;
    for (int i = 0; i < 1000; ++i) allowed += limiter.allow(std::to_string(i), kStart) ? 1 : 0;
    EXPECT_LE(limiter.peers(), 11U);
    EXPECT_EQ(allowed, 12);  // ten of their own, two from the shared bucket
    // Later those of before are forgotten, and a newcomer has a bucket of its own again.
    EXPECT_TRUE(limiter.allow("late", kStart + seconds(10)));
    EXPECT_TRUE(limiter.allow("late", kStart + seconds(10)));
    EXPECT_EQ(limiter.peers(), 1U);
}

TEST(RateKey, TakesOneCustomersAddressesTogether) {
    EXPECT_EQ(rate_key("192.0.2.1"), "192.0.2.1");
    EXPECT_EQ(rate_key("2001:db8:1:2::1"), rate_key("2001:db8:1:2:ffff::9"));
    EXPECT_NE(rate_key("2001:db8:1:2::1"), rate_key("2001:db8:1:3::1"));
}

}  // namespace
}  // namespace net
