// The whole way of a warmup mail, as warmup/sending.cpp goes it, as fast as the sessions can.
#include <fmt/format.h>

#include <stdexcept>

#include "bench/paths.h"
#include "bench/sample_mail.h"
#include "bench/stopwatch.h"
#include "delivery/delivery.h"
#include "mailbox/mailboxes.h"
#include "warmup/openings.h"
#include "warmup/template_pool.h"

namespace bench {

namespace {

constexpr auto kSide = delivery::Side::warmup;
constexpr auto kRole = store::Role::warmup;
constexpr std::size_t kTemplates = 50;
constexpr auto kPatience = std::chrono::minutes(10);

// One opening: to whom, with which text, in which cycle.
struct Place {
    mailbox::Mailbox seed;
    const warmup::Template* text;
    std::size_t cycle;
};

// What all sessions share.
struct Path {
    net::AsioLoop& loop;
    store::Database& db;
    mailbox::Connector& connector;
    delivery::Delivery& delivery;
    base::Random& random;
    const delivery::TokenMint& mint;
    std::vector<mailbox::Mailbox> senders;
    std::vector<mailbox::Mailbox> seeds;
    std::vector<warmup::Template> templates;
    std::vector<warmup::Pair> pairs;              // one a message
    std::vector<const warmup::Template*> chosen;  // for each pair
    std::vector<base::Completion<delivery::Prepared>> prepared = {};
    std::vector<base::Completion<base::Unit>> taken = {};
    std::int64_t accepted = 0;
    std::size_t message_bytes = 0;

    // As in the product a cycle has one opening of each sender.
    Place place(std::size_t number) const {
        return {seeds[number % seeds.size()], chosen[number], number / senders.size() + 1};
    }
};

// Seed mailboxes enough that none needs a template twice.
std::size_t seed_count(const Load& load) {
    return static_cast<std::size_t>(load.messages) / kTemplates + 1;
}

void add_mailbox(
    store::Connection& connection,
    const Load& load,
    const mailbox::Vault& vault,
    base::Random& random,
    mailbox::Role role,
    std::size_t number
) {
    mailbox::NewMailbox added;
    const std::string_view kind = mailbox::to_string(role);
    added.email = *base::Email::parse(fmt::format("{}{}@{}.test", kind, number, kind));
    added.role = role;
    added.name = fmt::format("Person {}", number);
    added.smtp_url = fmt::format("smtps://{}:{}", load.host, load.port);
    added.imap_url = fmt::format("imaps://{}:993", load.host);
    const auto id = mailbox::add(connection, added, vault, random, {1});
    if (!id) throw std::runtime_error(id.error().describe());
}

base::Task<> fill_store(
    store::Database& db, const Load& load, const mailbox::Vault& vault, base::Random& random
) {
    const Load* const wanted = &load;
    const mailbox::Vault* const key = &vault;
    base::Random* const chance = &random;
    co_await db.run(store::Role::operator_, [=](store::Connection& connection) {
        for (std::size_t i = 0; i < static_cast<std::size_t>(wanted->sessions); ++i)
            add_mailbox(connection, *wanted, *key, *chance, mailbox::Role::sender, i);
        for (std::size_t i = 0; i < seed_count(*wanted); ++i)
            add_mailbox(connection, *wanted, *key, *chance, mailbox::Role::seed, i);
    });
    co_await db.run(kRole, [](store::Connection& connection) {
        for (std::size_t i = 0; i < kTemplates; ++i) {
            const std::string text = sample_text(i, kBodyBytes);
            const std::string subject = fmt::format("Notes of last week, number {}", i);
            warmup::add_template(connection, subject, text, sample_html(text), "fallback", {1});
        }
    });
}

base::Task<mailbox::Listing> read_mailboxes(store::Database& db, const mailbox::Vault& vault) {
    const mailbox::Vault* const key = &vault;
    co_return co_await db.read(kRole, [key](store::Connection& connection) {
        return mailbox::list(connection, *key, base::TimeZone());
    });
}

// A template for every message, by the rules of the pool: the day's templates, the least used
// first, none twice to one seed mailbox.
base::Task<> draw_templates(Path& path, std::size_t messages) {
    path.templates = co_await path.db.read(kRole, [](store::Connection& connection) {
        return warmup::templates_since(connection, {0});
    });
    const std::vector<warmup::Template> templates = path.templates;
    const auto use = co_await path.db.read(kRole, [templates](store::Connection& connection) {
        return warmup::template_use(connection, templates);
    });
    for (std::size_t i = 0; i < messages; ++i)
        path.pairs.push_back({0, path.seeds[i % path.seeds.size()].id});
    path.chosen = warmup::choose_templates(path.pairs, path.templates, use);
}

warmup::ComposedOpening compose(Path& path, std::size_t number) {
    const Place place = path.place(number);
    const mailbox::Mailbox& from = path.senders[number % path.senders.size()];
    const auto cycle = static_cast<std::int64_t>(place.cycle);
    warmup::Opening opening{
        {from.id, place.seed.id},
        place.text->subject,
        place.text->body,
        place.text->html_body,
        place.text->id,
        fmt::format("warmup:{}:{}:{}:1", cycle, from.id, place.seed.id),
        cycle
    };
    const warmup::Marking marking{path.mint, "X-Qwertyui"};
    auto composed =
        warmup::compose_opening(from, place.seed, opening, marking, path.random, path.loop.now());
    if (!composed) throw std::runtime_error(composed.error().describe());
    if (path.message_bytes == 0) path.message_bytes = composed->email.raw.size();
    return std::move(*composed);
}

// Cycle after cycle is composed and stored, as warmup/sending.cpp does it, one cycle ahead of the
// sessions.
base::Task<> prepare_cycles(Path& path) {
    const std::size_t a_cycle = std::min(path.senders.size(), warmup::kOpeningsPerJob);
    for (std::size_t begin = 0; begin < path.pairs.size(); begin += a_cycle) {
        std::vector<warmup::ComposedOpening> cycle;
        const std::size_t end = std::min(begin + a_cycle, path.pairs.size());
        for (std::size_t number = begin; number < end; ++number)
            cycle.push_back(compose(path, number));
        std::vector<delivery::Prepared> prepared;
        for (const warmup::ComposedOpening& one : cycle)
            prepared.push_back({0, one.email.from, one.email.to, one.email.raw});
        const base::Timestamp now = path.loop.now();
        const std::vector<std::int64_t> ids = co_await path.db.run(
            kRole,
            [cycle = std::move(cycle), now](store::Connection& connection) {
                return warmup::store_openings(connection, cycle, now);
            }
        );
        for (std::size_t i = 0; i < ids.size(); ++i) {
            prepared[i].id = ids[i];
            path.prepared[begin + i].complete(std::move(prepared[i]));
        }
        if (begin >= a_cycle) co_await path.taken[begin - a_cycle];
    }
}

base::Task<> run_session(Path& path, std::size_t first) {
    const base::MonotonicTime deadline = path.loop.in(kPatience);
    for (std::size_t number = first; number < path.pairs.size(); number += path.senders.size()) {
        delivery::Prepared prepared = co_await path.prepared[number];
        path.taken[number].complete({});
        const std::int64_t id = prepared.id;
        mailbox::Mailbox from = path.senders[first];
        delivery::Delivery::Precondition active = [id](store::Connection& connection) {
            return warmup::pair_is_active(connection, id);
        };
        const delivery::Report report = co_await path.delivery.send(
            std::move(prepared), std::move(from), std::move(active), deadline
        );
        if (report.ending != delivery::Ending::accepted)
            throw std::runtime_error(report.error.describe());
        ++path.accepted;
    }
}

base::Task<> run_all(Path& path, const Load& load) {
    co_await draw_templates(path, static_cast<std::size_t>(load.messages));
    path.prepared = std::vector<base::Completion<delivery::Prepared>>(path.pairs.size());
    path.taken = std::vector<base::Completion<base::Unit>>(path.pairs.size());
    std::vector<base::Task<>> sessions;
    sessions.push_back(prepare_cycles(path));
    for (std::size_t i = 0; i < path.senders.size(); ++i) sessions.push_back(run_session(path, i));
    co_await base::when_all(std::move(sessions));
    co_await path.connector.close_idle(path.loop.in(kPatience));
}

}  // namespace

Measured run_full_path(net::AsioLoop& loop, net::Dialer& dialer, const Load& load) {
    base::SystemRandom random;
    const mailbox::Vault vault(random.bytes(32));
    const delivery::TokenMint mint(vault.derive("token"));
    store::OpenOptions options;
    options.url = "sqlite:" + load.store_path;
    options.create = true;
    const auto db = store::open_database(options, loop);
    base::run_to_end(loop, fill_store(*db, load, vault, random));
    const mailbox::Listing all = base::run_to_end(loop, read_mailboxes(*db, vault));

    mailbox::ConnectorSettings settings;
    settings.log_in = false;
    mailbox::Connector connector(dialer, loop, settings);
    delivery::Delivery delivery(*db, connector, loop, kSide);
    Path path{loop, *db, connector, delivery, random, mint, {}, {}, {}, {}, {}};
    for (const mailbox::Mailbox& one : all.mailboxes)
        (one.role == mailbox::Role::sender ? path.senders : path.seeds).push_back(one);

    Measured measured;
    const Stopwatch stopwatch;
    base::run_to_end(loop, run_all(path, load));
    stopwatch.read_into(measured);
    measured.accepted = path.accepted;
    measured.message_bytes = path.message_bytes;
    return measured;
}

}  // namespace bench
