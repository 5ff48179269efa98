#include "campaign/answer.h"

#include <fmt/format.h>

#include "base/text.h"
#include "campaign/matching.h"
#include "campaign/suppression.h"
#include "ledger/ledger.h"
#include "mailbox/mailboxes.h"

namespace campaign {

namespace {

constexpr base::Duration kDeadline = std::chrono::seconds(90);

auto refuse(base::ErrorCode code, std::string words) {
    return base::fail(code, "campaign.answer", std::move(words));
}

// What an answer stands on.
struct Ground {
    Reply reply;
    mailbox::Mailbox from;
    base::Email to;
    int number = 1;  // of this reply's answers
};

std::string answer_key(std::int64_t reply_id, int number) {
    return fmt::format("answer:{}:{}", reply_id, number);
}

// One by one: they are few, and a range of keys is another one in every collation.
bool is_sent(store::Connection& connection, const std::string& send_key) {
    return connection.integer(
               "SELECT COUNT(*) FROM emails_campaign WHERE send_key = :key", store::values(send_key)
           ) > 0;
}

base::Result<Ground> ground_of(
    store::Connection& connection, const mailbox::Vault& vault, std::int64_t reply_id
) {
    const std::optional<Reply> reply = find_reply(connection, reply_id);
    if (!reply)
        return refuse(base::ErrorCode::not_found, fmt::format("there is no reply {}", reply_id));
    if (reply->kind != "reply" && reply->kind != "auto_reply" && reply->kind != "unsubscribe")
        return refuse(
            base::ErrorCode::invalid_input,
            fmt::format("reply {} is a {}: nobody reads an answer to it", reply_id, reply->kind)
        );
    const auto to = base::Email::parse(reply->from_);
    if (!to)
        return refuse(
            base::ErrorCode::invalid_input, fmt::format("reply {} names no sender", reply_id)
        );
    // Where the thread runs: the mailbox of the mail that was answered.
    std::int64_t mailbox_id = reply->mailbox_id;
    if (reply->email_id)
        if (const auto mail = sent_mail(connection, *reply->email_id))
            mailbox_id = mail->from_mailbox_id;
    Ground ground{*reply, {}, *to, 1};
    for (const mailbox::Mailbox& one : mailbox::list(connection, vault, base::TimeZone()).mailboxes)
        if (one.id == mailbox_id) ground.from = one;
    if (ground.from.id == 0 || ground.from.status != mailbox::Status::active)
        return refuse(
            base::ErrorCode::conflict,
            "the mailbox of this thread is removed or paused; see `pilotlight mailbox list`"
        );
    while (is_sent(connection, answer_key(reply_id, ground.number))) ++ground.number;
    return ground;
}

delivery::Delivery::Precondition not_suppressed(SuppressionKeys keys) {
    return [keys = std::move(keys)](store::Connection& connection) -> base::Result<> {
        const auto reason = suppressed(connection, keys);
        if (!reason) return {};
        return refuse(
            base::ErrorCode::conflict,
            fmt::format("that address is suppressed ({}): nothing is sent there", *reason)
        );
    };
}

delivery::NewEmail email_of(
    const Ground& ground, const mime::Outgoing& message, std::string token, std::string raw
) {
    delivery::NewEmail email;
    email.email_type = "answer";
    email.from = ground.from.email;
    email.to = ground.to;
    email.from_mailbox_id = ground.from.id;
    email.subject = message.subject;
    email.message_id = message.message_id;
    email.in_reply_to = message.in_reply_to;
    email.references = message.references;
    email.send_key = answer_key(ground.reply.id, ground.number);
    email.token = std::move(token);
    email.raw = std::move(raw);
    email.own_columns = {
        {"lead_id", store::to_value(ground.reply.lead_id)},
        {"campaign_id", store::to_value(ground.reply.campaign_id)}
    };
    return email;
}

void note_answered(
    store::Connection& connection, std::int64_t reply_id, std::int64_t email_id, base::Timestamp now
) {
    set_answered(connection, reply_id, now);
    ledger::append(
        connection,
        {now,
         "campaign",
         "reply",
         reply_id,
         "answered",
         fmt::format("by hand, email {}", email_id),
         "{}"}
    );
}

}  // namespace

mime::Outgoing answer_message(
    const Reply& reply, const mailbox::Mailbox& from, const base::Email& to, std::string text
) {
    mime::Outgoing message;
    message.from = {from.name, from.email};
    message.to = {"", to};
    message.subject = base::starts_with_ignoring_case(reply.subject, "re:")
                          ? reply.subject
                          : "Re: " + reply.subject;
    message.text = std::move(text);
    message.references = base::parse_message_ids(reply.references_);
    // A message without an id of its own cannot be named.
    message.in_reply_to = base::MessageId::parse(reply.message_id);
    if (message.in_reply_to) message.references.push_back(*message.in_reply_to);
    return message;
}

base::Task<base::Result<delivery::Report>> answer_reply(
    Context& context, std::int64_t reply_id, std::string text
) {
    if (base::trim(text).empty())
        co_return refuse(base::ErrorCode::invalid_input, "the answer is empty");
    const mailbox::Vault vault = context.vault;
    const auto ground = co_await context.db.read(
        store::Role::campaign,
        [vault, reply_id](store::Connection& connection) {
            return ground_of(connection, vault, reply_id);
        }
    );
    if (!ground) co_return base::pass_on(ground);
    const base::Timestamp now = context.clock.now();
    mime::Outgoing message =
        answer_message(ground->reply, ground->from, ground->to, std::move(text));
    message.message_id = base::MessageId::generate(ground->from.email.domain(), context.random);
    message.date = now;
    const auto raw = mime::compose(message, context.random);
    if (!raw) co_return base::pass_on(raw);
    const std::string nonce = context.random.alphanumeric(16);
    const delivery::NewEmail email =
        email_of(*ground, message, context.mint.mint(delivery::Side::campaign, nonce), *raw);
    const std::int64_t id =
        co_await context.db.run(store::Role::campaign, [email, now](store::Connection& connection) {
            return delivery::prepare(connection, delivery::Side::campaign, email, now);
        });
    delivery::Delivery delivery(
        context.db, context.connector, context.clock, delivery::Side::campaign
    );
    delivery::Prepared prepared{id, email.from, email.to, email.raw};
    auto precondition = not_suppressed(suppression_keys(ground->to, context.vault));
    const base::MonotonicTime deadline = context.clock.in(kDeadline);
    const delivery::Report report = co_await delivery.send(
        std::move(prepared), ground->from, std::move(precondition), deadline
    );
    // What did not leave is written again by its author, not by a queue.
    const bool accepted = report.ending == delivery::Ending::accepted;
    co_await context.db.run(
        store::Role::campaign,
        [id, reply_id, accepted, now](store::Connection& connection) {
            if (accepted) return note_answered(connection, reply_id, id, now);
            delivery::cancel(
                connection, delivery::Side::campaign, id, "it did not leave; answer again"
            );
        }
    );
    co_return report;
}

}  // namespace campaign
