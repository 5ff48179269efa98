// Whether a row may become a lead, and with which status. Pure: what the store and the DNS know is
// handed in.
#pragma once
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "base/email.h"
#include "base/result.h"
#include "campaign/lead_rows.h"
#include "campaign/mail_domains.h"
#include "campaign/records.h"

namespace campaign {

enum class Refusal {
    none,
    unreadable,  // the record itself
    no_address,
    malformed,
    role_address,
    disposable,
    own_mailbox,
    own_domain,
    duplicate_in_file,
    known,            // in this campaign already: no fault
    known_elsewhere,  // in another campaign
    suppressed,
    no_mail_server,
};
// As it stands in reports: "role_address".
std::string_view to_string(Refusal refusal);

struct Refused {
    Refusal refusal = Refusal::none;
    std::string why;  // in words; empty for none
};

// What is the owner's own: no campaign writes to itself.
struct OwnAddresses {
    std::set<std::string, std::less<>> keys;
    std::set<std::string, std::less<>> organisations;
};

struct CheckWishes {
    bool allow_roles = false;
};

// All that the address itself shows: syntax, whose it is, what kind.
Refused check_row(const LeadRow& row, const OwnAddresses& own, const CheckWishes& wishes);
bool is_role_address(std::string_view local_part);
bool is_disposable(std::string_view domain);

// What its domain's servers show; an unknown verdict is no refusal.
Refused check_domain(const MailDomain& domain);

// The lead that a good row becomes: key, organisation, provider; its status is by status_of.
Lead lead_of(const LeadRow& row, const base::Email& email, const MailDomain& domain);

// Why its owner must state a basis before a mail goes there: a consent-first country (by the lead's
// country, else by the domain's ending) or a free-mail address. Nothing: no need.
std::optional<std::string> basis_needed(const Lead& lead);

// What a lead of status new waits for, as it stands in its reason: an answer about its domain
// (lead_recheck.h), the word of the campaign's verifier (verification.h), or both. The words about
// the verifier are for people: whether it is waited for is asked of the campaign and of
// leads.verified_at each time (awaits_verifier).
inline constexpr std::string_view kNoAnswer = "its domain's mail servers gave no answer yet";
inline constexpr std::string_view kUnverified = "the verifier was not asked yet";
bool waits_for(std::string_view reason, std::string_view what);

struct LeadStatus {
    std::string status;  // new, needs_basis, ready
    std::string reason;
};
// Of a lead of status new: its domain has not answered yet. One without a reason came from another
// system, and nobody has asked.
bool awaits_domain(std::string_view reason);
// Once it has its basis.
LeadStatus status_after(bool domain_unanswered, bool verify);
// A lead that comes in; `verify`: its campaign has a verifier.
LeadStatus status_of(const Lead& lead, MailDomain::Verdict verdict, bool verify);

}  // namespace campaign
