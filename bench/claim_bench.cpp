// claim_bench (--store PATH | --postgres) [--drafts N] [--claims N] [--mailboxes N] [--campaigns N]
//
// How long one claim takes, from the loop and back with its COMMIT, among N drafts that wait; one
// line of JSON. PATH must not exist; the file stays. --postgres starts a server of its own.
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <span>
#include <stdexcept>

#include "bench/campaign_drafts.h"
#include "bench/options.h"
#include "net/asio_loop.h"
#include "tests/store/postgres_server.h"

namespace bench {

namespace {

struct Wanted {
    std::string path;
    bool postgres = false;
    std::int64_t drafts = 1'000'000;
    std::int64_t claims = 2000;
    int mailboxes = 50;
    int campaigns = 5;
};

struct Times {
    std::vector<double> whole;   // milliseconds
    std::vector<double> in_job;  // of it without queue and COMMIT
    std::int64_t claimed = 0;
};

double at(std::vector<double>& milliseconds, double part) {
    std::ranges::sort(milliseconds);
    const auto count = static_cast<double>(milliseconds.size());
    return milliseconds[static_cast<std::size_t>(part * (count - 1))];
}

Wanted parse(std::span<char*> arguments) {
    const Options options(
        arguments, {"--store", "--drafts", "--claims", "--mailboxes", "--campaigns"}, {"--postgres"}
    );
    Wanted wanted;
    wanted.path = options.text("--store", "");
    wanted.postgres = options.flag("--postgres");
    wanted.drafts = options.number("--drafts", wanted.drafts);
    wanted.claims = options.number("--claims", wanted.claims);
    wanted.mailboxes = options.number("--mailboxes", wanted.mailboxes);
    wanted.campaigns = options.number("--campaigns", wanted.campaigns);
    if (wanted.path.empty() != wanted.postgres)
        throw std::invalid_argument("say where: --store PATH or --postgres");
    if (!wanted.postgres && std::filesystem::exists(wanted.path))
        throw std::invalid_argument(wanted.path + " exists: remove it first");
    return wanted;
}

// One claim after another, each by the next mailbox; what was claimed counts as sent before the
// next one, which is not timed.
base::Task<Times> claim_many(
    store::Database& db,
    std::vector<mailbox::Mailbox> senders,
    campaign::ClaimRules rules,
    std::int64_t claims,
    base::Clock& clock
) {
    using Time = std::chrono::steady_clock;
    using Milliseconds = std::chrono::duration<double, std::milli>;
    Times times;
    for (std::int64_t i = 0; i < claims; ++i) {
        const mailbox::Mailbox from = senders[static_cast<std::size_t>(i) % senders.size()];
        const base::Timestamp now = clock.now();
        const Time::time_point begin = Time::now();
        Milliseconds in_job{};
        const campaign::ClaimResult result =
            co_await db.run(store::Role::campaign, [&](store::Connection& connection) {
                const Time::time_point job_begin = Time::now();
                campaign::ClaimResult claimed =
                    campaign::claim_next(connection, from, true, rules, now);
                in_job = Time::now() - job_begin;
                return claimed;
            });
        const Milliseconds took = Time::now() - begin;
        times.whole.push_back(took.count());
        times.in_job.push_back(in_job.count());
        if (!result.claim) continue;
        ++times.claimed;
        const std::int64_t id = result.claim->draft.id;
        co_await db.run(store::Role::campaign, [id](store::Connection& connection) {
            connection.execute(
                "UPDATE email_drafts SET status = 'sent' WHERE id = :id", store::values(id)
            );
        });
    }
    co_return times;
}

base::Task<> gather_statistics(store::Database& db) {
    co_await db.run(store::Role::owner, [](store::Connection& connection) {
        for (const char* table : {"email_drafts", "leads", "emails_campaign", "imap_cursors"})
            connection.execute(fmt::format("ANALYZE {}", table));
    });
}

void run(std::span<char*> arguments) {
    const Wanted options = parse(arguments);
    net::AsioLoop loop;
    base::SystemRandom random;
    const mailbox::Vault vault(random.bytes(32));
    store::OpenOptions open;
    open.create = true;
    if (options.postgres) {
        tests::PostgresServer* server = tests::PostgresServer::shared();
        if (server == nullptr) throw std::runtime_error(tests::PostgresServer::why_missing());
        open.url = server->make_database("claims");
        open.role_passwords_key = "bench";
    } else {
        open.url = "sqlite:" + options.path;
    }
    const auto db = store::open_database(open, loop);
    const DraftLoad load{options.mailboxes, options.campaigns, options.drafts, false};
    base::run_to_end(loop, fill_drafts(*db, load, vault, random));
    base::run_to_end(loop, note_looks(*db, loop.now()));
    // As autovacuum does it of itself, a while after so many rows came.
    if (options.postgres) base::run_to_end(loop, gather_statistics(*db));
    const auto senders = base::run_to_end(loop, senders_of(*db, vault));
    const auto rules = base::run_to_end(loop, rules_for(*db, free_limits()));
    Times times = base::run_to_end(loop, claim_many(*db, senders, rules, options.claims, loop));
    fmt::print(
        "{{\"engine\": \"{}\", \"drafts\": {}, \"claims\": {}, \"claimed\": {}, \"p50_ms\": "
        "{:.3f}, "
        "\"p99_ms\": {:.3f}, \"max_ms\": {:.3f}, \"in_job_p50_ms\": {:.3f}, "
        "\"in_job_p99_ms\": {:.3f}}}\n",
        db->engine(),
        options.drafts,
        options.claims,
        times.claimed,
        at(times.whole, 0.5),
        at(times.whole, 0.99),
        at(times.whole, 1),
        at(times.in_job, 0.5),
        at(times.in_job, 0.99)
    );
}

}  // namespace

}  // namespace bench

int main(int count, char** words) {
    return bench::run_main("claim_bench", count, words, bench::run);
}
