#include "warmup/sighting_handler.h"

#include "base/log.h"
#include "base/text.h"
#include "delivery/email_record.h"
#include "ledger/ledger.h"
#include "warmup/delivery_reports.h"
#include "warmup/placement.h"
#include "warmup/reply_rules.h"
#include "warmup/text_rules.h"
#include "warmup/threads.h"

namespace warmup {

namespace {

// RFC 3834 section 2: what marks a message as made by a machine or for a list.
bool is_automatic(const mime::Message& message) {
    const std::string submitted = base::to_lower(message.header("Auto-Submitted"));
    const std::string precedence = base::to_lower(message.header("Precedence"));
    const std::string return_path(base::trim(message.header("Return-Path")));
    return (!submitted.empty() && !submitted.starts_with("no")) ||
           !message.header("List-Id").empty() || precedence == "bulk" || precedence == "list" ||
           precedence == "junk" || return_path == "<>";
}

// What the transaction needs to know from outside of it.
struct Circumstances {
    base::Timestamp day_start;
    double rate = 1.0;
    double roll = 0.0;
    std::int64_t cycle = 0;
};

ReplyFacts facts_of(
    store::Connection& connection,
    const OurMail& mail,
    const inbound::Incoming& incoming,
    const Circumstances& around
) {
    ReplyFacts facts;
    const std::optional<std::string> sent = sent_text(connection, mail);
    facts.proven_ours = sent && holds_text(incoming.message.text, *sent);
    facts.right_mailbox = mail.to_mailbox_id == incoming.mailbox.id;
    facts.measuring = is_measured(connection, mail.from_mailbox_id, mail.to_mailbox_id);
    facts.automatic = is_automatic(incoming.message);
    facts.depth = static_cast<int>(mail.depth);
    const std::int64_t here = mail.to_mailbox_id;
    const std::int64_t there = mail.from_mailbox_id;
    facts.pair_replies_today = static_cast<int>(
        pair_replies_since(connection, here, there, around.day_start) +
        pair_replies_due(connection, here, there)
    );
    facts.can_send =
        incoming.mailbox.status == mailbox::Status::active && incoming.mailbox.can_log_in();
    facts.rate = around.rate;
    facts.roll = around.roll;
    return facts;
}

// From the mailbox that the row names. Token and Message-ID can be copied by whoever has seen them.
bool comes_from(const std::optional<base::Email>& from, const OurMail& mail) {
    const auto sender = base::Email::parse(mail.from_);
    return from && sender && from->same_mailbox(*sender);
}

std::optional<std::int64_t> row_of(
    store::Connection& connection,
    const delivery::TokenMint& mint,
    std::int64_t mailbox_id,
    const inbound::Candidate& candidate
) {
    std::optional<std::int64_t> row;
    const std::string token(base::trim(candidate.token));
    const auto claim = mint.check(token);
    if (claim && claim->side == delivery::Side::warmup)
        row = id_of_token(connection, mailbox_id, token);
    if (!row && candidate.message_id)
        row = id_of_message_id(connection, mailbox_id, *candidate.message_id);
    if (!row) return std::nullopt;
    const std::optional<OurMail> mail = our_mail(connection, *row);
    return mail && comes_from(candidate.from, *mail) ? row : std::nullopt;
}

// What the row learns from the copy that was received.
void update_row(
    store::Connection& connection,
    const OurMail& mail,
    const inbound::Incoming& incoming,
    bool proven_ours
) {
    constexpr auto kSide = delivery::Side::warmup;
    delivery::resolve_found(connection, kSide, mail.id, incoming.found_at);
    // A server that delivers what was never ended by a dot would get it a second time.
    delivery::cancel(connection, kSide, mail.id, "found although it was not sent to its end");
    const auto& id = incoming.message.message_id;
    if (proven_ours && id && id->str() != mail.message_id)
        note_provider_message_id(connection, mail.id, *id);
}

void tell_ledger(
    store::Connection& connection,
    base::Timestamp at,
    std::int64_t email_id,
    std::string what,
    std::string_view why
) {
    ledger::append(
        connection, {at, "warmup", "email", email_id, std::move(what), std::string(why), "{}"}
    );
}

struct Effect {
    bool proven = false;
    std::optional<Sighting> sighting;  // where this was the first
};

// The whole effect of one found message.
Effect record_sighting(
    store::Connection& connection, const inbound::Incoming& incoming, const Circumstances& around
) {
    const base::Timestamp now = incoming.found_at;
    const bool fresh = mark_processed(connection, incoming.mailbox.id, incoming.place, now);
    const std::optional<OurMail> mail = our_mail(connection, incoming.email_id);
    if (!mail || mail->to_mailbox_id != incoming.mailbox.id) return {};
    const auto& from = incoming.message.from;
    if (!comes_from(from.empty() ? std::nullopt : std::optional(from.front().email), *mail))
        return {};
    const ReplyFacts facts = facts_of(connection, *mail, incoming, around);
    Effect effect{facts.proven_ours, std::nullopt};
    if (!fresh) return effect;
    update_row(connection, *mail, incoming, facts.proven_ours);
    const ReplyDecision decision = decide_reply(facts);
    if (!add_thread(connection, *mail, incoming, decision.reason, facts.proven_ours, around.cycle))
        return effect;
    const std::string placement(placement_of(incoming.place.kind));
    tell_ledger(connection, now, mail->id, "found in " + placement, "first sighting");
    const char* what = decision.reply ? "answer it" : "leave it unanswered";
    tell_ledger(connection, now, mail->id, what, decision.reason);
    effect.sighting = {mail->id, placement, mail->email_type == "warmup_bidirectional"};
    return effect;
}

}  // namespace

SightingHandler::SightingHandler(
    Context& context, mailbox::Role watched, std::int64_t cycle, Observer first_sighting
)
    : context_(context),
      reads_reports_(watched == mailbox::Role::sender),
      cycle_(cycle),
      first_sighting_(std::move(first_sighting)) {}

base::Task<std::vector<inbound::Choice>> SightingHandler::recognise(
    std::int64_t mailbox_id, std::vector<inbound::Candidate> candidates
) {
    const delivery::TokenMint mint = context_.mint;
    const bool reads_reports = reads_reports_;
    co_return co_await context_.db.read(
        store::Role::warmup,
        [mint, mailbox_id, candidates, reads_reports](store::Connection& connection) {
            std::vector<inbound::Choice> choices;
            for (const inbound::Candidate& candidate : candidates) {
                const auto row = row_of(connection, mint, mailbox_id, candidate);
                const bool report = !row && reads_reports && looks_like_report(candidate);
                choices.push_back(
                    {row || report ? inbound::Reading::full : inbound::Reading::nothing,
                     row.value_or(0)}
                );
            }
            return choices;
        }
    );
}

base::Task<inbound::Handled> SightingHandler::handle_report(inbound::Incoming incoming) {
    const delivery::TokenMint mint = context_.mint;
    const bool ours = co_await context_.db.run(
        store::Role::warmup,
        [mint, incoming](store::Connection& connection) {
            return record_delivery_report(connection, mint, incoming);
        }
    );
    co_return inbound::Handled{ours, false};
}

base::Task<inbound::Handled> SightingHandler::handle(inbound::Incoming incoming) {
    if (incoming.email_id == 0) co_return co_await handle_report(std::move(incoming));
    const Settings& settings = context_.settings;
    const base::Timestamp now = context_.clock.now();
    const Circumstances around{
        settings.zone.start_of_day(settings.zone.day_at(now)),
        incoming.mailbox.role == mailbox::Role::seed ? settings.reply_rate
                                                     : settings.answer_back_rate,
        context_.random.uniform(),
        cycle_
    };
    const Effect effect = co_await context_.db.run(
        store::Role::warmup,
        [incoming, around](store::Connection& connection) {
            return record_sighting(connection, incoming, around);
        }
    );
    if (effect.sighting) first_sighting_(*effect.sighting);
    co_return inbound::Handled{true, effect.proven};
}

}  // namespace warmup
