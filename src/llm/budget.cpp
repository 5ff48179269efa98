#include "llm/budget.h"

#include "base/check.h"

namespace llm {

namespace {

using store::values;

constexpr std::int64_t kDayMicros = 86'400'000'000;

std::int64_t day_number(base::Timestamp time) { return time.micros / kDayMicros; }
std::string day_text(base::Timestamp time) { return base::date_from_days(day_number(time)).str(); }
base::Timestamp next_midnight(base::Timestamp time) {
    return {(day_number(time) + 1) * kDayMicros};
}

// One request's line in llm_usage.
struct Line {
    Budget::Options of;
    std::string model;
    base::Timestamp now;
};

std::int64_t requests_of_day(store::Connection& connection, const Line& line) {
    return connection.integer(
        "SELECT CAST(COALESCE(SUM(requests), 0) AS BIGINT) FROM llm_usage "
        "WHERE day = :day AND purpose = :purpose",
        values(day_text(line.now), line.of.purpose)
    );
}

// A block may have been written yesterday and reach into today; none is longer than a day.
base::Timestamp blocked_until(store::Connection& connection, const Line& line) {
    return {connection.integer(
        "SELECT COALESCE(MAX(blocked_until), 0) FROM llm_usage "
        "WHERE day >= :yesterday AND purpose = :purpose AND model = :model",
        values(day_text(line.now - base::Duration(kDayMicros)), line.of.purpose, line.model)
    )};
}

// When the purpose may ask next. What lies further ahead than a gap was written by another clock.
base::Timestamp paced_until(base::Timestamp next_at, base::Timestamp now, base::Duration gap) {
    return next_at > now + gap ? base::Timestamp{} : next_at;
}

base::Timestamp next_at(store::Connection& connection, const Line& line) {
    return {connection.integer(
        "SELECT COALESCE(MAX(next_at), 0) FROM llm_usage WHERE day >= :yesterday AND purpose = "
        ":purpose",
        values(day_text(line.now - base::Duration(kDayMicros)), line.of.purpose)
    )};
}

Permit reserve_in(store::Connection& connection, const Line& line) {
    const base::Timestamp until = blocked_until(connection, line);
    if (until > line.now) return {Permit::Kind::blocked, until};
    if (requests_of_day(connection, line) >= line.of.requests_per_day)
        return {Permit::Kind::used_up, next_midnight(line.now)};
    const base::Duration gap = line.of.request_gap;
    if (gap > base::Duration(0)) {
        const base::Timestamp paced = paced_until(next_at(connection, line), line.now, gap);
        if (paced > line.now) return {Permit::Kind::paced, paced};
    }
    connection.execute(
        "INSERT INTO llm_usage (day, purpose, model, requests, next_at) VALUES (:day, :purpose, "
        ":model, 1, :next) ON CONFLICT (day, purpose, model) DO UPDATE SET requests = "
        "llm_usage.requests + 1, next_at = excluded.next_at",
        values(
            day_text(line.now),
            line.of.purpose,
            line.model,
            gap > base::Duration(0) ? line.now + gap : base::Timestamp{}
        )
    );
    return {};
}

void record_in(store::Connection& connection, const Line& line, const Usage& usage) {
    connection.execute(
        "INSERT INTO llm_usage (day, purpose, model, failures, tokens_in, tokens_out, "
        "blocked_until) "
        "VALUES (:day, :purpose, :model, :failures, :tokens_in, :tokens_out, :blocked) "
        "ON CONFLICT (day, purpose, model) DO UPDATE SET "
        "failures = llm_usage.failures + excluded.failures, "
        "tokens_in = llm_usage.tokens_in + excluded.tokens_in, "
        "tokens_out = llm_usage.tokens_out + excluded.tokens_out, "
        "blocked_until = CASE WHEN excluded.blocked_until > llm_usage.blocked_until "
        "THEN excluded.blocked_until ELSE llm_usage.blocked_until END",
        values(
            day_text(line.now),
            line.of.purpose,
            line.model,
            usage.failed ? 1 : 0,
            usage.tokens_in,
            usage.tokens_out,
            usage.blocked_until
        )
    );
}

}  // namespace

Budget::Budget(Options options, base::Clock& clock, store::Database* database)
    : options_(std::move(options)), clock_(clock), database_(database) {}

Permit Budget::reserve_in_memory(const std::string& model) {
    const base::Timestamp now = clock_.now();
    if (day_number(now) != counted_.day) {
        counted_.day = day_number(now);
        counted_.requests = 0;
    }
    const base::Timestamp until = counted_.blocked[model];
    if (until > now) return {Permit::Kind::blocked, until};
    if (counted_.requests >= options_.requests_per_day)
        return {Permit::Kind::used_up, next_midnight(now)};
    const base::Timestamp paced = paced_until(counted_.next_at, now, options_.request_gap);
    if (paced > now) return {Permit::Kind::paced, paced};
    counted_.next_at = now + options_.request_gap;
    ++counted_.requests;
    return {};
}

base::Task<Permit> Budget::reserve(std::string model) {
    if (database_ == nullptr) co_return reserve_in_memory(model);
    Line line{options_, std::move(model), clock_.now()};
    auto job = [line](store::Connection& connection) { return reserve_in(connection, line); };
    const Permit permit = co_await database_->run(options_.role, std::move(job));
    co_return permit;
}

base::Task<> Budget::record(std::string model, Usage usage) {
    if (database_ == nullptr) {
        counted_.blocked[model] = std::max(counted_.blocked[model], usage.blocked_until);
        co_return;
    }
    Line line{options_, std::move(model), clock_.now()};
    auto job = [line, usage](store::Connection& connection) { record_in(connection, line, usage); };
    co_await database_->run(options_.role, std::move(job));
}

base::Task<std::int64_t> Budget::used_today() {
    const base::Timestamp now = clock_.now();
    if (database_ == nullptr) co_return day_number(now) == counted_.day ? counted_.requests : 0;
    Line line{options_, {}, now};
    auto job = [line](store::Connection& connection) { return requests_of_day(connection, line); };
    const std::int64_t used = co_await database_->read(options_.role, std::move(job));
    co_return used;
}

}  // namespace llm
