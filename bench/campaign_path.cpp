// The whole way of a campaign mail, as campaign/send_worker.cpp goes it, as fast as the sessions
// can: claimed and prepared for all mailboxes that are free, in two jobs, then sent side by side.
// There are two mailboxes for each session: one has its next mail prepared while the other sends,
// as the full path prepares a cycle ahead of its sessions.
#include <fmt/format.h>

#include <deque>
#include <stdexcept>

#include "bench/campaign_drafts.h"
#include "bench/paths.h"
#include "bench/stopwatch.h"
#include "campaign/campaign_mail.h"
#include "campaign/preconditions.h"
#include "campaign/send_record.h"
#include "campaign/sender_list.h"
#include "campaign/unsubscribe_link.h"

namespace bench {

namespace {

constexpr auto kSide = delivery::Side::campaign;
constexpr auto kRole = store::Role::campaign;
constexpr auto kPatience = std::chrono::minutes(10);
constexpr std::size_t kMailboxesPerJob = 50;

struct Work {
    campaign::Claim claim;
    delivery::Prepared email;
};

struct Path {
    net::AsioLoop& loop;
    store::Database& db;
    mailbox::Connector& connector;
    delivery::Delivery& delivery;
    base::Random& random;
    const mailbox::Vault& vault;
    const delivery::TokenMint& mint;
    campaign::UnsubscribeHeaders headers;
    campaign::Limits limits;
    std::vector<campaign::Sender> senders;
    std::optional<campaign::ClaimRules> rules;
    // A mailbox that waits for its next draft stands in `free`; the dispatcher sleeps on `wake`.
    std::vector<std::size_t> free;
    std::vector<std::shared_ptr<base::Completion<std::optional<Work>>>> turns;
    std::shared_ptr<base::Completion<base::Unit>> wake;
    int left = 0;
    // Sessions that send nothing at present, and who waits for one.
    int idle = 0;
    std::deque<std::shared_ptr<base::Completion<base::Unit>>> queue = {};
    std::int64_t accepted = 0;
    std::size_t message_bytes = 0;
};

void call(Path& path) {
    if (path.wake && !path.wake->completed()) path.wake->complete({});
}

delivery::NewEmail compose(Path& path, const campaign::Claim& claim) {
    const campaign::MailMarks marks{path.mint, path.headers};
    auto mail = campaign::compose_mail(
        claim.draft,
        claim.lead_name,
        claim.plan().settings,
        claim.from,
        marks,
        path.random,
        path.loop.now()
    );
    if (!mail) throw std::runtime_error(mail.error().describe());
    if (path.message_bytes == 0) path.message_bytes = mail->raw.size();
    return std::move(*mail);
}

base::Task<std::vector<Work>> claim_for(Path& path, std::vector<std::size_t> numbers) {
    std::vector<campaign::Sender> some;
    for (const std::size_t number : numbers) some.push_back(path.senders[number]);
    const campaign::ClaimRules rules = *path.rules;
    const base::Timestamp now = path.loop.now();
    const int limit = path.left;
    std::vector<campaign::ClaimResult> results =
        co_await path.db.run(kRole, [some, rules, limit, now](store::Connection& connection) {
            return campaign::claim_some(connection, some, rules, limit, now);
        });
    std::vector<Work> works;
    std::vector<std::pair<campaign::Claim, delivery::NewEmail>> composed;
    for (campaign::ClaimResult& result : results) {
        if (!result.claim) continue;
        delivery::NewEmail mail = compose(path, *result.claim);
        result.claim->message_id = mail.message_id.str();
        works.push_back({*result.claim, {0, mail.from, mail.to, mail.raw}});
        composed.emplace_back(std::move(*result.claim), std::move(mail));
    }
    const std::vector<std::int64_t> ids = co_await path.db.run(
        kRole,
        [composed = std::move(composed), now](store::Connection& connection) {
            std::vector<std::int64_t> out;
            for (const auto& [claim, mail] : composed)
                out.push_back(campaign::store_mail(connection, claim, mail, now));
            return out;
        }
    );
    for (std::size_t i = 0; i < ids.size(); ++i) works[i].email.id = ids[i];
    co_return works;
}

base::Task<> dispatch(Path& path) {
    std::size_t working = path.senders.size();
    while (working > 0) {
        if (path.free.empty()) {
            path.wake = std::make_shared<base::Completion<base::Unit>>();
            const auto wake = path.wake;
            co_await *wake;
        }
        std::vector<std::size_t> numbers = std::exchange(path.free, {});
        if (numbers.size() > kMailboxesPerJob) {
            path.free.assign(numbers.begin() + kMailboxesPerJob, numbers.end());
            numbers.resize(kMailboxesPerJob);
        }
        std::vector<Work> works;
        if (path.left > 0) works = co_await claim_for(path, numbers);
        path.left -= static_cast<int>(works.size());
        if (works.empty()) path.left = 0;
        std::size_t next = 0;
        for (const std::size_t number : numbers) {
            // In the order of the mailboxes; one without a draft has done its work.
            const bool has =
                next < works.size() && works[next].claim.from.id == path.senders[number].mailbox.id;
            const auto turn = path.turns[number];
            if (has) {
                turn->complete(std::move(works[next++]));
            } else {
                --working;
                turn->complete(std::nullopt);
            }
        }
    }
}

base::Task<> send(Path& path, Work work) {
    const base::MonotonicTime deadline = path.loop.in(kPatience);
    const base::Duration gap{0};
    campaign::Guard guard =
        campaign::guard_of(work.claim, path.limits.campaign_per_day, gap, path.limits);
    guard.keys = campaign::suppression_keys(work.email.to, path.vault);
    const campaign::Sending sending =
        campaign::sending_of(work.claim, work.email.to, path.limits, path.random.next());
    auto precondition = campaign::precondition_of(std::move(guard), path.loop);
    auto recorder = campaign::recorder_of(sending, path.loop);
    const delivery::Report report = co_await path.delivery.send(
        std::move(work.email),
        work.claim.from,
        std::move(precondition),
        deadline,
        std::move(recorder)
    );
    if (report.ending != delivery::Ending::accepted)
        throw std::runtime_error(report.error.describe());
    ++path.accepted;
}

base::Task<> take_session(Path& path) {
    if (path.idle > 0) {
        --path.idle;
        co_return;
    }
    const auto place = std::make_shared<base::Completion<base::Unit>>();
    path.queue.push_back(place);
    co_await *place;
}

void give_session(Path& path) {
    if (path.queue.empty()) {
        ++path.idle;
        return;
    }
    const auto next = path.queue.front();
    path.queue.pop_front();
    next->complete({});
}

base::Task<> run_mailbox(Path& path, std::size_t number) {
    while (true) {
        const auto turn = std::make_shared<base::Completion<std::optional<Work>>>();
        path.turns[number] = turn;
        path.free.push_back(number);
        call(path);
        std::optional<Work> work = co_await *turn;
        if (!work) co_return;
        co_await take_session(path);
        co_await send(path, std::move(*work));
        give_session(path);
    }
}

base::Task<> run_all(Path& path) {
    std::vector<base::Task<>> sessions;
    for (std::size_t i = 0; i < path.senders.size(); ++i) sessions.push_back(run_mailbox(path, i));
    sessions.push_back(dispatch(path));
    co_await base::when_all(std::move(sessions));
    co_await path.connector.close_idle(path.loop.in(kPatience));
}

}  // namespace

Measured run_campaign_path(net::AsioLoop& loop, net::Dialer& dialer, const Load& load) {
    base::SystemRandom random;
    const mailbox::Vault vault(random.bytes(32));
    const delivery::TokenMint mint(vault.derive("token"));
    const campaign::UnsubscribeKey key(random.bytes(32));
    store::OpenOptions options;
    options.url = "sqlite:" + load.store_path;
    options.create = true;
    const auto db = store::open_database(options, loop);
    DraftLoad drafts;
    drafts.mailboxes = 2 * load.sessions;
    drafts.drafts = load.messages;
    drafts.host = load.host;
    drafts.port = load.port;
    base::run_to_end(loop, fill_drafts(*db, drafts, vault, random));
    base::run_to_end(loop, note_looks(*db, loop.now()));

    mailbox::ConnectorSettings settings;
    settings.log_in = false;
    mailbox::Connector connector(dialer, loop, settings);
    delivery::Delivery delivery(*db, connector, loop, kSide);
    Path path{
        loop,
        *db,
        connector,
        delivery,
        random,
        vault,
        mint,
        {},
        free_limits(),
        {},
        {},
        {},
        {},
        {},
        load.messages,
        load.sessions
    };
    path.headers = [&key](
                       const base::Email& from,
                       const base::Email& to,
                       std::string_view token,
                       std::int64_t campaign_id,
                       base::Timestamp now
                   ) {
        const std::string link = key.make_link("https://u.example.com", to, campaign_id, now);
        return campaign::unsubscribe_headers(from, token, link);
    };
    for (const mailbox::Mailbox& one : base::run_to_end(loop, senders_of(*db, vault)))
        path.senders.push_back({one, {}, path.limits.campaign_per_day, true});
    path.turns.resize(path.senders.size());
    path.rules = base::run_to_end(loop, rules_for(*db, path.limits));

    Measured measured;
    const Stopwatch stopwatch;
    base::run_to_end(loop, run_all(path));
    stopwatch.read_into(measured);
    measured.accepted = path.accepted;
    measured.message_bytes = path.message_bytes;
    return measured;
}

}  // namespace bench
