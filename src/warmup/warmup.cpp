#include "warmup/warmup.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/log.h"
#include "delivery/halt.h"
#include "delivery/sent_copy.h"
#include "mailbox/failure_policy.h"
#include "mailbox/pauses.h"
#include "warmup/participation.h"
#include "warmup/text_rules.h"

namespace warmup {

const mailbox::Mailbox* Warmup::Accounts::find(std::int64_t id) const {
    for (const auto* group : {&senders, &seeds})
        for (const mailbox::Mailbox& account : *group)
            if (account.id == id) return &account;
    return nullptr;
}

const mailbox::Mailbox* Warmup::Accounts::find(const base::Email& email) const {
    for (const auto* group : {&senders, &seeds})
        for (const mailbox::Mailbox& account : *group)
            if (account.email.same_mailbox(email)) return &account;
    return nullptr;
}

bool Warmup::Accounts::rests(const base::Email& email) const {
    const auto is_it = [&](const base::Email& one) { return one.same_mailbox(email); };
    return std::ranges::any_of(resting, is_it) || std::ranges::any_of(paused_by_owner, is_it);
}

// A session may have to wait for its turn first, where many mailboxes start at once.
base::MonotonicTime Warmup::deadline_for(
    const mailbox::Mailbox& mailbox, mailbox::Protocol protocol
) {
    const base::Duration wait = context_.connector.login_wait(mailbox, protocol);
    return context_.clock.in(wait + context_.settings.mailbox_deadline);
}

Warmup::Warmup(Context context)
    : context_(std::move(context)),
      delivery_(context_.db, context_.connector, context_.clock, delivery::Side::warmup) {}

base::Task<CycleResult> Warmup::run_bidirectional_warmup_cycle(base::Duration wait) {
    Run run;
    co_await start_run(run);
    if (run.result.note.empty()) {
        co_await resume_prepared(run);
        co_await send_openings(run);
        run.watch_until = context_.clock.in(wait);
        co_await watch_all(run, false);
    }
    co_await finish_run(run);
    co_return std::move(run.result);
}

base::Task<CycleResult> Warmup::fetch_and_send_initial_emails() {
    Run run;
    co_await start_run(run);
    if (run.result.note.empty()) {
        co_await resume_prepared(run);
        co_await send_openings(run);
    }
    co_await finish_run(run);
    co_return std::move(run.result);
}

base::Task<CycleResult> Warmup::check_and_reply_to_emails() {
    Run run;
    co_await start_run(run);
    if (run.result.note.empty()) co_await watch_all(run, true);
    co_await finish_run(run);
    co_return std::move(run.result);
}

base::Task<Warmup::Accounts> Warmup::load_accounts() {
    const mailbox::Vault vault = context_.vault;
    const base::TimeZone zone = context_.settings.zone;
    const base::Timestamp now = context_.clock.now();
    const mailbox::Listing listing = co_await context_.db.run(
        store::Role::warmup,
        [vault, zone, now](store::Connection& connection) {
            mailbox::lift_ended(connection, "warmup", now);
            return mailbox::list(connection, vault, zone);
        }
    );
    for (const std::string& problem : listing.problems) base::log::warn("warmup", "{}", problem);
    Accounts accounts;
    for (const mailbox::Mailbox& account : listing.mailboxes) {
        if (account.status == mailbox::Status::paused) {
            const bool by_owner = account.paused_by == mailbox::PausedBy::nobody ||
                                  account.paused_by == mailbox::PausedBy::owner;
            (by_owner ? accounts.paused_by_owner : accounts.resting).push_back(account.email);
        }
        if (account.status != mailbox::Status::active) continue;
        if (const auto reason = reason_to_leave_out(account)) {
            // The result says so too: a person who runs a cycle reads it once.
            base::log::info("warmup", "mailbox {} is left out: {}", account.id, *reason);
            accounts.left_out.push_back({account.email.str(), *reason});
            continue;
        }
        (account.role == mailbox::Role::sender ? accounts.senders : accounts.seeds)
            .push_back(account);
    }
    co_return accounts;
}

base::Task<> Warmup::start_run(Run& run) {
    run.accounts = co_await load_accounts();
    run.result.skipped = run.accounts.left_out;
    run.result.mailboxes =
        static_cast<int>(run.accounts.senders.size() + run.accounts.seeds.size());
    run.result.mailboxes_paused = static_cast<int>(run.accounts.resting.size());
    const std::optional<std::string> stopped =
        co_await context_.db.read(store::Role::warmup, delivery::halted);
    if (stopped) {
        run.result.note = "nothing is sent: " + *stopped;
        co_return;
    }
    if (run.accounts.senders.empty() || run.accounts.seeds.empty()) {
        run.result.note = fmt::format(
            "nothing to do: active senders {}, active seed mailboxes {}; {}",
            run.accounts.senders.size(),
            run.accounts.seeds.size(),
            run.accounts.resting.empty() && run.accounts.left_out.empty()
                ? "add them with `pilotlight mailbox add EMAIL --role sender|seed`"
                : "`pilotlight mailbox list` says which are paused or left out, and why"
        );
        co_return;
    }
    run.result.in_doubt = static_cast<int>(co_await delivery_.recover());
    const base::Timestamp now = context_.clock.now();
    const bool sent_copies = context_.settings.sent_copies;
    run.result.cycle = co_await context_.db.run(
        store::Role::warmup,
        [now, sent_copies](store::Connection& connection) {
            if (!sent_copies) delivery::forget_sent_copies(connection, delivery::Side::warmup);
            settle_found(connection);
            settle_replies(connection);
            return connection.insert(
                "INSERT INTO warmup_cycles (started_at) VALUES (:now)", store::values(now)
            );
        }
    );
    co_await plan_filings(run);
}

base::Task<> Warmup::finish_run(Run& run) {
    const base::MonotonicTime deadline = context_.clock.in(std::chrono::seconds(10));
    co_await context_.connector.close_idle(deadline);
    for (const auto& [seed, emails] : run.awaited)
        run.result.pending += static_cast<int>(emails.size());
    for (const std::int64_t id : run.failed)
        run.result.mailboxes_failed += !run.worked.contains(id);
    const CycleResult& result = run.result;
    if (result.cycle == 0) {
        base::log::warn("warmup", "{}", result.note);
        co_return;
    }
    const base::Timestamp now = context_.clock.now();
    co_await context_.db.run(store::Role::warmup, [result, now](store::Connection& connection) {
        connection.execute(
            "UPDATE warmup_cycles SET finished_at = :now, sent = :sent, replies = :replies, inbox "
            "= :inbox, "
            "spam = :spam, elsewhere = :elsewhere WHERE id = :id",
            store::values(
                now,
                result.sent,
                result.replies,
                result.placement.inbox,
                result.placement.spam,
                result.placement.elsewhere,
                result.cycle
            )
        );
    });
    const std::optional<double> rate = result.placement.spam_rate();
    base::log::info(
        "warmup",
        "cycle {}: sent {}, replies {}, inbox {}, spam {}, spam rate {}",
        result.cycle,
        result.sent,
        result.replies,
        result.placement.inbox,
        result.placement.spam,
        rate ? fmt::format("{:.1f} %", *rate * 100) : "unknown"
    );
}

void Warmup::note_failure(Run& run, const mailbox::Mailbox& account, const base::Error& error) {
    // The row changed meanwhile, or the pair is not active any more: nobody's failure.
    if (error.code == base::ErrorCode::conflict) return;
    // Nothing may leave at present: nobody's failure either, and the rest waits.
    if (error.stage == mailbox::kHeldStage) {
        run.resting.insert(account.id);
        return;
    }
    const mailbox::Verdict verdict = mailbox::judge(error, account.provider, account.login_method);
    run.result.failures.push_back({account.email.str(), error, verdict});
    run.failed.insert(account.id);
    const bool of_the_mail =
        verdict.blame == mailbox::Blame::message || verdict.blame == mailbox::Blame::recipient;
    if (of_the_mail) run.worked.insert(account.id);
    // Texts that are called spam are looked at before more of them leave.
    if (!of_the_mail || verdict.consequence == mailbox::Consequence::stop_campaign)
        run.resting.insert(account.id);
}

base::Task<base::Result<delivery::Report>> Warmup::send_warmup_email(
    base::Email from_account,
    base::Email to_email,
    std::string subject,
    std::string body,
    std::optional<std::string> html_body
) {
    const Accounts accounts = co_await load_accounts();
    const mailbox::Mailbox* from = accounts.find(from_account);
    const mailbox::Mailbox* to = accounts.find(to_email);
    const auto refuse = [](base::ErrorCode code, std::string words) {
        return base::fail(code, "warmup.send", std::move(words));
    };
    if (from == nullptr || from->role != mailbox::Role::sender)
        co_return refuse(
            base::ErrorCode::not_found, from_account.str() + " is no active sender mailbox"
        );
    if (to == nullptr || to->role != mailbox::Role::seed)
        co_return refuse(base::ErrorCode::not_found, to_email.str() + " is no active seed mailbox");
    if (const auto problem = template_problem(subject, body, html_body.value_or("")))
        co_return refuse(base::ErrorCode::invalid_input, *problem);
    Opening opening{{from->id, to->id}, subject, body, html_body, std::nullopt, {}, 0};
    opening.send_key =
        fmt::format("warmup:0:{}:{}:{}", from->id, to->id, context_.random.alphanumeric(12));
    opening.template_id = co_await context_.db.read(
        store::Role::warmup,
        [subject, body](store::Connection& connection) -> std::optional<std::int64_t> {
            const std::int64_t id = connection.integer(
                "SELECT id FROM warmup_email_drafts WHERE subject = :subject AND body = :body "
                "ORDER BY id",
                store::values(subject, body)
            );
            return id == 0 ? std::nullopt : std::optional(id);
        }
    );
    const Marking marking{context_.mint, context_.settings.token_header};
    const base::Timestamp now = context_.clock.now();
    auto composed = compose_opening(*from, *to, opening, marking, context_.random, now);
    if (!composed) co_return base::pass_on(composed);
    std::vector<ComposedOpening> one;
    one.push_back(std::move(*composed));
    auto prepared = co_await store_composed(std::move(one));
    co_return co_await send_one(*from, std::move(prepared.front()));
}

base::Task<base::Result<delivery::Report>> Warmup::send_reply_email(
    base::Email from_account,
    base::Email original_from,
    base::MessageId original_message_id,
    std::string body
) {
    const Accounts accounts = co_await load_accounts();
    const mailbox::Mailbox* seed = accounts.find(from_account);
    const auto refuse = [](base::ErrorCode code, std::string words) {
        return base::fail(code, "warmup.reply", std::move(words));
    };
    if (seed == nullptr || seed->role != mailbox::Role::seed)
        co_return refuse(
            base::ErrorCode::not_found, from_account.str() + " is no active seed mailbox"
        );
    if (seed->mode == mailbox::Mode::measure)
        co_return refuse(base::ErrorCode::conflict, from_account.str() + " is only measured");
    if (const auto problem = reply_problem(body, ""))
        co_return refuse(base::ErrorCode::invalid_input, *problem);
    const mailbox::Mailbox* sender = accounts.find(original_from);
    if (sender == nullptr)
        co_return refuse(
            base::ErrorCode::not_found, original_from.str() + " is no active mailbox of ours"
        );
    const std::int64_t seed_id = seed->id;
    const std::int64_t sender_id = sender->id;
    const auto original = co_await context_.db.read(
        store::Role::warmup,
        [seed_id, sender_id, original_message_id](store::Connection& connection) {
            return id_of_mail(connection, sender_id, seed_id, original_message_id);
        }
    );
    if (!original)
        co_return refuse(
            base::ErrorCode::not_found,
            "no mail of ours with that Message-ID went from there to this mailbox"
        );
    auto email = co_await prepare_reply(*seed, *sender, *original, body);
    if (!email) co_return base::pass_on(email);
    co_return co_await send_one(*seed, std::move(*email));
}

}  // namespace warmup
