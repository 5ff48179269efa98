// What the Sent folder of a mailbox that campaigns send from teaches, by headers alone: which
// Message-ID its provider gave our mail, that a mail in doubt was accepted, and how much the person
// behind the mailbox sends by hand (mailbox_human_mail: it counts in the same budget).
#pragma once
#include "delivery/token.h"
#include "inbound/handler.h"
#include "store/connection.h"

namespace campaign {

struct SentCopy {
    std::int64_t mailbox_id = 0;
    inbound::Place place;
    std::vector<std::string> tokens;  // campaign's, of its List-Unsubscribe
    std::optional<base::MessageId> message_id;
    std::vector<base::Email> to;
    base::Timestamp at;  // its Date, where that is believable
    std::uint64_t gmail_thread_id = 0;
    base::Timestamp found_at;
};
SentCopy sent_copy_of(const inbound::Incoming& incoming, const delivery::TokenMint& mint);

enum class SentCopyKind { known, ours, human };
// Once per message, with its inbound_seen row. Where the folder was renumbered (another
// UIDVALIDITY) the person's mail is counted anew.
SentCopyKind record_sent_copy(store::Connection& connection, const SentCopy& copy);

}  // namespace campaign
