#include "tests/warmup/warmup_world.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "ledger/ledger.h"

namespace tests {

namespace {

constexpr const char* kPassword = "app password";

std::unique_ptr<store::Database> open_in_memory(base::Loop& loop) {
    store::OpenOptions options;
    options.url = "sqlite::memory:";
    options.inline_jobs = true;
    options.create = true;
    return store::open_database(options, loop);
}

}  // namespace

base::Email address(const std::string& text) { return base::Email::parse(text).value(); }

std::string placement_of(const sandbox::Delivered& mail) {
    if (mail.spam) return "spam";
    return mail.folder == "INBOX" ? "inbox" : "elsewhere";
}

WarmupWorld::WarmupWorld(Options options)
    : world({options.seed, options.kind, kStart}, loop),
      db(open_in_memory(loop)),
      random(options.seed) {
    level_before_ = base::log::level();
    base::log::set_level(base::log::Level::info);
    sink_before_ =
        base::log::set_sink([this](const base::log::Line& line) { log.push_back(line); });
    settings.token_header = "X-Abcdefgh";
    settings.answer_back_rate = 0;
    connector.persist_pauses(*db);
    for (int i = 0; i < options.senders; ++i)
        add(fmt::format("sender{}@co-one.test", i), mailbox::Role::sender, "zoho");
    const char* const languages[] = {"en", "de", "fr"};
    for (int i = 0; i < options.gmail; ++i)
        add(fmt::format("seed{}@gmail-like.test", i), mailbox::Role::seed, "gmail", languages[i % 3]
        );
    for (int i = 0; i < options.outlook; ++i)
        add(fmt::format("seed{}@outlook-like.test", i), mailbox::Role::seed, "outlook");
}

WarmupWorld::~WarmupWorld() {
    base::log::set_sink(std::move(sink_before_));
    base::log::set_level(level_before_);
}

std::int64_t WarmupWorld::add(
    const std::string& email,
    mailbox::Role role,
    const std::string& provider,
    const std::string& language
) {
    world.add_account({address(email), kPassword, provider, loop.now(), language});
    mailbox::NewMailbox added;
    added.email = address(email);
    added.role = role;
    added.name = "Jörg " + email.substr(0, email.find('@'));
    added.zone = "Europe/Berlin";
    added.provider = provider;
    added.smtp_url = mailbox::to_url(sandbox::smtp_endpoint(provider), "smtp");
    added.imap_url = mailbox::to_url(sandbox::imap_endpoint(provider), "imap");
    added.password = kPassword;
    added.policy_accepted_at = loop.now();
    (role == mailbox::Role::sender ? senders : seeds).push_back(email);
    const base::Timestamp now = loop.now();
    return as(store::Role::operator_, [&](store::Connection& connection) {
        return mailbox::add(connection, added, vault, random, now).value();
    });
}

warmup::Context WarmupWorld::context() {
    return {store, connector, model, loop, random, vault, mint, settings};
}

warmup::CycleResult WarmupWorld::cycle(base::Duration wait) {
    warmup::Warmup warmup(context());
    return run(warmup.run_bidirectional_warmup_cycle(wait));
}

warmup::CycleResult WarmupWorld::send() {
    warmup::Warmup warmup(context());
    return run(warmup.fetch_and_send_initial_emails());
}

warmup::CycleResult WarmupWorld::look() {
    warmup::Warmup warmup(context());
    return run(warmup.check_and_reply_to_emails());
}

std::vector<EmailRow> WarmupWorld::emails() {
    return as(store::Role::operator_, [](store::Connection& connection) {
        return connection.select<EmailRow>(
            "SELECT " + store::column_list<EmailRow>() +
            " FROM emails_warmup "
            "LEFT JOIN emails_warmup_raw ON email_id = id ORDER BY id"
        );
    });
}

std::vector<EmailRow> WarmupWorld::emails_of(std::string_view type) {
    std::vector<EmailRow> rows = emails();
    std::erase_if(rows, [&](const EmailRow& row) { return row.email_type != type; });
    return rows;
}

std::vector<ThreadRow> WarmupWorld::threads() {
    return as(store::Role::operator_, [](store::Connection& connection) {
        return connection.select<ThreadRow>(
            "SELECT " + store::column_list<ThreadRow>() + " FROM warmup_threads ORDER BY id"
        );
    });
}

std::vector<ThreadRow> WarmupWorld::opening_threads() {
    std::set<std::int64_t> ids;
    for (const EmailRow& row : openings()) ids.insert(row.id);
    std::vector<ThreadRow> rows = threads();
    std::erase_if(rows, [&](const ThreadRow& row) { return !ids.contains(row.email_id); });
    return rows;
}

std::vector<warmup::Template> WarmupWorld::templates() {
    return as(store::Role::operator_, [](store::Connection& connection) {
        return connection.select<warmup::Template>(
            "SELECT " + store::column_list<warmup::Template>() +
            " FROM warmup_email_drafts ORDER BY id"
        );
    });
}

std::vector<std::string> WarmupWorld::ledger_of(std::int64_t email_id) {
    const auto entries = as(store::Role::operator_, [email_id](store::Connection& connection) {
        return ledger::read(connection, "email", email_id);
    });
    std::vector<std::string> lines;
    for (const ledger::Entry& entry : entries)
        lines.push_back(entry.decision + ": " + entry.reason);
    return lines;
}

std::int64_t WarmupWorld::count(const std::string& sql) {
    return as(store::Role::operator_, [sql](store::Connection& connection) {
        return connection.integer(sql);
    });
}

void WarmupWorld::change(const std::string& sql) {
    as(store::Role::owner, [sql](store::Connection& connection) { connection.execute(sql); });
}

mailbox::Mailbox WarmupWorld::mailbox(const std::string& email) {
    const mailbox::Listing listing = as(store::Role::warmup, [this](store::Connection& connection) {
        return mailbox::list(connection, vault, settings.zone);
    });
    for (const mailbox::Mailbox& one : listing.mailboxes)
        if (one.email.str() == email) return one;
    base::check_failed(email.c_str(), __FILE__, __LINE__);
}

int WarmupWorld::warnings(std::string_view text) const {
    return static_cast<int>(std::ranges::count_if(log, [&](const base::log::Line& line) {
        return line.level >= base::log::Level::warn && line.text.find(text) != std::string::npos;
    }));
}

std::string WarmupWorld::broken_promise() {
    std::map<std::string, int> times;
    for (const sandbox::Delivered& mail : world.delivered())
        if (++times[mail.message_id] > 1) return mail.message_id + " was delivered twice";
    for (const EmailRow& row : emails()) {
        const bool arrived = times.erase(row.message_id) > 0;
        if (row.status == "accepted" && !arrived)
            return row.message_id + " is accepted and nowhere";
        if (row.status != "accepted" && row.status != "in_doubt" && arrived)
            return row.message_id + " is delivered and " + row.status;
    }
    if (!times.empty()) return times.begin()->first + " was delivered and has no row";
    return {};
}

}  // namespace tests
