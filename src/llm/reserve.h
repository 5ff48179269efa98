// What campaigns leave to warmup where both sides ask one Groq organisation, whose limits hold for
// all its keys' requests together.
//
// Pure rules; model_chain.h carries them out for the campaigns' chain: what the rate headers of an
// answer say becomes a block of that model in llm_usage, so that it holds for other processes and
// after a restart. Warmup is never held back by it.
#pragma once
#include <optional>

#include "config/settings.h"
#include "llm/rate_limits.h"

namespace llm {

struct Reserve {
    std::int64_t requests_per_day = 100;     // of the day's requests, warmup's
    std::int64_t tokens_per_request = 3000;  // what one of them takes, answer included
    double minute_share = 0.5;               // of every limit of a minute
    // Half of what Groq's free plan allows; its headers do not tell the limit of a minute.
    int requests_per_minute = 15;

    // They leave one after the other (budget.h): no minute has more, whatever it begins with.
    base::Duration request_gap() const {
        return base::Duration(std::chrono::minutes(1)) / requests_per_minute;
    }
};

// True where campaigns ask the same provider address with the same key as warmup.
bool shares_organisation(const config::Settings& settings);

// How long campaigns must not ask this model, seen from the headers of its last answer; nothing
// where enough is left. A limit whose reset is over a minute away is one of the day.
std::optional<base::Duration> reserve_hold(const Reserve& reserve, const RateLimits& limits);

}  // namespace llm
