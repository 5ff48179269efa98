// What claims read of the store, and its SQL, each as one statement. Inside a job, campaign role.
#pragma once
#include <set>
#include <string>
#include <vector>

#include "campaign/claim_rules.h"
#include "store/connection.h"

namespace campaign {

// The statement by which a claim finds its drafts: what is bound to an account, or what is free of
// a campaign, the one that waits longest first.
std::string claim_sql(bool bound);
std::vector<Candidate> bound_candidates(
    store::Connection& connection, const std::string& account, int count_max, base::Timestamp now
);
std::vector<Candidate> free_candidates(
    store::Connection& connection, std::int64_t campaign_id, int count_max, base::Timestamp now
);

// Those of these accounts that hold a claim whose lease runs.
std::string busy_sql(std::size_t accounts);
std::set<std::string> busy_accounts(
    store::Connection& connection, const std::vector<std::string>& accounts, base::Timestamp now
);

struct OrganisationCounts {
    int of_day = 0;  // mails to it since its day began, and claims that are to become one
    int leads = 0;   // of it in sequence; one whose first mail is claimed counts
};
BOOST_DESCRIBE_STRUCT(OrganisationCounts, (), (of_day, leads))
const std::string& organisation_sql();
OrganisationCounts organisation_counts(
    store::Connection& connection,
    const std::string& organisation,
    base::Timestamp day,
    base::Timestamp now
);

// Claims a draft by compare-and-set on status and token, and yields it as it stands then.
const std::string& take_sql();

}  // namespace campaign
