#include "llm/rate_limits.h"

#include <charconv>

#include "base/text.h"

namespace llm {

namespace {

constexpr base::Duration kLongest = std::chrono::hours(24);

// The number at the start of `text`, which is moved behind it.
std::optional<double> take_number(std::string_view& text) {
    double number = 0;
    const auto [end, error] =
        std::from_chars(text.data(), text.data() + text.size(), number, std::chars_format::fixed);
    if (error != std::errc() || !(number >= 0 && number < 1e18)) return std::nullopt;  // inf, nan
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    return number;
}

std::optional<double> micros_of_unit(std::string_view unit) {
    if (unit == "ms") return 1e3;
    if (unit == "s" || unit.empty()) return 1e6;
    if (unit == "m") return 60e6;
    if (unit == "h") return 3600e6;
    if (unit == "d") return 86400e6;
    return std::nullopt;
}

base::Duration bounded(double micros) {
    const auto longest = static_cast<double>(kLongest.count());
    return base::Duration(static_cast<std::int64_t>(std::min(micros, longest)));
}

std::optional<base::Duration> read_retry_after(std::string_view text, base::Timestamp now) {
    if (text.empty()) return std::nullopt;
    if (const auto span = parse_reset(text)) return span;
    const auto date = parse_http_date(text);
    if (!date) return std::nullopt;
    return std::clamp(*date - now, base::Duration(0), kLongest);
}

bool used_up(const std::optional<std::int64_t>& remaining) { return remaining && *remaining <= 0; }

}  // namespace

std::optional<base::Duration> parse_reset(std::string_view text) {
    text = base::trim(text);
    if (text.empty() || text.size() > 40) return std::nullopt;
    double micros = 0;
    bool bare = false;
    while (!text.empty()) {
        const auto number = take_number(text);
        const std::size_t end = std::min(text.find_first_of("0123456789."), text.size());
        const auto unit = micros_of_unit(text.substr(0, end));
        if (!number || !unit || bare) return std::nullopt;
        bare = end == 0;  // only a number on its own may stand without its unit
        if (bare && micros > 0) return std::nullopt;
        micros += *number * *unit;
        text.remove_prefix(end);
    }
    return bounded(micros);
}

std::optional<base::Timestamp> parse_http_date(std::string_view text) {
    constexpr std::string_view kMonths = "JanFebMarAprMayJunJulAugSepOctNovDec";
    text = base::trim(text);
    if (text.size() != 29 || text.substr(3, 2) != ", " || !text.ends_with(" GMT"))
        return std::nullopt;
    if (text[7] != ' ' || text[11] != ' ' || text[16] != ' ') return std::nullopt;
    const std::size_t month = kMonths.find(text.substr(8, 3));
    if (month == std::string_view::npos || month % 3 != 0) return std::nullopt;
    // The rest is read as RFC 3339, which checks every range.
    return base::from_iso(fmt::format(
        "{}-{:02}-{}T{}Z", text.substr(12, 4), month / 3 + 1, text.substr(5, 2), text.substr(17, 8)
    ));
}

RateLimits read_rate_limits(const net::HttpResponse& response, base::Timestamp now) {
    RateLimits limits;
    limits.retry_after = read_retry_after(response.header("retry-after"), now);
    limits.limit_requests = base::parse_int(response.header("x-ratelimit-limit-requests"));
    limits.limit_tokens = base::parse_int(response.header("x-ratelimit-limit-tokens"));
    limits.remaining_requests = base::parse_int(response.header("x-ratelimit-remaining-requests"));
    limits.remaining_tokens = base::parse_int(response.header("x-ratelimit-remaining-tokens"));
    limits.reset_requests = parse_reset(response.header("x-ratelimit-reset-requests"));
    limits.reset_tokens = parse_reset(response.header("x-ratelimit-reset-tokens"));
    return limits;
}

std::optional<base::Duration> RateLimits::wait() const {
    if (retry_after) return retry_after;
    if (used_up(remaining_requests) && reset_requests) return reset_requests;
    if (used_up(remaining_tokens) && reset_tokens) return reset_tokens;
    return std::nullopt;
}

}  // namespace llm
