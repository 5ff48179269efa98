// The watching half of a cycle: look into every mailbox, answer what is due.
#include "base/log.h"
#include "ledger/ledger.h"
#include "mailbox/presets.h"
#include "warmup/placement.h"
#include "warmup/reply_rules.h"
#include "warmup/reply_writer.h"
#include "warmup/sighting_handler.h"
#include "warmup/warmup.h"

namespace warmup {

namespace {

std::vector<std::unique_ptr<inbound::Handler>> further_handlers(
    const Context& context, const mailbox::Mailbox& account
) {
    std::vector<std::unique_ptr<inbound::Handler>> handlers;
    for (const inbound::HandlerFactory& side : context.further_sides)
        if (auto handler = side(account)) handlers.push_back(std::move(handler));
    return handlers;
}

base::Result<std::int64_t> store_reply(
    store::Connection& connection,
    const delivery::NewEmail& email,
    const OurMail& original,
    base::Timestamp day_start,
    base::Timestamp now
) {
    const auto conflict = [](const char* why) {
        return base::fail(base::ErrorCode::conflict, "warmup.reply", why);
    };
    const std::int64_t open = connection.integer(
        "SELECT COUNT(*) FROM warmup_threads WHERE email_id = :id AND reply_message_id IS NULL",
        store::values(original.id)
    );
    if (open == 0) return conflict("that mail was answered before, or was not found yet");
    const std::int64_t today =
        pair_replies_since(connection, original.to_mailbox_id, original.from_mailbox_id, day_start);
    if (today >= kPairRepliesADay) return conflict("this sender had its replies of today");
    const std::int64_t id = delivery::prepare(connection, delivery::Side::warmup, email, now);
    set_reply(connection, original.id, "prepared", email.message_id.str());
    ledger::append(
        connection, {now, "warmup", "email", id, "send a reply", "the thread's turn", "{}"}
    );
    return id;
}

}  // namespace

inbound::WatchSettings Warmup::watch_settings(const mailbox::Mailbox& account) const {
    inbound::WatchSettings settings;
    settings.token_header = context_.settings.token_header;
    if (const mailbox::Preset* preset = mailbox::find_preset(account.provider))
        settings.spam_names = preset->spam_folders;
    const bool seed = account.role == mailbox::Role::seed;
    // A sender's mailbox belongs to a person at work: what is ours in it is marked when it is
    // filed.
    settings.mark_seen = seed && account.mode == mailbox::Mode::warmup;
    // Nothing of ours lies in it from before it was added.
    if (!seed) settings.not_before = account.created_at - std::chrono::hours(24);
    return settings;
}

Warmup::Watch::Watch(
    Context& context,
    const mailbox::Mailbox& account,
    SightingHandler sightings,
    inbound::WatchSettings settings
)
    : handler(std::move(sightings)),
      further(further_handlers(context, account)),
      watcher(
          account, context.connector, context.db, context.clock, handlers(), std::move(settings)
      ) {}

std::vector<inbound::Handler*> Warmup::Watch::handlers() {
    std::vector<inbound::Handler*> all = {&handler};
    for (const auto& one : further) all.push_back(one.get());
    return all;
}

std::unique_ptr<Warmup::Watch> Warmup::make_watch(Run& run, const mailbox::Mailbox& account) {
    std::set<std::int64_t>& awaited = run.awaited[account.id];
    const auto note = [&run, &awaited](const Sighting& sighting) {
        count_sighting(
            sighting.opening ? run.result.placement : run.result.reply_placement, sighting.placement
        );
        awaited.erase(sighting.email_id);
    };
    SightingHandler handler(context_, account.role, run.result.cycle, note);
    return std::make_unique<Watch>(context_, account, std::move(handler), watch_settings(account));
}

base::Task<> Warmup::watch_all(Run& run, bool once) {
    std::vector<std::unique_ptr<Watch>> senders;
    for (const mailbox::Mailbox& sender : run.accounts.senders)
        senders.push_back(make_watch(run, sender));
    std::vector<base::Task<>> tasks;
    for (const mailbox::Mailbox& seed : run.accounts.seeds)
        tasks.push_back(watch_seed(run, seed, once));
    for (const auto& watch : senders) tasks.push_back(look_into_sender(run, *watch));
    co_await base::when_all(std::move(tasks));
    // What the seed mailboxes answered meanwhile. In between nobody polls: these are mailboxes of
    // people, and providers count logins and sessions.
    std::vector<base::Task<>> again;
    if (!once)
        for (const auto& watch : senders) again.push_back(look_into_sender(run, *watch));
    co_await base::when_all(std::move(again));
    std::vector<base::Task<>> ends;
    for (const auto& watch : senders) ends.push_back(end_watch(*watch));
    co_await base::when_all(std::move(ends));
}

base::Task<bool> Warmup::look_into(Run& run, Watch& watch) {
    const mailbox::Mailbox& account = watch.watcher.mailbox();
    const base::MonotonicTime deadline = deadline_for(account, mailbox::Protocol::imap);
    const inbound::PassResult pass = co_await watch.watcher.pass(deadline);
    if (pass.error) {
        note_failure(run, account, *pass.error);
        co_return false;
    }
    run.worked.insert(account.id);
    co_await send_due_replies(run, account);
    co_return true;
}

base::Task<> Warmup::look_into_sender(Run& run, Watch& watch) {
    // One that is in trouble is left alone, on both of its sides.
    if (watch.given_up || run.resting.contains(watch.watcher.mailbox().id)) co_return;
    const bool readable = co_await look_into(run, watch);
    watch.given_up = !readable;
    if (readable) co_await tidy(run, watch.watcher);
}

base::Task<> Warmup::watch_seed(Run& run, mailbox::Mailbox seed, bool once) {
    const std::unique_ptr<Watch> watch = make_watch(run, seed);
    const std::set<std::int64_t>& awaited = run.awaited[seed.id];
    while (true) {
        const bool readable = co_await look_into(run, *watch);
        if (!readable) break;
        const bool over = once || awaited.empty() || context_.connector.sending_held();
        if (over || context_.clock.monotonic() >= run.watch_until) {
            co_await tidy(run, watch->watcher);
            break;
        }
        const base::MonotonicTime next =
            std::min(context_.clock.in(context_.settings.poll_every), run.watch_until);
        co_await context_.clock.sleep_until(next);
    }
    co_await end_watch(*watch);
}

base::Task<> Warmup::end_watch(Watch& watch) {
    const base::MonotonicTime deadline = context_.clock.in(std::chrono::seconds(10));
    co_await watch.watcher.close(deadline);
}

base::Task<inbound::PassResult> Warmup::check_mailbox(
    mailbox::Mailbox warmup_account, SightingHandler::Observer first_sighting
) {
    SightingHandler handler(context_, warmup_account.role, 0, std::move(first_sighting));
    Watch watch(context_, warmup_account, std::move(handler), watch_settings(warmup_account));
    const base::MonotonicTime deadline = deadline_for(warmup_account, mailbox::Protocol::imap);
    inbound::PassResult result = co_await watch.watcher.pass(deadline);
    co_await watch.watcher.close(deadline);
    co_return result;
}

base::Task<> Warmup::process_incoming_email(inbound::Incoming email_data) {
    SightingHandler handler(context_, email_data.mailbox.role, 0, [](const Sighting&) {});
    co_await handler.handle(std::move(email_data));
}

base::Task<> Warmup::send_due_replies(Run& run, mailbox::Mailbox account) {
    // What became due before it was only measured waits until that is over.
    if (account.mode == mailbox::Mode::measure) co_return;
    const std::int64_t account_id = account.id;
    std::int64_t after = 0;
    while (!run.resting.contains(account_id)) {  // else the rest waits for the next run
        const std::vector<DueReply> due = co_await context_.db.read(
            store::Role::warmup,
            [account_id, after](store::Connection& connection) {
                return due_replies(connection, account_id, after);
            }
        );
        if (due.empty()) co_return;
        after = due.back().thread_id;
        for (const DueReply& one : due) co_await send_due_reply(run, account, one);
    }
}

base::Task<> Warmup::send_due_reply(Run& run, mailbox::Mailbox account, DueReply one) {
    if (run.resting.contains(account.id)) co_return;
    const mailbox::Mailbox* to = run.accounts.find(one.from_mailbox_id);
    if (to == nullptr || to->mode == mailbox::Mode::measure) co_return;
    const std::string body = co_await write_body(run, one);
    auto email = co_await prepare_reply(account, *to, one.email_id, body);
    if (!email) {
        co_await give_up_reply(one, email.error());
        co_return;
    }
    const delivery::Report report = co_await send_one(account, std::move(*email));
    co_await count_report(run, account, report);
}

// What can't be composed is never sent; what is in conflict now may be sent another day.
base::Task<> Warmup::give_up_reply(DueReply due, base::Error error) {
    if (error.code == base::ErrorCode::conflict) co_return;
    base::log::warn("warmup", "email {}: not answered: {}", due.email_id, error.describe());
    co_await context_.db.run(store::Role::warmup, [due, error](store::Connection& connection) {
        set_reply(connection, due.email_id, "not sent: " + error.message, std::nullopt);
    });
}

base::Task<std::string> Warmup::write_body(Run& run, DueReply due) {
    if (run.model_silent) co_return fallback_reply(context_.random).body;
    WrittenReply reply = co_await write_reply(
        context_.model, std::move(due.subject), std::move(due.body), context_.random
    );
    run.model_silent = run.model_silent || reply.model_silent;
    co_return std::move(reply.body);
}

mime::Outgoing Warmup::reply_message(
    const mailbox::Mailbox& from,
    const mailbox::Mailbox& to,
    const OurMail& original,
    std::string body
) {
    mime::Outgoing message = message_between(from, to, context_.random, context_.clock.now());
    message.subject = reply_subject(original.subject);
    message.text = std::move(body);
    // Where the provider replaced our Message-ID, both mailboxes know the mail by its own.
    message.in_reply_to =
        base::MessageId::parse(original.provider_message_id.value_or(original.message_id));
    message.references = base::parse_message_ids(original.references_.value_or(""));
    message.references.push_back(*message.in_reply_to);
    if (context_.settings.mark_automated)
        message.extra_headers.emplace_back("Auto-Submitted", "auto-replied");
    return message;
}

base::Task<base::Result<delivery::Prepared>> Warmup::prepare_reply(
    mailbox::Mailbox from, mailbox::Mailbox to, std::int64_t original_id, std::string body
) {
    const OurMail original = co_await context_.db.read(
        store::Role::warmup,
        [original_id](store::Connection& connection) { return *our_mail(connection, original_id); }
    );
    delivery::NewEmail email;
    email.token = context_.mint.mint(delivery::Side::warmup, context_.random.alphanumeric(16));
    mime::Outgoing message = reply_message(from, to, original, body);
    message.extra_headers.emplace_back(context_.settings.token_header, email.token);
    const auto raw = mime::compose(message, context_.random);
    if (!raw) co_return base::pass_on(raw);
    email.email_type = "warmup_reply";
    email.from = from.email;
    email.to = to.email;
    email.from_mailbox_id = from.id;
    email.subject = message.subject;
    email.message_id = message.message_id;
    email.in_reply_to = message.in_reply_to;
    email.references = message.references;
    email.send_key = "reply:" + original.message_id + ":" + std::to_string(original.depth + 1);
    email.raw = *raw;
    email.own_columns = {
        {"to_mailbox_id", store::to_value(to.id)},
        {"depth", store::to_value(original.depth + 1)},
        {"body", store::to_value(body)}
    };
    const base::Timestamp now = context_.clock.now();
    const base::Timestamp day_start =
        context_.settings.zone.start_of_day(context_.settings.zone.day_at(now));
    const base::Result<std::int64_t> id = co_await context_.db.run(
        store::Role::warmup,
        [email, original, day_start, now](store::Connection& connection) {
            return store_reply(connection, email, original, day_start, now);
        }
    );
    if (!id) co_return base::pass_on(id);
    co_return delivery::Prepared{*id, email.from, email.to, email.raw};
}

}  // namespace warmup
