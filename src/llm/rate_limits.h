// What a provider says about its limits in the headers of an answer.
//
// `retry-after` is seconds or an HTTP date (RFC 9110 section 10.2.3); `x-ratelimit-remaining-*` and
// `-limit-*` are counts and `x-ratelimit-reset-*` spans such as "2m59.56s" (Groq, OpenAI). What
// does not parse is left out. Spans over a day count as a day, so that a bad header can't stop us
// for longer.
#pragma once
#include <optional>
#include <string_view>

#include "base/time.h"
#include "net/http_client.h"

namespace llm {

struct RateLimits {
    std::optional<base::Duration> retry_after;
    std::optional<std::int64_t> limit_requests;      // Groq: a day
    std::optional<std::int64_t> limit_tokens;        // Groq: a minute
    std::optional<std::int64_t> remaining_requests;  // Groq: of the day
    std::optional<std::int64_t> remaining_tokens;    // Groq: of the minute
    std::optional<base::Duration> reset_requests;
    std::optional<base::Duration> reset_tokens;

    // How long the provider asks to wait: retry_after, else the reset of what is used up.
    std::optional<base::Duration> wait() const;
};

// `now` is what an HTTP date is compared with.
RateLimits read_rate_limits(const net::HttpResponse& response, base::Timestamp now);

// "7.66s", "1h2m3s", "120ms", "2m59.56s", "1d"; a bare number is seconds.
std::optional<base::Duration> parse_reset(std::string_view text);
// "Mon, 23 Nov 2026 13:07:00 GMT" (IMF-fixdate, RFC 9110 section 5.6.7).
std::optional<base::Timestamp> parse_http_date(std::string_view text);

}  // namespace llm
