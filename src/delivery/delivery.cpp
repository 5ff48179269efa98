#include "delivery/delivery.h"

#include <fmt/format.h>

#include "base/log.h"
#include "delivery/halt.h"
#include "ledger/ledger.h"
#include "mailbox/gaps.h"
#include "mailbox/pauses.h"
#include "mailbox/usage.h"

namespace delivery {

namespace {

// "smtp.rcpt: unavailable; put off until 2026-11-24T13:00:00Z".
std::string reason_of(const Report& report) {
    std::string reason =
        fmt::format("{}: {}", report.error.stage, base::to_string(report.error.code));
    if (report.mailbox_paused) reason += "; its mailbox is paused";
    if (report.not_before) reason += "; put off until " + base::to_iso(*report.not_before);
    if (report.ending == Ending::refused)
        reason += report.verdict.consequence == mailbox::Consequence::stop_campaign
                      ? "; the text has to be looked at"
                      : "; given up";
    return reason;
}

// What the ledger says of an ending: decision and reason, ids and numbers only.
ledger::Decision decision_of(const Report& report, Side side, base::Timestamp now) {
    ledger::Decision decision;
    decision.at = now;
    decision.side = std::string(to_string(side));
    decision.subject_kind = "email";
    decision.subject_id = report.email_id;
    decision.decision = std::string(to_string(report.ending));
    decision.reason =
        report.ending == Ending::accepted ? "the server accepted the message" : reason_of(report);
    if (report.error.reply_code != 0)
        decision.numbers = fmt::format("{{\"reply_code\":{}}}", report.error.reply_code);
    return decision;
}

Report not_sent(std::int64_t id, base::Error error, const mailbox::Mailbox& from) {
    Report report;
    report.email_id = id;
    report.ending = Ending::not_sent;
    report.error = std::move(error);
    report.verdict = mailbox::judge(report.error, from.provider, from.login_method);
    return report;
}

// A refusal is final where the policy says so (mailbox/failure_policy.h). What may pass, and what
// concerns the account or the connection, leaves the message prepared.
bool is_final(const smtp::SendResult& result, const mailbox::Verdict& verdict) {
    return result.reply && result.reply->permanent() && verdict.permanent();
}

Report report_of(std::int64_t id, const smtp::SendResult& result, const mailbox::Mailbox& from) {
    Report report;
    report.email_id = id;
    report.error = result.error;
    if (result.reply) report.server_reply = result.reply->str();
    if (result.outcome != smtp::Outcome::accepted)
        report.verdict = mailbox::judge(result.error, from.provider, from.login_method);
    switch (result.outcome) {
        case smtp::Outcome::accepted:
            report.ending = Ending::accepted;
            break;
        case smtp::Outcome::in_doubt:
            report.ending = Ending::in_doubt;
            break;
        case smtp::Outcome::not_sent:
            report.ending = Ending::not_sent;
            break;
        case smtp::Outcome::refused:
            report.ending = is_final(result, report.verdict) ? Ending::refused : Ending::not_sent;
            break;
    }
    return report;
}

// Carries out what a refusal means, in the transaction that records it.
void follow(
    store::Connection& connection,
    Report& report,
    const mailbox::Mailbox& from,
    Side side,
    base::Random& random,
    base::Timestamp now
) {
    const base::Error& error = report.error;
    if (error.reply_code == 0 && error.server_words.empty()) return;  // nobody spoke
    if (report.verdict.consequence == mailbox::Consequence::pause_mailbox) {
        const mailbox::Pause pause =
            mailbox::pause_for(from, report.verdict, error, std::string(to_string(side)), now);
        report.mailbox_paused = mailbox::pause(connection, pause, now);
        if (report.ending == Ending::not_sent) report.not_before = pause.until;
    } else if (report.ending == Ending::not_sent) {
        const auto attempts = static_cast<int>(attempts_of(connection, side, report.email_id) + 1);
        report.not_before =
            now + mailbox::retry_in(report.verdict, error.server_words, attempts, random);
    }
}

void write(
    store::Connection& connection,
    const Report& report,
    std::int64_t mailbox_id,
    Side side,
    bool own_intent,
    base::Timestamp now
) {
    const std::int64_t id = report.email_id;
    const std::string what = report.error.describe();
    // Where another process gave our intent up meanwhile, it has counted the mail.
    const bool ours = has_intent(connection, side, id);
    switch (report.ending) {
        case Ending::accepted:
            CHECK(mark_accepted(connection, side, id, now, report.server_reply));
            break;
        case Ending::refused:
            mark_refused(connection, side, id, report.server_reply);
            break;
        case Ending::not_sent:
            mark_not_sent(
                connection, side, id, own_intent, what, report.not_before, report.reached_server
            );
            break;
        case Ending::in_doubt:
            mark_in_doubt(connection, side, id, what);
            break;
    }
    // What may have left counts too: a budget must not be exceeded by what nobody saw answered.
    if (ours && (report.ending == Ending::accepted || report.ending == Ending::in_doubt)) {
        mailbox::count_send(connection, mailbox_id, to_string(side), now);
        // Campaigns moved the clock on with the intent (campaign/preconditions.h).
        if (side == Side::warmup) mailbox::note_mail(connection, mailbox_id, now);
    }
    ledger::append(connection, decision_of(report, side, now));
}

}  // namespace

std::string_view to_string(Ending ending) {
    switch (ending) {
        case Ending::accepted:
            return "accepted";
        case Ending::refused:
            return "refused";
        case Ending::not_sent:
            return "not_sent";
        case Ending::in_doubt:
            return "in_doubt";
    }
    return "unknown";
}

bool kept_back(const Report& report) {
    return report.ending == Ending::not_sent && report.error.stage == mailbox::kHeldStage;
}

Prepared prepared_of(const EmailRecord& email) {
    const auto from = base::Email::parse(email.from_);
    const auto to = base::Email::parse(email.to_);
    CHECK(from && to && email.raw);
    return {email.id, *from, *to, *email.raw};
}

Delivery::Delivery(
    store::Database& db, mailbox::Connector& connector, base::Clock& clock, Side side
)
    : db_(db), connector_(connector), clock_(clock), side_(side) {}

store::Role Delivery::role() const {
    return side_ == Side::warmup ? store::Role::warmup : store::Role::campaign;
}

base::Task<base::Result<>> Delivery::commit_intent(
    std::int64_t id, std::string hash, Precondition precondition, bool* committed
) {
    const Side side = side_;
    base::Clock& clock = clock_;
    base::Result<> result = co_await db_.run(
        role(),
        [side, id, hash = std::move(hash), &clock, precondition = std::move(precondition)](
            store::Connection& connection
        ) -> base::Result<> {
            if (const std::optional<std::string> why = halted(connection))
                return base::fail(base::ErrorCode::cancelled, mailbox::kHeldStage, *why);
            if (precondition) {
                base::Result<> allowed = precondition(connection);
                if (!allowed) return allowed;
            }
            return mark_intent(connection, side, id, hash, clock.now());
        },
        store::Urgency::urgent
    );
    *committed = result.has_value();
    co_return result;
}

base::Task<Report> Delivery::record(
    Report report, mailbox::Mailbox from, bool own_intent, Recorded recorded
) {
    const Side side = side_;
    const base::Timestamp now = clock_.now();
    const std::uint64_t jitter = report.ending == Ending::not_sent ? connector_.random().next() : 0;
    co_return co_await db_.run(
        role(),
        [side,
         report,
         from = std::move(from),
         own_intent,
         now,
         jitter,
         recorded = std::move(recorded)](store::Connection& connection) {
            Report ended = report;
            base::SeededRandom random(jitter);
            follow(connection, ended, from, side, random, now);
            write(connection, ended, from.id, side, own_intent, now);
            if (recorded) recorded(connection, ended);
            return ended;
        },
        store::Urgency::urgent
    );
}

base::Task<Report> Delivery::tell(Report report, Recorded recorded) {
    if (!recorded) co_return report;
    co_await db_.run(role(), [report, recorded](store::Connection& connection) {
        recorded(connection, report);
    });
    co_return report;
}

base::Task<Report> Delivery::send(
    std::int64_t email_id,
    mailbox::Mailbox from,
    Precondition precondition,
    base::MonotonicTime deadline,
    Recorded recorded
) {
    const Side side = side_;
    const auto email = co_await db_.read(role(), [side, email_id](store::Connection& connection) {
        return find(connection, side, email_id);
    });
    CHECK(email.has_value());
    if (email->status != "prepared" || !email->raw) {
        co_return not_sent(
            email_id,
            base::Error{
                base::ErrorCode::conflict,
                "delivery",
                "email is " + email->status + ", not prepared",
                {},
                0,
                {}
            },
            from
        );
    }
    Prepared prepared = prepared_of(*email);
    co_return co_await send(
        std::move(prepared), std::move(from), std::move(precondition), deadline, std::move(recorded)
    );
}

base::Task<Report> Delivery::send(
    Prepared email,
    mailbox::Mailbox from,
    Precondition precondition,
    base::MonotonicTime deadline,
    Recorded recorded
) {
    const std::int64_t email_id = email.id;
    auto client = co_await connector_.smtp(from, deadline);
    if (!client) {
        Report report = not_sent(email_id, client.error(), from);
        if (kept_back(report)) co_return co_await tell(std::move(report), std::move(recorded));
        report.reached_server = report.error.reply_code != 0 || !report.error.server_words.empty();
        co_return co_await record(std::move(report), std::move(from), false, std::move(recorded));
    }
    bool intent_committed = false;
    bool* const committed = &intent_committed;
    smtp::Envelope envelope{std::move(email.from), std::move(email.to)};
    smtp::Client::BeforeDot before_dot = [this,
                                          email_id,
                                          hash = hash_of(email.raw),
                                          precondition = std::move(precondition),
                                          committed] {
        return commit_intent(email_id, hash, precondition, committed);
    };
    const smtp::SendResult result = co_await (*client)->send(
        std::move(envelope), std::move(email.raw), std::move(before_dot), deadline
    );
    connector_.release(from, std::move(*client));
    Report report = report_of(email_id, result, from);
    if (!intent_committed && kept_back(report))
        co_return co_await tell(std::move(report), std::move(recorded));
    const std::int64_t mailbox_id = from.id;
    report =
        co_await record(std::move(report), std::move(from), intent_committed, std::move(recorded));
    if (report.mailbox_paused)
        base::log::warn("delivery", "mailbox {} is paused: {}", mailbox_id, report.verdict.words);
    if (report.ending != Ending::accepted)
        base::log::warn(
            "delivery",
            "email {}: {}: {}",
            email_id,
            to_string(report.ending),
            report.error.describe()
        );
    co_return report;
}

base::Task<std::int64_t> Delivery::recover() {
    const Side side = side_;
    const base::Timestamp now = clock_.now();
    const std::int64_t count = co_await db_.run(role(), [side, now](store::Connection& connection) {
        return recover_intents(connection, side, now);
    });
    if (count > 0)
        base::log::warn(
            "delivery", "{} messages are in doubt: stopped between intent and answer", count
        );
    co_return count;
}

}  // namespace delivery
