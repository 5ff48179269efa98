// Whom we never write to again: addresses, whole domains, and keyed hashes of addresses that were
// erased. Everything here runs inside a job on the campaign role (reading: the operator too).
#pragma once
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/email.h"
#include "base/result.h"
#include "base/time.h"
#include "mailbox/vault.h"
#include "store/connection.h"

namespace campaign {

// All under which an address may be suppressed. Made outside of jobs: it needs the vault.
struct SuppressionKeys {
    std::string address_key;
    std::vector<std::string> domains;  // the domain and its parents (domain_and_parents)
    std::string hash;                  // what stays of an erased address
};
SuppressionKeys suppression_keys(const base::Email& email, const mailbox::Vault& vault);
// The hash alone, of an address key.
std::string suppression_hash(std::string_view address_key, const mailbox::Vault& vault);

// Why nothing may be sent there ("unsubscribe", "bounce", …); nothing where something may. What
// waits for the owner's decision counts.
std::optional<std::string> suppressed(store::Connection& connection, const SuppressionKeys& keys);
// The same as a SELECT of one value and what fills its places, for a statement that asks for more.
std::string suppressed_sql(const SuppressionKeys& keys);
void add_values(store::Values& values, const SuppressionKeys& keys);

// Never again to this address. `reason`: bounce, unsubscribe, complaint, owner, import. Stops every
// lead of the address in every campaign (stop_lead), with the status that the reason asks for.
// `pending`: an opt-out that proves nothing yet; its leads are stopped too until `decide`. What is
// suppressed already stays as it is, but for a pending one that becomes certain. True where it is
// new.
bool suppress(
    store::Connection& connection,
    const base::Email& email,
    std::string_view reason,
    std::string_view note,
    bool pending,
    base::Timestamp now
);

// The same for a whole domain and all below it, in ASCII. Its leads are stopped by
// stop_leads_of_domains, in jobs of their own.
bool suppress_domain(
    store::Connection& connection,
    std::string_view domain,
    std::string_view reason,
    std::string_view note,
    base::Timestamp now
);

// An address, or a domain with all below it, as lists of whom not to write to name them.
struct ToSuppress {
    base::Email email;   // empty: a domain
    std::string domain;  // in ASCII
};
// "ann@example.com", "example.com", "@example.com", "*.example.com"; invalid_input says that it is
// neither.
base::Result<ToSuppress> read_suppressed(std::string_view text);
bool suppress(
    store::Connection& connection,
    const ToSuppress& value,
    std::string_view reason,
    std::string_view note,
    base::Timestamp now
);

using DomainSet = std::set<std::string, std::less<>>;
// Looks at up to 100 leads with an id over `after`, and stops those at or below one of the domains.
// The last id that was looked at; 0 at the end.
std::int64_t stop_leads_of_domains(
    store::Connection& connection,
    const DomainSet& domains,
    std::string_view reason,
    std::int64_t after,
    base::Timestamp now
);

struct Suppression {
    std::int64_t id = 0;
    std::string kind;  // address, domain, hash
    std::string value;
    std::string reason;
    std::string state;  // active, pending
    std::string note;
    base::Timestamp created_at;
};
BOOST_DESCRIBE_STRUCT(Suppression, (), (id, kind, value, reason, state, note, created_at))
// At most 500 with an id over `after`, in order of id; `state` and `kind` "" for all.
std::vector<Suppression> list_suppressions(
    store::Connection& connection, std::string_view state, std::string_view kind, std::int64_t after
);

// The owner's word about a pending one: `keep` makes it certain; else it is taken away and its
// leads go on where they stood. False where there is no such pending one.
bool decide(
    store::Connection& connection, const base::Email& email, bool keep, base::Timestamp now
);

// The status of a lead whose address was suppressed for this reason.
std::string_view lead_status_for(std::string_view reason);

}  // namespace campaign
