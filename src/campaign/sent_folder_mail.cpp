#include "campaign/sent_folder_mail.h"

#include "campaign/address_key.h"
#include "campaign/matching.h"
#include "campaign/provider_ids.h"
#include "campaign/returned_mail.h"
#include "delivery/email_record.h"
#include "delivery/sent_copy.h"
#include "inbound/cursors.h"

namespace campaign {

namespace {

constexpr std::int64_t kHour = 3'600'000'000;
// An answer of ours that lost its Message-ID on the way is told by recipient and time.
constexpr base::Duration kAnswerWithin = std::chrono::minutes(10);

std::optional<SentMail> mail_of(store::Connection& connection, const SentCopy& copy) {
    Clues clues;
    clues.tokens = copy.tokens;
    if (copy.message_id) clues.ids = {*copy.message_id};
    const auto match = find_named(connection, clues, copy.mailbox_id);
    if (match && match->is_proof()) return match->mail;
    const auto answers = connection.select<SentMail>(
        "SELECT " + store::column_list<SentMail>() +
            " FROM emails_campaign WHERE from_mailbox_id = :box AND sent_at >= :from "
            "AND sent_at <= :until AND email_type = 'answer' ORDER BY id LIMIT 20",
        store::values(copy.mailbox_id, copy.at - kAnswerWithin, copy.at + kAnswerWithin)
    );
    for (const SentMail& answer : answers)
        for (const base::Email& to : copy.to)
            if (const auto sent_to = base::Email::parse(answer.to_);
                sent_to && address_key(*sent_to) == address_key(to))
                return answer;
    return std::nullopt;
}

void learn(store::Connection& connection, const SentCopy& copy, const SentMail& mail) {
    learn_thread(connection, mail.id, copy.gmail_thread_id);
    // A copy that we may have put there ourselves says nothing about the provider.
    if (!delivery::is_evidence(mail.sent_copy)) return;
    delivery::resolve_accepted(
        connection,
        delivery::Side::campaign,
        mail.id,
        copy.found_at,
        "its copy lies in the Sent folder"
    );
    if (copy.message_id) learn_provider_id(connection, mail, *copy.message_id, "sent_folder");
}

void count_human(store::Connection& connection, std::int64_t mailbox_id, base::Timestamp at) {
    connection.execute(
        "INSERT INTO mailbox_human_mail (mailbox_id, hour, count) VALUES (:mailbox, :hour, 1) "
        "ON CONFLICT (mailbox_id, hour) DO UPDATE SET count = mailbox_human_mail.count + 1",
        store::values(mailbox_id, at.micros / kHour)
    );
}

// All that was counted under other numbers is counted again under these.
void forget_renumbered(store::Connection& connection, const SentCopy& copy) {
    if (inbound::forget_other_numbers(
            connection, copy.mailbox_id, copy.place.folder, copy.place.uidvalidity
        ) > 0)
        connection.execute(
            "DELETE FROM mailbox_human_mail WHERE mailbox_id = :mailbox",
            store::values(copy.mailbox_id)
        );
}

}  // namespace

SentCopy sent_copy_of(const inbound::Incoming& incoming, const delivery::TokenMint& mint) {
    SentCopy copy;
    copy.mailbox_id = incoming.mailbox.id;
    copy.place = incoming.place;
    copy.tokens = mint.find(incoming.message.header("List-Unsubscribe"), delivery::Side::campaign);
    copy.message_id = incoming.message.message_id;
    for (const mime::Address& address : incoming.message.to) copy.to.push_back(address.email);
    copy.found_at = incoming.found_at;
    copy.at = std::min(incoming.message.date.value_or(incoming.found_at), incoming.found_at);
    copy.gmail_thread_id = incoming.gmail_thread_id;
    return copy;
}

SentCopyKind record_sent_copy(store::Connection& connection, const SentCopy& copy) {
    forget_renumbered(connection, copy);
    if (!mark_seen_by_campaign(connection, copy.mailbox_id, copy.place, copy.found_at))
        return SentCopyKind::known;
    if (const std::optional<SentMail> mail = mail_of(connection, copy)) {
        learn(connection, copy, *mail);
        return SentCopyKind::ours;
    }
    count_human(connection, copy.mailbox_id, copy.at);
    return SentCopyKind::human;
}

}  // namespace campaign
