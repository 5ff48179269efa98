#include "warmup/openings.h"

#include <map>

#include "ledger/ledger.h"
#include "warmup/template_pool.h"

namespace warmup {

mime::Outgoing message_between(
    const mailbox::Mailbox& from,
    const mailbox::Mailbox& to,
    base::Random& random,
    base::Timestamp now
) {
    mime::Outgoing message;
    message.from = {from.name, from.email};
    message.to = {to.name, to.email};
    message.date = now;
    message.zone_offset = from.zone.offset_at(now);
    message.message_id = base::MessageId::generate(from.email.domain(), random);
    return message;
}

base::Result<ComposedOpening> compose_opening(
    const mailbox::Mailbox& from,
    const mailbox::Mailbox& to,
    const Opening& opening,
    const Marking& marking,
    base::Random& random,
    base::Timestamp now
) {
    mime::Outgoing message = message_between(from, to, random, now);
    message.subject = opening.subject;
    message.text = opening.body;
    message.html = opening.html_body.value_or("");
    // Kept where no template has it: the copy that is received is told from a forged one by it.
    const auto body = opening.template_id ? std::nullopt : std::optional(opening.body);
    ComposedOpening composed;
    composed.template_id = opening.template_id;
    delivery::NewEmail& email = composed.email;
    email.token = marking.mint.mint(delivery::Side::warmup, random.alphanumeric(16));
    message.extra_headers = {{marking.header, email.token}};
    email.email_type = "warmup_bidirectional";
    email.from = from.email;
    email.to = to.email;
    email.from_mailbox_id = from.id;
    email.subject = opening.subject;
    email.message_id = message.message_id;
    email.send_key = opening.send_key;
    auto raw = mime::compose(message, random);
    if (!raw) return base::pass_on(raw);
    email.raw = std::move(*raw);
    email.own_columns = {
        {"to_mailbox_id", store::to_value(to.id)},
        {"template_id", store::to_value(opening.template_id)},
        {"body", store::to_value(body)},
        {"cycle", store::to_value(opening.cycle)}
    };
    return composed;
}

std::vector<std::int64_t> store_openings(
    store::Connection& connection, const std::vector<ComposedOpening>& openings, base::Timestamp now
) {
    std::vector<std::int64_t> ids;
    std::map<std::int64_t, std::int64_t> uses;
    for (const ComposedOpening& opening : openings) {
        const std::int64_t id =
            delivery::prepare(connection, delivery::Side::warmup, opening.email, now);
        if (opening.template_id) ++uses[*opening.template_id];
        ledger::append(
            connection,
            {now, "warmup", "email", id, "send an opening", "this pair's turn in the cycle", "{}"}
        );
        ids.push_back(id);
    }
    for (const auto& [template_id, count] : uses) count_uses(connection, template_id, count, now);
    return ids;
}

base::Result<> pair_is_active(store::Connection& connection, std::int64_t email_id) {
    const std::int64_t active = connection.integer(
        "SELECT COUNT(*) FROM emails_warmup e JOIN mailboxes m "
        "ON m.id IN (e.from_mailbox_id, e.to_mailbox_id) "
        "WHERE e.id = :id AND m.status = 'active'",
        store::values(email_id)
    );
    if (active == 2) return {};
    return base::fail(
        base::ErrorCode::conflict,
        "warmup.precondition",
        "one of the two mailboxes is not active any more"
    );
}

}  // namespace warmup
