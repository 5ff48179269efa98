#include "campaign/verification.h"

#include <fmt/format.h>

#include "campaign/campaign_store.h"
#include "campaign/lead_checks.h"
#include "campaign/lead_store.h"

namespace campaign {

namespace {

constexpr int kParallel = 5;
constexpr base::Duration kAskAgain = std::chrono::hours(6);

struct Unverified {
    std::int64_t id = 0;
    std::string email;
};
BOOST_DESCRIBE_STRUCT(Unverified, (), (id, email))

struct Answered {
    Unverified lead;
    VerifierAnswer answer;
};

std::vector<Unverified> next_unverified(
    store::Connection& connection, std::int64_t campaign_id, base::Timestamp now, int count
) {
    // Those that were never asked about first, then those that have waited longest.
    return connection.select<Unverified>(
        "SELECT id, email FROM leads WHERE campaign_id = :campaign AND status = 'new' "
        "AND verified_at IS NULL AND COALESCE(wait_until, 0) <= :now "
        "ORDER BY COALESCE(wait_until, 0), id LIMIT :count",
        store::values(campaign_id, now, count)
    );
}

// By what stands there now: its domain may have answered since the question was put.
void record_good(store::Connection& connection, const Answered& answered, base::Timestamp now) {
    const auto lead = lead_by_id(connection, answered.lead.id);
    if (!lead || lead->status != "new") return;
    LeadStatus after = status_after(awaits_domain(lead->status_reason), false);
    if (answered.answer.verdict == Verification::risky && after.reason.empty())
        after.reason = "risky, says the verifier: " + answered.answer.words;
    connection.execute(
        "UPDATE leads SET verified_at = :now, status = :status, status_reason = :reason "
        "WHERE id = :id",
        store::values(now, after.status, after.reason, lead->id)
    );
}

void record_unknown(store::Connection& connection, const Answered& answered, base::Timestamp now) {
    connection.execute(
        "UPDATE leads SET wait_until = :until, verifier_tries = verifier_tries + 1 "
        "WHERE id = :id AND status = 'new'",
        store::values(now + kAskAgain, answered.lead.id)
    );
    const std::int64_t given_up = connection.integer(
        "SELECT COUNT(*) FROM leads WHERE id = :id AND status = 'new' AND verifier_tries >= :most",
        store::values(answered.lead.id, kTriesMax)
    );
    if (given_up == 0) return;
    const std::string reason = fmt::format(
        "the verifier knew nothing of it, {} times: {}", kTriesMax, answered.answer.words
    );
    stop_lead(connection, answered.lead.id, "stopped", reason, now);
}

void record(store::Connection& connection, const Answered& answered, base::Timestamp now) {
    const VerifierAnswer& answer = answered.answer;
    switch (answer.verdict) {
        case Verification::valid:
        case Verification::risky:
            record_good(connection, answered, now);
            break;
        case Verification::invalid:
            connection.execute(
                "UPDATE leads SET email_invalid = 1 WHERE id = :id", store::values(answered.lead.id)
            );
            stop_lead(
                connection,
                answered.lead.id,
                "stopped",
                "invalid, says the verifier: " + answer.words,
                now
            );
            break;
        case Verification::unknown:
            record_unknown(connection, answered, now);
            break;
    }
}

base::Task<Answered> ask(Verifier& verifier, Unverified lead) {
    VerifierAnswer answer = co_await verifier.verify(lead.email);
    co_return Answered{std::move(lead), std::move(answer)};
}

void count(const std::vector<Answered>& answers, Verified& total) {
    for (const Answered& one : answers) {
        switch (one.answer.verdict) {
            case Verification::valid:
                ++total.valid;
                break;
            case Verification::risky:
                ++total.risky;
                break;
            case Verification::invalid:
                ++total.invalid;
                break;
            case Verification::unknown:
                ++total.unknown;
                break;
        }
    }
}

}  // namespace

base::Task<Verified> verify_leads(
    store::Database& db,
    Verifier& verifier,
    base::Clock& clock,
    std::int64_t campaign_id,
    int count_max,
    std::function<bool()> wanted
) {
    Verified total;
    for (int left = count_max; left > 0 && wanted();) {
        const base::Timestamp now = clock.now();
        const int at_once = std::min(left, kParallel);
        const std::vector<Unverified> leads = co_await db.read(
            store::Role::campaign,
            [campaign_id, now, at_once](store::Connection& connection) {
                return next_unverified(connection, campaign_id, now, at_once);
            }
        );
        if (leads.empty()) break;
        left -= static_cast<int>(leads.size());
        std::vector<base::Task<Answered>> questions;
        for (const Unverified& lead : leads) questions.push_back(ask(verifier, lead));
        const std::vector<Answered> answers = co_await base::when_all(std::move(questions));
        const base::Timestamp answered_at = clock.now();
        co_await db.run(
            store::Role::campaign,
            [answers, answered_at](store::Connection& connection) {
                for (const Answered& one : answers) record(connection, one, answered_at);
            }
        );
        count(answers, total);
    }
    co_return total;
}

bool has_verifier(store::Connection& connection, std::int64_t campaign_id) {
    const auto settings = load_settings(connection, campaign_id);
    return !settings || !settings->verifier.empty();
}

bool awaits_verifier(store::Connection& connection, const Lead& lead) {
    return !lead.verified_at && has_verifier(connection, lead.campaign_id.value_or(0));
}

std::int64_t hold_unverified(
    store::Connection& connection, std::int64_t campaign_id, std::int64_t after
) {
    if (!has_verifier(connection, campaign_id)) return 0;
    const auto leads = connection.select<Unverified>(
        "SELECT id, email FROM leads WHERE campaign_id = :campaign "
        "AND status = 'ready' AND verified_at IS NULL AND next_step = 0 AND id > :after "
        "ORDER BY id LIMIT 250",
        store::values(campaign_id, after)
    );
    for (const Unverified& lead : leads)
        connection.execute(
            "UPDATE leads SET status = 'new', status_reason = :reason WHERE id = :id",
            store::values(kUnverified, lead.id)
        );
    return leads.empty() ? 0 : leads.back().id;
}

}  // namespace campaign
