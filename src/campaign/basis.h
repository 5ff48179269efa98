// Recording on what basis leads may be written to: consent, or a basis the owner states, with who
// and when. A lead that has one keeps it. Inside jobs, at most 500 rows each.
#pragma once
#include <string>
#include <vector>

#include "base/time.h"
#include "store/connection.h"

namespace campaign {

struct BasisOrder {
    std::int64_t campaign_id = 0;
    std::string basis;  // "consent", or the owner's words
    std::string by;
    base::Timestamp now;
};

struct BasisCount {
    std::int64_t recorded = 0;
    std::int64_t freed = 0;    // of these, had waited in needs_basis
    std::int64_t kept = 0;     // had a basis already
    std::int64_t unknown = 0;  // addresses that are no leads of the campaign
    std::int64_t last_id = 0;  // how far a page went; 0 at the end
};

// All leads of the campaign that lack one and are not at their end: the page after `after`.
BasisCount record_basis_page(
    store::Connection& connection, const BasisOrder& order, std::int64_t after
);
// Leads by their address keys, at most 100.
BasisCount record_basis_for(
    store::Connection& connection,
    const BasisOrder& order,
    const std::vector<std::string>& address_keys
);
// The line in the ledger that a whole order leaves.
void note_basis(store::Connection& connection, const BasisOrder& order, const BasisCount& count);

}  // namespace campaign
