// Records one message that came back and carries out what follows from it, in one transaction: the
// match, the decision (consequences.h), suppression, lead, mail, ledger, campaign_replies and
// inbound_seen.
//
//   Returned returned = returned_of(incoming, mint, vault);   // no store
//   … db.run(Role::campaign, [=](c) { return record_returned(c, returned); });
//
// The same message in two folders, or read again after a crash, counts once. Of what a person wrote
// who was erased since nothing is kept; an opt-out by its hash.
#pragma once
#include <optional>
#include <string>

#include "campaign/consequences.h"
#include "campaign/matching.h"
#include "inbound/handler.h"
#include "mailbox/vault.h"

namespace campaign {

struct Returned {
    std::int64_t mailbox_id = 0;
    inbound::Place place;
    base::Timestamp found_at;
    inbound::Classified what;
    bool is_receipt = false;
    bool is_warmups = false;  // a report with a token of warmup's and none of ours
    Clues clues;
    std::string from;
    std::string from_hash;  // suppression_hash of it: all that may stay of an erased person
    std::string subject;
    std::string message_id;  // where it has none, one made from what it says
    std::string references;
    std::string text;
    std::vector<base::MessageId> ids;  // In-Reply-To and References, as they stand
};
// What came by its headers only is a stranger's mail whose subject asks to stop.
Returned returned_of(
    const inbound::Incoming& incoming, const delivery::TokenMint& mint, const mailbox::Vault& vault
);

struct Recorded {
    bool fresh = false;  // else it was recorded before
    bool matched = false;
    bool kept = false;   // in campaign_replies
    bool waits = false;  // for the owner's decision
    std::string kind;
    std::string decision;
};
Recorded record_returned(store::Connection& connection, const Returned& returned);

// inbound_seen of this side; false where it stands there.
bool mark_seen_by_campaign(
    store::Connection& connection,
    std::int64_t mailbox_id,
    const inbound::Place& place,
    base::Timestamp now
);

}  // namespace campaign
