#include "campaign/single_mail.h"

#include <fmt/format.h>

#include "campaign/preconditions.h"
#include "campaign/suppression.h"
#include "delivery/halt.h"
#include "mailbox/gaps.h"
#include "mailbox/usage.h"

namespace campaign {

namespace {

// What must hold when it leaves; checked before it is prepared too, so that nothing piles up.
base::Result<> may_leave_now(
    store::Connection& connection,
    std::int64_t mailbox_id,
    const SuppressionKeys& keys,
    const Limits& limits,
    base::Timestamp now
) {
    const auto no = [](base::ErrorCode code, std::string words) {
        return base::fail(code, "campaign.single", std::move(words));
    };
    if (const auto reason = delivery::halted(connection))
        return no(base::ErrorCode::unavailable, "all sending is stopped: " + *reason);
    if (const auto reason = suppressed(connection, keys))
        return no(base::ErrorCode::conflict, "the address is suppressed: " + *reason);
    const auto status = connection.text(
        "SELECT status FROM mailboxes WHERE id = :id ORDER BY id", store::values(mailbox_id)
    );
    if (status != "active") return no(base::ErrorCode::unavailable, "its mailbox is paused");
    if (mailbox::sent_in_last_day(connection, mailbox_id, now) >= limits.mailbox_per_day)
        return no(
            base::ErrorCode::limit_exceeded,
            fmt::format("its mailbox has sent {} mails in a day", limits.mailbox_per_day)
        );
    const auto gap = mailbox::gap_of(connection, mailbox_id);
    if (gap && gap->last_mail_at + limits.gap_any > now)
        return no(
            base::ErrorCode::limit_exceeded,
            "its mailbox sent a moment ago; the next may leave at " +
                base::to_iso(gap->last_mail_at + limits.gap_any)
        );
    return {};
}

base::Result<delivery::NewEmail> composed(
    const Context& context, const UnsubscribeHeaders& unsubscribe, const SingleMail& mail
) {
    Draft draft;
    draft.to_email = mail.to.str();
    draft.email_type = "initial";
    draft.campaign_id = mail.campaign_id;
    draft.subject = mail.subject;
    draft.body = mail.body;
    draft.html_body = mail.html_body;
    auto email = compose_mail(
        draft,
        {},
        mail.settings,
        mail.from,
        {context.mint, unsubscribe},
        context.random,
        context.clock.now()
    );
    if (!email) return email;
    email->send_key = mail.send_key;
    email->own_columns = {
        {"campaign_id", store::to_value(mail.campaign_id)},
        {"written_for", store::to_value(mail.written_for)}
    };
    return email;
}

base::Result<delivery::Prepared> store_single(
    store::Connection& connection,
    const SingleMail& mail,
    const delivery::NewEmail& email,
    const SuppressionKeys& keys,
    const Limits& limits,
    base::Timestamp now
) {
    const std::int64_t known = connection.integer(
        "SELECT id FROM emails_campaign WHERE send_key = :key ORDER BY id",
        store::values(mail.send_key)
    );
    if (known != 0)
        return base::fail(
            base::ErrorCode::already_exists, "campaign.single", "this mail was prepared before"
        );
    if (const auto may = may_leave_now(connection, mail.from.id, keys, limits, now); !may)
        return base::pass_on(may);
    const std::int64_t id = delivery::prepare(connection, delivery::Side::campaign, email, now);
    if (mail.prepared) mail.prepared(connection, id);
    return delivery::Prepared{id, email.from, email.to, email.raw};
}

// In the intent's transaction; the gap clock moves on with it.
delivery::Delivery::Precondition precondition_for(
    const Context& context, std::int64_t mailbox_id, SuppressionKeys keys
) {
    base::Clock* clock = &context.clock;
    return [mailbox_id, keys = std::move(keys), limits = context.limits, clock](
               store::Connection& connection
           ) {
        const base::Timestamp now = clock->now();
        auto may = may_leave_now(connection, mailbox_id, keys, limits, now);
        if (may)
            mailbox::note_campaign_mail(connection, mailbox_id, now, now + limits.gap_campaign_min);
        return may;
    };
}

}  // namespace

base::Task<base::Result<delivery::Report>> send_single(
    Context context, UnsubscribeHeaders unsubscribe, SingleMail mail, base::MonotonicTime deadline
) {
    const base::Result<delivery::NewEmail> email = composed(context, unsubscribe, mail);
    if (!email) co_return base::pass_on(email);
    const SuppressionKeys keys = suppression_keys(mail.to, context.vault);
    auto store = [mail, email = *email, keys, limits = context.limits, now = context.clock.now()](
                     store::Connection& connection
                 ) { return store_single(connection, mail, email, keys, limits, now); };
    base::Result<delivery::Prepared> prepared =
        co_await context.db.run(store::Role::campaign, std::move(store));
    if (!prepared) co_return base::pass_on(prepared);
    delivery::Delivery delivery(
        context.db, context.connector, context.clock, delivery::Side::campaign
    );
    auto precondition = precondition_for(context, mail.from.id, keys);
    const delivery::Report report = co_await delivery.send(
        std::move(*prepared), std::move(mail.from), std::move(precondition), deadline
    );
    co_return report;
}

base::Task<delivery::Report> send_single_again(
    Context context, std::int64_t email_id, mailbox::Mailbox from, base::MonotonicTime deadline
) {
    const std::string to =
        co_await context.db.read(store::Role::campaign, [email_id](store::Connection& connection) {
            const auto text = connection.text(
                "SELECT \"to\" FROM emails_campaign WHERE id = :id ORDER BY id",
                store::values(email_id)
            );
            return text.value_or("");
        });
    // One that was erased meanwhile is cancelled: delivery says so.
    SuppressionKeys keys;
    if (const auto email = base::Email::parse(to)) keys = suppression_keys(*email, context.vault);
    delivery::Delivery delivery(
        context.db, context.connector, context.clock, delivery::Side::campaign
    );
    auto precondition = precondition_for(context, from.id, std::move(keys));
    const delivery::Report report =
        co_await delivery.send(email_id, std::move(from), std::move(precondition), deadline);
    co_return report;
}

}  // namespace campaign
