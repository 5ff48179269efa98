// What campaigns leave to warmup where both sides ask one Groq organisation, whose limits hold for
// all its keys' requests together.
//
// Pure rules; model_chain.h carries them out for the campaigns' chain: what the rate headers of an
// answer say becomes a block of that model in llm_usage, so that it holds for other processes and
// after a restart. Warmup is never held back by it.
#pragma once
#include <deque>
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
};

// True where campaigns ask the same provider address with the same key as warmup.
bool shares_organisation(const config::Settings& settings);

// How long campaigns must not ask this model, seen from the headers of its last answer; nothing
// where enough is left. A limit whose reset is over a minute away is one of the day.
std::optional<base::Duration> reserve_hold(const Reserve& reserve, const RateLimits& limits);

// Counts the requests of the last minute.
class MinutePace {
  public:
    explicit MinutePace(int requests_per_minute) : most_(requests_per_minute) {}
    // How long to wait before the next request; zero: none.
    base::Duration wait(base::MonotonicTime now);
    void note(base::MonotonicTime now) { asked_.push_back(now); }

  private:
    int most_;
    std::deque<base::MonotonicTime> asked_;
};

}  // namespace llm
