// Records one message that came back and carries out what follows from it, in one transaction: the
// match, the decision (consequences.h), suppression, lead, mail, ledger, campaign_replies and
// inbound_seen.
//
//   Returned returned = returned_of(incoming, mint);          // no store
//   … db.run(Role::campaign, [=](c) { return record_returned(c, returned); });
//
// The same message in two folders, or read again after a crash, counts once.
#pragma once
#include <optional>
#include <string>

#include "campaign/consequences.h"
#include "campaign/matching.h"
#include "inbound/handler.h"

namespace campaign {

struct Returned {
    std::int64_t mailbox_id = 0;
    inbound::Place place;
    base::Timestamp found_at;
    inbound::Classified what;
    bool is_receipt = false;
    Clues clues;
    std::string from;
    std::string subject;
    std::string message_id;  // where it has none, one made from what it says
    std::string references;
    std::string text;
    std::vector<base::MessageId> ids;  // In-Reply-To and References, as they stand
};
// What came by its headers only is a stranger's mail whose subject asks to stop.
Returned returned_of(const inbound::Incoming& incoming, const delivery::TokenMint& mint);

struct Recorded {
    bool fresh = false;  // else it was recorded before
    bool matched = false;
    bool kept = false;  // in campaign_replies
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
