#include "llm/model_chain.h"

#include "base/log.h"
#include "base/text.h"

namespace llm {

namespace {

using base::Error;
using base::ErrorCode;

std::vector<std::string> without_repeats(const std::vector<std::string>& models) {
    std::vector<std::string> kept;
    for (const std::string& model : models)
        if (!model.empty() && std::ranges::find(kept, model) == kept.end()) kept.push_back(model);
    return kept;
}

// A block that another side's share asks for ends within a minute, mostly: it is waited for.
constexpr base::Duration kWaitForShare = std::chrono::seconds(70);

Usage usage_of(
    const Attempt& attempt,
    const Decision& decision,
    const std::optional<Reserve>& reserve,
    base::Timestamp now
) {
    Usage usage{!attempt.result.has_value(), attempt.tokens_in, attempt.tokens_out, {}};
    if (decision.block) usage.blocked_until = now + *decision.block;
    const auto hold = reserve ? reserve_hold(*reserve, attempt.limits) : std::nullopt;
    if (hold) usage.blocked_until = std::max(usage.blocked_until, now + *hold);
    return usage;
}

Budget::Options paced(const ModelChain::Options& options) {
    Budget::Options budget = options.budget;
    if (options.reserve) budget.request_gap = options.reserve->request_gap();
    return budget;
}

}  // namespace

ModelChain::ModelChain(
    Options options,
    net::HttpClient& http,
    base::Clock& clock,
    base::Random& random,
    store::Database* database
)
    : options_(std::move(options)),
      clock_(clock),
      random_(random),
      client_(options_.client, http, clock),
      budget_(paced(options_), clock, database) {
    options_.models = without_repeats(options_.models);
}

bool ModelChain::configured() const {
    const bool has_key = options_.api_key_env.empty() || !options_.client.api_key.empty();
    return has_key && !options_.models.empty();
}

Error ModelChain::not_configured() const {
    const std::string message =
        options_.models.empty()
            ? fmt::format("no model is named; set {}.model in pilotlight.toml", options_.section)
            : fmt::format("{} is not set; export it with the API key", options_.api_key_env);
    return {ErrorCode::unsupported, stage(), message, {}, 0, {}};
}

Error ModelChain::nothing_left() const {
    const std::string message = fmt::format(
        "no model is there any more ({}); name another as {}.model",
        base::join(options_.models, ", "),
        options_.section
    );
    return {ErrorCode::not_found, stage(), message, {}, 404, {}};
}

Error ModelChain::refused_permit(const std::string& model, const Permit& permit) const {
    std::string message;
    switch (permit.kind) {
        case Permit::Kind::granted:
            break;
        case Permit::Kind::paced:
            message = "this minute's share of requests is used up";
            break;
        case Permit::Kind::blocked:
            message = fmt::format(
                "{}: the provider's rate limit holds until {}", model, base::to_iso(permit.until)
            );
            break;
        case Permit::Kind::used_up:
            message = fmt::format(
                "the {} requests of the day ({}.requests_per_day) are used up; they come back at "
                "{}",
                options_.budget.requests_per_day,
                options_.section,
                base::to_iso(permit.until)
            );
    }
    return {ErrorCode::unavailable, stage(), message, {}, 0, {}};
}

void ModelChain::tell_gone(const std::string& model, const Error& error) {
    if (gone_.insert(model).second)
        base::log::warn("llm", "{}; it is not asked again until a restart", error.describe());
}

// Which variable to look at is worth more than the provider's words.
void ModelChain::name_the_key(Error& error) const {
    if (error.code == ErrorCode::unauthenticated && !options_.api_key_env.empty())
        error.message += "; check the environment variable " + options_.api_key_env;
}

// Waits for a block that ends soon, so that two questions in a row don't fall back for a second's
// sake, and for this side's next place in the minute. Several may wake at once: one is permitted,
// the others wait again.
base::Task<base::Result<>> ModelChain::permit(std::string model, base::MonotonicTime deadline) {
    const base::Duration patience = options_.reserve ? kWaitForShare : kShortWait;
    for (;;) {
        const Permit given = co_await budget_.reserve(model);
        if (given.kind == Permit::Kind::granted) co_return base::Result<>();
        const base::Duration left = given.until - clock_.now();
        const base::MonotonicTime end = clock_.in(left);
        const bool passes = given.kind != Permit::Kind::used_up && left <= patience;
        if (!passes || end >= deadline) co_return std::unexpected(refused_permit(model, given));
        co_await clock_.sleep_until(end);
    }
}

base::Task<ModelChain::Turn> ModelChain::ask_model(
    const Question& question, std::string model, base::MonotonicTime deadline
) {
    for (int retries = 0;; ++retries) {
        const base::Result<> permitted = co_await permit(model, deadline);
        if (!permitted) co_return Turn{base::pass_on(permitted), false, true};
        const base::Duration left = deadline - clock_.monotonic();
        const base::Duration timeout = std::min(options_.request_timeout, left);
        Attempt attempt = co_await client_.ask_once(question, model, timeout);
        const Decision decision = decide(attempt, retries, random_);
        const Usage usage = usage_of(attempt, decision, options_.reserve, clock_.now());
        co_await budget_.record(model, usage);
        if (attempt.model_gone) tell_gone(model, attempt.result.error());
        if (!attempt.result) name_the_key(attempt.result.error());
        const base::MonotonicTime next = clock_.in(decision.wait);
        const bool too_late = next >= deadline;
        if (decision.step != Step::retry || too_late)
            co_return Turn{
                std::move(attempt.result), decision.step == Step::stop || too_late, false
            };
        base::log::info("llm", "{}; asking again", attempt.result.error().describe());
        co_await clock_.sleep_until(next);
    }
}

// A model that is gone says less than one that may be asked again later.
Error ModelChain::best_error(const std::optional<Error>& asked, const std::optional<Error>& skipped)
    const {
    if (asked && asked->code != ErrorCode::not_found) return *asked;
    if (skipped) return *skipped;
    return asked && gone_.size() < options_.models.size() ? *asked : nothing_left();
}

base::Task<base::Result<Answer>> ModelChain::ask(Question question) {
    if (!configured()) co_return std::unexpected(not_configured());
    const base::MonotonicTime deadline = clock_.in(options_.question_timeout);
    std::optional<Error> asked_error;
    std::optional<Error> skipped_error;
    for (const std::string& model : options_.models) {
        if (gone_.contains(model)) continue;
        Turn turn = co_await ask_model(question, model, deadline);
        if (turn.result) co_return std::move(turn.result);
        const Error& error = turn.result.error();
        if (turn.skipped)
            skipped_error = error;
        else if (!asked_error || error.code != ErrorCode::not_found)
            asked_error = error;
        if (turn.stop || clock_.monotonic() >= deadline) break;
        base::log::info("llm", "{}", error.describe());
    }
    co_return std::unexpected(best_error(asked_error, skipped_error));
}

}  // namespace llm
