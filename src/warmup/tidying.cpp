// Clean inboxes: what is filed or rescued, and when; and copies in the Sent folder.
#include "base/log.h"
#include "delivery/sent_evidence.h"
#include "delivery/sent_keeper.h"
#include "inbound/filing.h"
#include "ledger/ledger.h"
#include "warmup/filing_rules.h"
#include "warmup/filings.h"
#include "warmup/warmup.h"

namespace warmup {

namespace {

// What was handled longer ago is no clutter any more: its owner has seen it.
constexpr base::Duration kFileMailOf = std::chrono::hours(24 * 7);
constexpr base::Duration kRescueMailOf = std::chrono::hours(24 * 2);
constexpr std::int64_t kAttemptsMax = 3;

struct Planned {
    Unfiled mail;
    base::Timestamp due_at;
};

inbound::FilingOrder order_of(const DueFiling& due, const std::string& sent_folder) {
    inbound::FilingOrder order;
    order.id = due.id;
    order.message_ids = {due.message_id};
    if (!due.provider_message_id.empty()) order.message_ids.push_back(due.provider_message_id);
    order.token = due.token;
    if (due.what == "sent") {
        order.folder = sent_folder;
        return order;
    }
    order.folder = due.folder_name;
    order.uidvalidity = static_cast<std::uint32_t>(due.uidvalidity);
    order.uid = static_cast<std::uint32_t>(due.uid);
    order.marks_then = inbound::marks_from_text(due.marks);
    return order;
}

std::string outcome_in_words(const DueFiling& due, const inbound::FilingResult& result) {
    if (result.end == inbound::FilingEnd::filed)
        return due.what == "rescue" ? "rescued from spam"
               : due.what == "sent" ? "filed its Sent copy"
                                    : "filed";
    return due.what == "sent" ? "left its Sent copy" : "left where it lies";
}

std::string_view reason_of(const DueFiling& due) {
    if (due.what == "rescue") return "its turn, with the owner's consent";
    return due.what == "sent" ? "it was sent" : "it is handled";
}

void record_end(
    store::Connection& connection,
    const DueFiling& due,
    const inbound::FilingResult& result,
    base::Timestamp now
) {
    const bool refused = result.end == inbound::FilingEnd::refused;
    const std::string words =
        std::string(inbound::to_string(result.end)) + (result.why.empty() ? "" : ": " + result.why);
    if (refused && due.attempts + 1 < kAttemptsMax) return count_attempt(connection, due.id, words);
    end_filing(connection, due.id, words, now);
    ledger::Decision decision{
        now, "warmup", "email", due.email_id, outcome_in_words(due, result), result.why, "{}"
    };
    if (decision.reason.empty()) decision.reason = std::string(reason_of(due));
    ledger::append(connection, decision);
}

}  // namespace

base::Task<> Warmup::plan_filings(Run& run) {
    const Settings& settings = context_.settings;
    const base::Timestamp now = context_.clock.now();
    const FilingScope scope{settings.file_in_senders, settings.file_in_seeds};
    const auto mails =
        co_await context_.db.read(store::Role::warmup, [scope, now](store::Connection& connection) {
            return unfiled_mails(connection, scope, now - kFileMailOf);
        });
    std::vector<Planned> planned;
    for (const Unfiled& mail : mails)
        planned.push_back({mail, filing_due(mail.handled_at, context_.random)});
    if (settings.rescue) {
        const std::vector<Unfiled> rescues = co_await choose_rescues(run);
        for (const Unfiled& mail : rescues)
            planned.push_back({mail, rescue_due(mail.handled_at, context_.random)});
    }
    if (planned.empty()) co_return;
    co_await context_.db.run(store::Role::warmup, [planned, now](store::Connection& connection) {
        for (const Planned& one : planned) add_filing(connection, one.mail, one.due_at, now);
    });
}

base::Task<std::vector<Unfiled>> Warmup::choose_rescues(Run& run) {
    const base::Timestamp now = context_.clock.now();
    const base::TimeZone& zone = context_.settings.zone;
    const base::Timestamp day_start = zone.start_of_day(zone.day_at(now));
    using Counts = std::map<std::int64_t, std::int64_t>;
    auto [mails, today] = co_await context_.db.read(
        store::Role::warmup,
        [now, day_start](store::Connection& connection) {
            const auto in_spam = mails_in_spam(connection, now - kRescueMailOf);
            Counts counts;
            for (const InSpam& mail : in_spam)
                counts[mail.sender_id] = rescues_since(connection, mail.sender_id, day_start);
            return std::pair(in_spam, counts);
        }
    );
    std::vector<Unfiled> rescues;
    for (const InSpam& mail : mails) {
        const mailbox::Mailbox* seed = run.accounts.find(mail.mailbox_id);
        if (seed == nullptr) continue;
        RescueFacts facts;
        facts.wanted = context_.settings.rescue;
        facts.accepted = seed->rescue_accepted_at.has_value();
        facts.measuring = seed->mode == mailbox::Mode::measure;
        facts.google_oauth = is_google_oauth(*seed);
        facts.proven_ours = mail.proven;
        facts.today = static_cast<int>(today[mail.sender_id]);
        if (!decide_rescue(facts).rescue) continue;
        ++today[mail.sender_id];
        rescues.push_back({mail.email_id, mail.mailbox_id, "rescue", mail.found_at});
    }
    co_return rescues;
}

base::Task<> Warmup::tidy(Run& run, inbound::Watcher& watcher) {
    const mailbox::Mailbox& account = watcher.mailbox();
    if (account.mode == mailbox::Mode::measure) co_return;
    const base::Result<> done = co_await tidy_or_fail(run, watcher);
    if (!done) note_failure(run, account, done.error());
}

base::Task<base::Result<>> Warmup::tidy_or_fail(Run& run, inbound::Watcher& watcher) {
    const base::MonotonicTime deadline = deadline_for(watcher.mailbox(), mailbox::Protocol::imap);
    const base::Result<imap::Client*> client = co_await watcher.session(deadline);
    if (!client) co_return base::pass_on(client);
    const auto sent_folder = inbound::sent_folder(watcher.listing());
    const std::int64_t mailbox_id = watcher.mailbox().id;
    const delivery::SentEvidenceTask doubtful{
        delivery::Side::warmup, mailbox_id, sent_folder, context_.settings.token_header
    };
    const auto settled = co_await delivery::settle_by_sent_folder(
        context_.db, context_.clock, **client, doubtful, deadline
    );
    if (!settled) co_return base::pass_on(settled);
    if (context_.settings.sent_copies) {
        delivery::SentKeeper keeper(context_.db, context_.clock, delivery::Side::warmup);
        const auto kept = co_await keeper.look(**client, mailbox_id, sent_folder, deadline);
        if (!kept) co_return kept;
    }
    const base::Timestamp now = context_.clock.now();
    const std::vector<DueFiling> due = co_await context_.db.read(
        store::Role::warmup,
        [mailbox_id, now](store::Connection& connection) {
            return due_filings(connection, mailbox_id, now);
        }
    );
    if (due.empty()) co_return base::Result<>();
    inbound::FilingTask filing{context_.settings.token_header, {}, {}, true};
    filing.target = inbound::own_folder(watcher.listing(), context_.settings.folder);
    inbound::FilingTask rescue{context_.settings.token_header, {"INBOX", true}, {}, false};
    for (const DueFiling& one : due)
        (one.what == "rescue" ? rescue : filing)
            .orders.push_back(order_of(one, sent_folder.value_or("")));
    const auto filed = co_await carry_out(run, **client, due, std::move(filing), deadline);
    if (!filed) co_return filed;
    co_return co_await carry_out(run, **client, due, std::move(rescue), deadline);
}

base::Task<base::Result<>> Warmup::carry_out(
    Run& run,
    imap::Client& client,
    std::vector<DueFiling> due,
    inbound::FilingTask task,
    base::MonotonicTime deadline
) {
    if (task.orders.empty()) co_return base::Result<>();
    const auto results = co_await inbound::file_messages(client, std::move(task), deadline);
    if (!results) co_return base::pass_on(results);
    std::map<std::int64_t, DueFiling> by_id;
    for (const DueFiling& one : due) by_id.emplace(one.id, one);
    const base::Timestamp now = context_.clock.now();
    const std::vector<inbound::FilingResult> ends = *results;
    co_await context_.db.run(
        store::Role::warmup,
        [by_id, ends, now](store::Connection& connection) {
            for (const inbound::FilingResult& end : ends)
                record_end(connection, by_id.at(end.id), end, now);
        }
    );
    for (const inbound::FilingResult& end : ends)
        if (end.end == inbound::FilingEnd::filed)
            ++(by_id.at(end.id).what == "rescue" ? run.result.rescued : run.result.filed);
    co_return base::Result<>();
}

}  // namespace warmup
