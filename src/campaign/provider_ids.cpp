#include "campaign/provider_ids.h"

namespace campaign {

namespace {

int weight(std::string_view proof) {
    if (proof == "received" || proof == "sent_folder") return 3;
    if (proof == "reply") return 2;
    return proof == "reply_250" ? 1 : 0;
}

}  // namespace

void learn_provider_id(
    store::Connection& connection,
    const SentMail& mail,
    const base::MessageId& id,
    std::string_view proof
) {
    if (weight(proof) <= weight(mail.provider_id_proof)) return;
    connection.execute(
        "UPDATE emails_campaign SET provider_message_id = :id, provider_id_proof = :proof "
        "WHERE id = :email",
        store::values(id.str(), proof, mail.id)
    );
}

void learn_from_answer(
    store::Connection& connection, const SentMail& mail, const std::vector<base::MessageId>& ids
) {
    if (ids.empty()) return;
    const base::MessageId& last = ids.back();
    // It may answer another mail of ours, or the lead's own.
    const std::int64_t others = connection.integer(
        "SELECT COUNT(*) FROM emails_campaign WHERE id <> :id "
        "AND (message_id = :ours OR provider_message_id = :theirs)",
        store::values(mail.id, last.str(), last.str())
    );
    const std::int64_t own_reply = connection.integer(
        "SELECT COUNT(*) FROM campaign_replies WHERE mailbox_id = :mailbox AND message_id = :id",
        store::values(mail.from_mailbox_id, last.str())
    );
    if (others == 0 && own_reply == 0) learn_provider_id(connection, mail, last, "reply");
}

void learn_thread(store::Connection& connection, std::int64_t email_id, std::uint64_t thread_id) {
    if (thread_id == 0) return;
    connection.execute(
        "UPDATE emails_campaign SET provider_thread_id = :thread WHERE id = :id "
        "AND provider_thread_id = ''",
        store::values(std::to_string(thread_id), email_id)
    );
}

}  // namespace campaign
