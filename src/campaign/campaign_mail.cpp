#include "campaign/campaign_mail.h"

#include "mime/compose.h"

namespace campaign {

std::string send_key_of(std::int64_t draft_id) { return "draft:" + std::to_string(draft_id); }

base::Result<delivery::NewEmail> compose_mail(
    const Draft& draft,
    const std::string& lead_name,
    const Settings& settings,
    const mailbox::Mailbox& from,
    const MailMarks& marks,
    base::Random& random,
    base::Timestamp now
) {
    const auto to = base::Email::parse(draft.to_email);
    if (!to) return base::pass_on(to);
    mime::Outgoing message;
    // The name that signs the text is the name that stands above it.
    message.from = {settings.sender_name.empty() ? from.name : settings.sender_name, from.email};
    message.to = {draft.to_name.empty() ? lead_name : draft.to_name, *to};
    message.date = now;
    message.zone_offset = from.zone.offset_at(now);
    message.message_id = base::MessageId::generate(from.email.domain(), random);
    message.subject = draft.subject;
    message.text = draft.body;
    message.html = draft.html_body.value_or("");
    message.text_only = message.html.empty();
    if (draft.in_reply_to) message.in_reply_to = base::MessageId::parse(*draft.in_reply_to);
    if (draft.references_) message.references = base::parse_message_ids(*draft.references_);

    delivery::NewEmail email;
    email.token = marks.mint.mint(delivery::Side::campaign, random.alphanumeric(16));
    const std::int64_t campaign_id = draft.campaign_id.value_or(0);
    message.extra_headers = marks.unsubscribe(from.email, *to, email.token, campaign_id, now);
    auto raw = mime::compose(message, random);
    if (!raw) return base::pass_on(raw);
    email.raw = std::move(*raw);
    email.email_type = draft.email_type;
    email.from = from.email;
    email.to = *to;
    email.from_mailbox_id = from.id;
    email.subject = draft.subject;
    email.message_id = message.message_id;
    email.in_reply_to = message.in_reply_to;
    email.references = message.references;
    email.send_key = send_key_of(draft.id);
    email.own_columns = {
        {"lead_id", store::to_value(draft.lead_id)},
        {"campaign_id", store::to_value(draft.campaign_id)},
        {"draft_id", store::to_value(draft.id)},
        {"followup_number", store::to_value(draft.followup_number)}
    };
    return email;
}

}  // namespace campaign
