// warmup_threads: one row per found mail, and what was decided about answering it. Inside a job, on
// the warmup role. reply_decision goes "due" → "prepared" → "replied" | "not sent: …", or is the
// reason against.
#pragma once
#include "inbound/handler.h"
#include "store/connection.h"
#include "warmup/types.h"

namespace warmup {

// A row of emails_warmup, as far as finding and answering needs it.
struct OurMail {
    std::int64_t id = 0;
    std::string email_type;
    std::string from_;
    std::string to_;
    std::int64_t from_mailbox_id = 0;
    std::int64_t to_mailbox_id = 0;
    std::string subject;
    std::string message_id;
    std::optional<std::string> provider_message_id;
    std::optional<std::string> references_;
    std::string status;
    std::optional<std::int64_t> template_id;
    std::int64_t depth = 0;
    std::optional<std::string> body;  // the text where it came from no template
};
BOOST_DESCRIBE_STRUCT(
    OurMail,
    (),
    (id,
     email_type,
     from_,
     to_,
     from_mailbox_id,
     to_mailbox_id,
     subject,
     message_id,
     provider_message_id,
     references_,
     status,
     template_id,
     depth,
     body)
)

std::optional<OurMail> our_mail(store::Connection& connection, std::int64_t id);
// A provider put its own Message-ID in the place of ours: the received copy is the truth.
void note_provider_message_id(
    store::Connection& connection, std::int64_t id, const base::MessageId& found
);
// The row with this token, or this Message-ID, that was sent to this mailbox.
std::optional<std::int64_t> id_of_token(
    store::Connection& connection, std::int64_t mailbox_id, const std::string& token
);
std::optional<std::int64_t> id_of_message_id(
    store::Connection& connection, std::int64_t mailbox_id, const base::MessageId& message_id
);

// The row from one mailbox to the other with this Message-ID, ours or the provider's.
std::optional<std::int64_t> id_of_mail(
    store::Connection& connection,
    std::int64_t from_mailbox,
    std::int64_t to_mailbox,
    const base::MessageId& message_id
);

// Writes inbound_seen; false where this message was processed before.
bool mark_processed(
    store::Connection& connection,
    std::int64_t mailbox_id,
    const inbound::Place& place,
    base::Timestamp now
);
// Adds the row of a first sighting; false where the mail was found before (the first one stays).
bool add_thread(
    store::Connection& connection,
    const OurMail& mail,
    const inbound::Incoming& incoming,
    std::string_view reply_decision,
    bool proven,
    std::int64_t cycle
);

// A found mail that waits for its answer.
struct DueReply {
    std::int64_t thread_id = 0;
    std::int64_t email_id = 0;
    std::int64_t from_mailbox_id = 0;
    std::string subject;
    std::string body;  // as it was sent: the text that was found is this one
};
BOOST_DESCRIBE_STRUCT(DueReply, (), (thread_id, email_id, from_mailbox_id, subject, body))
// The oldest hundred behind a thread: those that can't be answered now must not hide the others.
std::vector<DueReply> due_replies(
    store::Connection& connection, std::int64_t mailbox_id, std::int64_t after_thread
);

void set_reply(
    store::Connection& connection,
    std::int64_t original_email_id,
    const std::string& decision,
    const std::optional<std::string>& reply_message_id
);
// Replies whose end was recorded since: accepted ones make their threads "replied" and give their
// originals the outcome; refused and cancelled ones make them "not sent: …".
void settle_replies(store::Connection& connection);
// In doubt, but found before: accepted. Returns how many.
std::int64_t settle_found(store::Connection& connection);
// Replies from this mailbox to that one since `day_start`, whatever became of them.
std::int64_t pair_replies_since(
    store::Connection& connection,
    std::int64_t from_mailbox,
    std::int64_t to_mailbox,
    base::Timestamp day_start
);
// Found mails of this pair whose reply is decided and not written yet.
std::int64_t pair_replies_due(
    store::Connection& connection, std::int64_t from_mailbox, std::int64_t to_mailbox
);
// True where one of the two mailboxes is in mode measure: no mail of theirs is answered.
bool is_measured(
    store::Connection& connection, std::int64_t one_mailbox, std::int64_t other_mailbox
);
// The text that was sent: the template's body, or the row's own.
std::optional<std::string> sent_text(store::Connection& connection, const OurMail& mail);

}  // namespace warmup
