#include "warmup/threads.h"

#include "inbound/marks.h"
#include "mime/authentication.h"
#include "warmup/authentication_servers.h"
#include "warmup/placement.h"

namespace warmup {

std::optional<OurMail> our_mail(store::Connection& connection, std::int64_t id) {
    return connection.select_one<OurMail>(
        "SELECT " + store::column_list<OurMail>() +
            " FROM emails_warmup WHERE id = :id ORDER BY id",
        store::values(id)
    );
}

void note_provider_message_id(
    store::Connection& connection, std::int64_t id, const base::MessageId& found
) {
    connection.execute(
        "UPDATE emails_warmup SET provider_message_id = :found WHERE id = :id",
        store::values(found.str(), id)
    );
}

std::optional<std::int64_t> id_of_token(
    store::Connection& connection, std::int64_t mailbox_id, const std::string& token
) {
    const std::int64_t id = connection.integer(
        "SELECT id FROM emails_warmup WHERE token = :token AND to_mailbox_id = :mailbox ORDER BY "
        "id",
        store::values(token, mailbox_id)
    );
    return id == 0 ? std::nullopt : std::optional(id);
}

std::optional<std::int64_t> id_of_message_id(
    store::Connection& connection, std::int64_t mailbox_id, const base::MessageId& message_id
) {
    const std::int64_t id = connection.integer(
        "SELECT id FROM emails_warmup WHERE message_id = :id AND to_mailbox_id = :mailbox ORDER BY "
        "id",
        store::values(message_id.str(), mailbox_id)
    );
    return id == 0 ? std::nullopt : std::optional(id);
}

std::optional<std::int64_t> id_of_mail(
    store::Connection& connection,
    std::int64_t from_mailbox,
    std::int64_t to_mailbox,
    const base::MessageId& message_id
) {
    const std::int64_t id = connection.integer(
        "SELECT id FROM emails_warmup WHERE from_mailbox_id = :from AND to_mailbox_id = :to "
        "AND (message_id = :ours OR provider_message_id = :theirs) ORDER BY id",
        store::values(from_mailbox, to_mailbox, message_id.str(), message_id.str())
    );
    return id == 0 ? std::nullopt : std::optional(id);
}

bool mark_processed(
    store::Connection& connection,
    std::int64_t mailbox_id,
    const inbound::Place& place,
    base::Timestamp now
) {
    return connection.execute(
               "INSERT INTO inbound_seen (mailbox_id, folder, uidvalidity, uid, side, seen_at) "
               "VALUES (:mailbox, :folder, :validity, :uid, 'warmup', :now) ON CONFLICT DO NOTHING",
               store::values(mailbox_id, place.folder, place.uidvalidity, place.uid, now)
           ) == 1;
}

bool add_thread(
    store::Connection& connection,
    const OurMail& mail,
    const inbound::Incoming& incoming,
    std::string_view reply_decision,
    bool proven,
    std::int64_t cycle
) {
    const mime::Authentication verdicts =
        mime::authentication_of(incoming.message, authentication_servers(incoming.mailbox));
    return connection.execute(
               "INSERT INTO warmup_threads (email_id, original_message_id, \"from\", \"to\", "
               "subject, "
               "received_from_folder, folder_name, uidvalidity, uid, marks, tab, placement, "
               "found_at, depth, spf, dkim, dmarc, arc, proven, reply_decision, created_at, cycle) "
               "VALUES (:email, :message_id, :sender, :recipient, :subject, :kind, :folder, "
               ":validity, :uid, :marks, :tab, :placement, :found, :depth, :spf, :dkim, :dmarc, "
               ":arc, :proven, :decision, :now, :cycle) "
               "ON CONFLICT (email_id) DO NOTHING",
               store::values(
                   mail.id,
                   mail.message_id,
                   mail.from_,
                   mail.to_,
                   mail.subject,
                   inbound::to_string(incoming.place.kind),
                   incoming.place.folder,
                   incoming.place.uidvalidity,
                   incoming.place.uid,
                   inbound::marks_to_text(incoming.marks),
                   incoming.place.tab,
                   placement_of(incoming.place.kind),
                   incoming.found_at,
                   mail.depth,
                   verdicts.spf.value_or(""),
                   verdicts.dkim.value_or(""),
                   verdicts.dmarc.value_or(""),
                   verdicts.arc.value_or(""),
                   proven ? 1 : 0,
                   reply_decision,
                   incoming.found_at,
                   cycle
               )
           ) == 1;
}

std::vector<DueReply> due_replies(
    store::Connection& connection, std::int64_t mailbox_id, std::int64_t after_thread
) {
    return connection.select<DueReply>(
        "SELECT t.id, e.id, e.from_mailbox_id, e.subject, COALESCE(d.body, e.body, '') FROM "
        "warmup_threads "
        "t "
        "JOIN emails_warmup e ON e.id = t.email_id "
        "JOIN mailboxes m ON m.id = e.from_mailbox_id "
        "AND m.status = 'active' AND (m.secret IS NOT NULL OR m.login_method = 'oauth2') "
        "LEFT JOIN warmup_email_drafts d ON d.id = e.template_id "
        "WHERE t.reply_decision = 'due' AND e.to_mailbox_id = :mailbox AND t.id > :after "
        "ORDER BY t.id LIMIT 100",
        store::values(mailbox_id, after_thread)
    );
}

void set_reply(
    store::Connection& connection,
    std::int64_t original_email_id,
    const std::string& decision,
    const std::optional<std::string>& reply_message_id
) {
    connection.execute(
        "UPDATE warmup_threads SET reply_decision = :decision, "
        "reply_message_id = COALESCE(:reply, reply_message_id) WHERE email_id = :id",
        store::values(decision, reply_message_id, original_email_id)
    );
}

void settle_replies(store::Connection& connection) {
    connection.execute(
        "UPDATE emails_warmup SET outcome = 'replied' WHERE outcome = 'none' AND id IN "
        "(SELECT t.email_id FROM warmup_threads t "
        "JOIN emails_warmup r ON r.message_id = t.reply_message_id "
        "WHERE t.reply_decision = 'prepared' AND r.status = 'accepted')"
    );
    for (const auto& [ending, decision] :
         {std::pair("accepted", "replied"),
          std::pair("refused", "not sent: refused"),
          std::pair("cancelled", "not sent: cancelled")})
        connection.execute(
            "UPDATE warmup_threads SET reply_decision = :decision "
            "WHERE reply_decision = 'prepared' AND EXISTS (SELECT 1 FROM emails_warmup r "
            "WHERE r.message_id = reply_message_id AND r.status = :ending "
            "AND r.email_type = 'warmup_reply')",
            store::values(decision, ending)
        );
}

std::int64_t settle_found(store::Connection& connection) {
    const std::int64_t settled = connection.execute(
        "UPDATE emails_warmup SET status = 'accepted', sent_at = intent_at, "
        "server_reply = 'no reply recorded; found in the receiving mailbox' "
        "WHERE status = 'in_doubt' AND EXISTS "
        "(SELECT 1 FROM warmup_threads t WHERE t.email_id = emails_warmup.id)"
    );
    if (settled > 0)
        connection.execute(
            "DELETE FROM emails_warmup_raw WHERE EXISTS (SELECT 1 FROM emails_warmup e "
            "WHERE e.id = email_id AND e.status = 'accepted' AND e.sent_copy <> 'due' "
            "AND e.sent_copy <> 'appending')"
        );
    return settled;
}

std::int64_t pair_replies_since(
    store::Connection& connection,
    std::int64_t from_mailbox,
    std::int64_t to_mailbox,
    base::Timestamp day_start
) {
    return connection.integer(
        "SELECT COUNT(*) FROM emails_warmup WHERE email_type = 'warmup_reply' AND from_mailbox_id "
        "= :seed "
        "AND to_mailbox_id = :sender AND created_at >= :start",
        store::values(from_mailbox, to_mailbox, day_start)
    );
}

std::int64_t pair_replies_due(
    store::Connection& connection, std::int64_t from_mailbox, std::int64_t to_mailbox
) {
    return connection.integer(
        "SELECT COUNT(*) FROM warmup_threads t JOIN emails_warmup e ON e.id = t.email_id "
        "WHERE t.reply_decision = 'due' "
        "AND e.to_mailbox_id = :seed AND e.from_mailbox_id = :sender",
        store::values(from_mailbox, to_mailbox)
    );
}

bool is_measured(
    store::Connection& connection, std::int64_t one_mailbox, std::int64_t other_mailbox
) {
    return connection.integer(
               "SELECT COUNT(*) FROM mailboxes WHERE mode = 'measure' AND id IN (:one, :other)",
               store::values(one_mailbox, other_mailbox)
           ) > 0;
}

std::optional<std::string> sent_text(store::Connection& connection, const OurMail& mail) {
    if (!mail.template_id) return mail.body;
    return connection.text(
        "SELECT body FROM warmup_email_drafts WHERE id = :id ORDER BY id",
        store::values(*mail.template_id)
    );
}

}  // namespace warmup
