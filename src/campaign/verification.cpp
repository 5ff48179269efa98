#include "campaign/verification.h"

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
    std::int64_t lead_id = 0;
    VerifierAnswer answer;
};

std::vector<Unverified> next_unverified(
    store::Connection& connection, std::int64_t campaign_id, base::Timestamp now, int count
) {
    return connection.select<Unverified>(
        "SELECT id, email FROM leads WHERE campaign_id = :campaign AND status = 'ready' "
        "AND verified_at IS NULL AND (wait_until IS NULL OR wait_until <= :now) "
        "ORDER BY id LIMIT :count",
        store::values(campaign_id, now, count)
    );
}

void record(store::Connection& connection, const Answered& answered, base::Timestamp now) {
    const VerifierAnswer& answer = answered.answer;
    switch (answer.verdict) {
        case Verification::valid:
        case Verification::risky:
            connection.execute(
                "UPDATE leads SET verified_at = :now, status_reason = :reason "
                "WHERE id = :id AND status = 'ready'",
                store::values(
                    now,
                    answer.verdict == Verification::risky
                        ? "risky, says the verifier: " + answer.words
                        : std::string(),
                    answered.lead_id
                )
            );
            break;
        case Verification::invalid:
            connection.execute(
                "UPDATE leads SET email_invalid = 1 WHERE id = :id", store::values(answered.lead_id)
            );
            stop_lead(
                connection,
                answered.lead_id,
                "stopped",
                "invalid, says the verifier: " + answer.words,
                now
            );
            break;
        case Verification::unknown:
            connection.execute(
                "UPDATE leads SET wait_until = :until, status_reason = :reason "
                "WHERE id = :id AND status = 'ready'",
                store::values(
                    now + kAskAgain, "the verifier does not know: " + answer.words, answered.lead_id
                )
            );
            break;
    }
}

base::Task<Answered> ask(Verifier& verifier, Unverified lead) {
    VerifierAnswer answer = co_await verifier.verify(lead.email);
    co_return Answered{lead.id, std::move(answer)};
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
    int count_max
) {
    Verified total;
    for (int left = count_max; left > 0;) {
        const base::Timestamp now = clock.now();
        const int wanted = std::min(left, kParallel);
        const std::vector<Unverified> leads = co_await db.read(
            store::Role::campaign,
            [campaign_id, now, wanted](store::Connection& connection) {
                return next_unverified(connection, campaign_id, now, wanted);
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

}  // namespace campaign
