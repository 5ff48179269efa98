// The table `leads`. Everything here runs inside a job: writing on the campaign role, reading on
// the operator's too. No function touches more than 500 rows.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "campaign/records.h"
#include "store/connection.h"

namespace campaign {

inline constexpr int kLeadsPage = 500;

std::optional<Lead> lead_by_id(store::Connection& connection, std::int64_t id);
// All leads of an address, in whatever campaign.
std::vector<Lead> leads_by_key(store::Connection& connection, std::string_view email_key);
// A page of a campaign's leads with an id over `after`; `status` "" for all.
std::vector<Lead> leads_of_campaign(
    store::Connection& connection,
    std::int64_t campaign_id,
    std::string_view status,
    std::int64_t after,
    int count_max = kLeadsPage
);

struct StatusCount {
    std::string status;
    std::int64_t count = 0;
};
BOOST_DESCRIBE_STRUCT(StatusCount, (), (status, count))
std::vector<StatusCount> lead_counts(store::Connection& connection, std::int64_t campaign_id);

// Adds a lead (its id is ignored) and returns the new id.
std::int64_t add_lead(store::Connection& connection, const Lead& lead);

// True for a lead that may still get a mail: new, needs_basis, ready, active.
bool may_go_on(std::string_view status);

// Ends a lead's sequence: sets the status (replied, bounced, unsubscribed, complained, stopped,
// finished) with the reason, takes back what comes next, cancels its drafts that are written or
// being written, and notes it in the ledger. A status that weighs more stays (complained over
// unsubscribed over bounced over replied over stopped and finished; erased over all), but drafts
// are cancelled all the same. A draft that a worker has claimed is left to that worker: its
// precondition looks at the lead again.
void stop_lead(
    store::Connection& connection,
    std::int64_t lead_id,
    std::string_view status,
    std::string_view reason,
    base::Timestamp now
);

// Cancels drafts of the lead that are `generating` or `ready_to_send`; returns how many.
std::int64_t cancel_open_drafts(
    store::Connection& connection, std::int64_t lead_id, std::string_view reason
);

}  // namespace campaign
