// What follows when the recipient of a campaign mail unsubscribes with one click: the address is
// suppressed everywhere, its leads stop, their drafts are cancelled. Runs inside a job on the
// campaign role; doing it again changes nothing.
#pragma once
#include "campaign/suppression.h"
#include "campaign/unsubscribe_link.h"

namespace campaign {

// Made outside of the job: the keys need the vault.
struct Unsubscription {
    base::Email to;
    std::int64_t campaign_id = 0;
    SuppressionKeys keys;
};
Unsubscription unsubscription_of(const UnsubscribeClaim& claim, const mailbox::Vault& vault);

// True where it is news, false where the address was suppressed for good before. One that was
// erased is not written down again: its hash keeps it suppressed.
bool unsubscribe(
    store::Connection& connection, const Unsubscription& unsubscription, base::Timestamp now
);

}  // namespace campaign
