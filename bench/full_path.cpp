// The whole way of a warmup mail, as warmup/sending.cpp goes it, as fast as the sessions can.
#include <fmt/format.h>

#include <stdexcept>

#include "bench/paths.h"
#include "bench/sample_mail.h"
#include "bench/stopwatch.h"
#include "delivery/delivery.h"
#include "ledger/ledger.h"
#include "mailbox/mailboxes.h"
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
    std::vector<warmup::Pair> pairs;              // one a message; any session sends it
    std::vector<const warmup::Template*> chosen;  // for each pair
    std::size_t taken = 0;
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

mime::Outgoing message_between(
    Path& path, const mailbox::Mailbox& from, const Place& place, const std::string& token
) {
    mime::Outgoing message;
    message.from = {from.name, from.email};
    message.to = {place.seed.name, place.seed.email};
    message.subject = place.text->subject;
    message.text = place.text->body;
    message.html = place.text->html_body.value_or("");
    message.date = path.loop.now();
    message.zone_offset = from.zone.offset_at(message.date);
    message.message_id = base::MessageId::generate(from.email.domain(), path.random);
    message.extra_headers = {{"X-Qwertyui", token}};
    return message;
}

delivery::NewEmail compose(Path& path, const mailbox::Mailbox& from, const Place& place) {
    delivery::NewEmail email;
    email.token = path.mint.mint(kSide, path.random.alphanumeric(16));
    const mime::Outgoing message = message_between(path, from, place, email.token);
    const auto raw = mime::compose(message, path.random);
    if (!raw) throw std::runtime_error(raw.error().describe());
    if (path.message_bytes == 0) path.message_bytes = raw->size();
    email.email_type = "warmup_bidirectional";
    email.from = from.email;
    email.to = place.seed.email;
    email.from_mailbox_id = from.id;
    email.subject = message.subject;
    email.message_id = message.message_id;
    email.send_key = fmt::format("warmup:{}:{}:{}:1", place.cycle, from.id, place.seed.id);
    email.raw = *raw;
    email.own_columns = {
        {"to_mailbox_id", store::to_value(place.seed.id)},
        {"template_id", store::to_value(place.text->id)},
        {"cycle", store::to_value(place.cycle)},
    };
    return email;
}

base::Task<std::int64_t> prepare(Path& path, delivery::NewEmail email, std::int64_t template_id) {
    const base::Timestamp now = path.loop.now();
    co_return co_await path.db.run(
        kRole,
        [email = std::move(email), template_id, now](store::Connection& connection) {
            const std::int64_t id = delivery::prepare(connection, kSide, email, now);
            warmup::count_use(connection, template_id, now);
            ledger::append(
                connection,
                {now,
                 "warmup",
                 "email",
                 id,
                 "send an opening",
                 "this pair's turn in the cycle",
                 "{}"}
            );
            return id;
        }
    );
}

// "Pair still active", as warmup/sending.cpp asks.
base::Result<> pair_is_active(store::Connection& connection, std::int64_t email_id) {
    const std::int64_t active = connection.integer(
        "SELECT COUNT(*) FROM mailboxes m JOIN emails_warmup e "
        "ON m.id = e.from_mailbox_id OR m.id = e.to_mailbox_id "
        "WHERE e.id = :id AND m.status = 'active'",
        store::values(email_id)
    );
    if (active == 2) return {};
    return base::fail(base::ErrorCode::conflict, "bench", "a mailbox is not active");
}

base::Task<> run_session(Path& path, mailbox::Mailbox from) {
    const base::MonotonicTime deadline = path.loop.in(kPatience);
    while (path.taken < path.pairs.size()) {
        const std::size_t number = path.taken++;
        const Place place = path.place(number);
        delivery::NewEmail email = compose(path, from, place);
        delivery::Prepared prepared{0, email.from, email.to, email.raw};
        prepared.id = co_await prepare(path, std::move(email), place.text->id);
        const std::int64_t id = prepared.id;
        delivery::Delivery::Precondition active = [id](store::Connection& connection) {
            return pair_is_active(connection, id);
        };
        const delivery::Report report =
            co_await path.delivery.send(std::move(prepared), from, std::move(active), deadline);
        if (report.ending != delivery::Ending::accepted)
            throw std::runtime_error(report.error.describe());
        ++path.accepted;
    }
}

base::Task<> run_all(Path& path, const Load& load) {
    co_await draw_templates(path, static_cast<std::size_t>(load.messages));
    std::vector<base::Task<>> sessions;
    for (const mailbox::Mailbox& from : path.senders) sessions.push_back(run_session(path, from));
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
