#include "llm/rate_limits.h"

namespace llm {
namespace {

using base::Duration;
using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

TEST(ParseReset, ReadsWhatProvidersWrite) {
    const std::pair<const char*, Duration> cases[] = {
        {"7.66s", milliseconds(7660)},
        {"2m59.56s", milliseconds(179'560)},
        {"1h2m3s", hours(1) + minutes(2) + seconds(3)},
        {"120ms", milliseconds(120)},
        {"2", seconds(2)},
        {"0", seconds(0)},
        {"1.5", milliseconds(1500)},
        {" 3s ", seconds(3)},
        {"23h59m0s", hours(24) - minutes(1)},
        {"3d", hours(24)},  // no longer than a day
        {"99999999999999999", hours(24)},
    };
    for (const auto& [text, span] : cases) EXPECT_EQ(parse_reset(text), span) << text;
}

TEST(ParseReset, LeavesOutWhatDoesNotParse) {
    for (const char* text :
         {"",
          " ",
          "s",
          "-1s",
          "1x",
          "1s2",
          "soon",
          "1e3",
          "nan",
          "inf",
          "1,5s",
          "1 s",
          "11111111111111111111111111111111111111111111"})
        EXPECT_EQ(parse_reset(text), std::nullopt) << text;
}

TEST(ParseHttpDate, ReadsTheFixedFormOnly) {
    EXPECT_EQ(
        parse_http_date("Mon, 23 Nov 2026 13:07:00 GMT"), base::from_iso("2026-11-23T13:07:00Z")
    );
    for (const char* text :
         {"",
          "Mon, 23 Nov 2026 13:07:00 UTC",
          "Mon, 23 Nex 2026 13:07:00 GMT",
          "Mon, 33 Nov 2026 13:07:00 GMT",
          "Mon, 23 Nov 2026 25:07:00 GMT",
          "Monday, 23-Nov-26 13:07:00 GMT",
          "Mon, 23 ovD 2026 13:07:00 GMT"})
        EXPECT_EQ(parse_http_date(text), std::nullopt) << text;
}

TEST(RateLimits, ReadsTheHeaders) {
    net::HttpResponse response;
    response.headers = {
        {"retry-after", "2"},
        {"x-ratelimit-remaining-requests", "14370"},
        {"x-ratelimit-remaining-tokens", "0"},
        {"x-ratelimit-reset-requests", "2m59.56s"},
        {"x-ratelimit-reset-tokens", "7.66s"},
    };
    const RateLimits limits = read_rate_limits(response, {});
    EXPECT_EQ(limits.retry_after, seconds(2));
    EXPECT_EQ(limits.remaining_requests, 14370);
    EXPECT_EQ(limits.remaining_tokens, 0);
    EXPECT_EQ(limits.reset_requests, milliseconds(179'560));
    EXPECT_EQ(limits.reset_tokens, milliseconds(7660));
}

TEST(RateLimits, RetryAfterMayBeADate) {
    const base::Timestamp now = *base::from_iso("2026-11-23T13:07:00Z");
    net::HttpResponse response;
    response.headers = {{"retry-after", "Mon, 23 Nov 2026 13:07:30 GMT"}};
    EXPECT_EQ(read_rate_limits(response, now).retry_after, seconds(30));
    response.headers = {{"retry-after", "Mon, 23 Nov 2020 13:07:30 GMT"}};
    EXPECT_EQ(read_rate_limits(response, now).retry_after, seconds(0));
    response.headers = {{"retry-after", "Mon, 23 Nov 2099 13:07:30 GMT"}};
    EXPECT_EQ(read_rate_limits(response, now).retry_after, hours(24));
}

TEST(RateLimits, WaitIsWhatIsUsedUp) {
    RateLimits limits;
    EXPECT_EQ(limits.wait(), std::nullopt);
    limits.remaining_requests = 5;
    limits.reset_requests = hours(1);
    limits.remaining_tokens = 0;
    limits.reset_tokens = seconds(7);
    EXPECT_EQ(limits.wait(), seconds(7));
    limits.remaining_requests = 0;
    EXPECT_EQ(limits.wait(), hours(1));
    limits.retry_after = seconds(3);
    EXPECT_EQ(limits.wait(), seconds(3));
}

}  // namespace
}  // namespace llm
