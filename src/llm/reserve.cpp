#include "llm/reserve.h"

#include <algorithm>

namespace llm {

namespace {

constexpr base::Duration kMinute = std::chrono::minutes(1);
constexpr base::Duration kWhenNotTold = std::chrono::hours(1);

std::optional<base::Duration> later(
    std::optional<base::Duration> left, std::optional<base::Duration> right
) {
    if (!left || !right) return left ? left : right;
    return std::max(*left, *right);
}

std::optional<base::Duration> hold_for_requests(const Reserve& reserve, const RateLimits& limits) {
    if (!limits.remaining_requests) return std::nullopt;
    // The limit of a small plan may be less than twice the reserve: it is shared then.
    std::int64_t kept = reserve.requests_per_day;
    if (limits.limit_requests) kept = std::min(kept, *limits.limit_requests / 2);
    if (*limits.remaining_requests > kept) return std::nullopt;
    return limits.reset_requests.value_or(kWhenNotTold);
}

std::optional<base::Duration> hold_for_tokens(const Reserve& reserve, const RateLimits& limits) {
    if (!limits.remaining_tokens || !limits.limit_tokens) return std::nullopt;
    const auto limit = static_cast<double>(*limits.limit_tokens);
    const base::Duration reset = limits.reset_tokens.value_or(kMinute);
    const bool of_the_day = reset > kMinute;
    const auto of_requests =
        static_cast<double>(reserve.requests_per_day * reserve.tokens_per_request);
    const double kept =
        of_the_day ? std::min(of_requests, limit / 2) : limit * reserve.minute_share;
    if (static_cast<double>(*limits.remaining_tokens) > kept) return std::nullopt;
    return reset;
}

}  // namespace

bool shares_organisation(const config::Settings& settings) {
    const auto plain = [](std::string url) {
        while (url.ends_with('/')) url.pop_back();
        return url;
    };
    const config::LlmWarmupSettings& warmup = settings.llm_warmup;
    const config::LlmCampaignSettings& campaign = settings.llm_campaign;
    return campaign.provider == "groq" && plain(campaign.base_url) == plain(warmup.base_url) &&
           campaign.api_key.reveal() == warmup.api_key.reveal();
}

std::optional<base::Duration> reserve_hold(const Reserve& reserve, const RateLimits& limits) {
    return later(hold_for_requests(reserve, limits), hold_for_tokens(reserve, limits));
}

}  // namespace llm
