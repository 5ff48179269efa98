#include "campaign/unsubscribe.h"

#include <fmt/format.h>

#include "ledger/ledger.h"

namespace campaign {

namespace {

bool stands(store::Connection& connection, std::string_view kind, const std::string& value) {
    return connection.integer(
               "SELECT COUNT(*) FROM suppressions WHERE kind = :kind AND value = :value AND "
               "state = 'active'",
               store::values(kind, value)
           ) > 0;
}

}  // namespace

Unsubscription unsubscription_of(const UnsubscribeClaim& claim, const mailbox::Vault& vault) {
    return {claim.to, claim.campaign_id, suppression_keys(claim.to, vault)};
}

bool unsubscribe(
    store::Connection& connection, const Unsubscription& unsubscription, base::Timestamp now
) {
    if (stands(connection, "hash", unsubscription.keys.hash)) return false;
    const bool known = stands(connection, "address", unsubscription.keys.address_key);
    // Also where it is known: a lead that was added since then has to stop too.
    const std::string note =
        fmt::format("one-click link in a mail of campaign {}", unsubscription.campaign_id);
    suppress(connection, unsubscription.to, "unsubscribe", note, false, now);
    if (!known)
        ledger::append(
            connection,
            {now,
             "campaign",
             "campaign",
             unsubscription.campaign_id,
             "unsubscribed",
             "a recipient used the one-click link",
             "{}"}
        );
    return !known;
}

}  // namespace campaign
