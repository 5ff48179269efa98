#include "llm/failure.h"

namespace llm {

namespace {

using base::ErrorCode;

constexpr base::Duration kBlockWhenNotTold = std::chrono::seconds(60);

// About 1 s, then about 2 s, each ±25 %, so that processes that failed together don't return
// together.
base::Duration backoff(int retries, base::Random& random) {
    const base::Duration middle = std::chrono::seconds(1) * (1 << retries);
    return random.between(middle * 3 / 4, middle * 5 / 4);
}

Decision after_success(const Attempt& attempt) {
    Decision decision{Step::done};
    // This was the last request that the provider's own limit allowed: the next would be a 429.
    if (attempt.limits.remaining_requests == 0) decision.block = attempt.limits.reset_requests;
    return decision;
}

Decision after_rate_limit(const Attempt& attempt, int retries) {
    const auto wait = attempt.limits.wait();
    if (wait && *wait <= kShortWait && retries < kRetriesMax)
        return {Step::retry, *wait, std::nullopt};
    return {Step::next_model, base::Duration(0), wait.value_or(kBlockWhenNotTold)};
}

Decision after_outage(const Attempt& attempt, int retries, base::Random& random) {
    const auto told = attempt.limits.retry_after;
    if (told && *told > kShortWait) return {Step::next_model, base::Duration(0), told};
    if (retries >= kRetriesMax) return {Step::next_model};
    return {Step::retry, told.value_or(backoff(retries, random)), std::nullopt};
}

bool is_outage(int status) {
    return status == 408 || status == 424 || status == 498 || status == 499 || status >= 500;
}

}  // namespace

Decision decide(const Attempt& attempt, int retries, base::Random& random) {
    if (attempt.result) return after_success(attempt);
    const base::Error& error = attempt.result.error();
    if (attempt.model_gone || attempt.bad_answer) return {Step::next_model};
    if (attempt.key_in_doubt || error.code == ErrorCode::limit_exceeded) return {Step::stop};
    if (error.reply_code == 429) return after_rate_limit(attempt, retries);
    if (is_outage(error.reply_code)) return after_outage(attempt, retries, random);
    if (error.code == ErrorCode::refused) return {Step::next_model};
    const bool cut_off = error.code == ErrorCode::network || error.code == ErrorCode::closed;
    if (cut_off && retries < kRetriesMax)
        return {Step::retry, backoff(retries, random), std::nullopt};
    return {Step::stop};
}

}  // namespace llm
