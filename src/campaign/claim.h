// Claims: which draft a mailbox sends next, taken under a lease (DESIGN section 1).
//
// A claim is compare-and-set on status and claim_token; the token counts the claims of a draft, so
// that a worker whose lease ended can prove to itself that it lost it (preconditions.h). A mailbox
// has at most one live claim: this and the gap clock keep its mails apart, however many workers
// there are. A draft that may not leave now gets `not_before`, so that the next claim does not see
// it; why stands in wait_reason, and in the ledger once per reason. Inside a job, campaign role.
#pragma once
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "campaign/budget.h"
#include "campaign/records.h"
#include "campaign/rotation.h"
#include "campaign/send_window.h"
#include "campaign/settings.h"
#include "delivery/email_record.h"
#include "mailbox/mailbox.h"
#include "store/connection.h"

namespace campaign {

// A running campaign, read once a pass.
struct Plan {
    std::int64_t id = 0;
    std::string name;
    Settings settings;
    SendWindow window;
};
using Plans = std::map<std::int64_t, Plan>;
// The campaigns with status `active`; one whose settings can't be read is left out and named in
// `problems`.
struct PlanListing {
    Plans plans;
    std::vector<std::string> problems;
};
PlanListing read_plans(store::Connection& connection, const Limits& limits);

// What is the same for all claims of a pass.
struct ClaimRules {
    std::string owner;  // names the worker
    Limits limits;
    std::shared_ptr<const Plans> plans;
    std::vector<SenderState> senders;  // all that take part, for the choice by provider
};

struct Claim {
    Draft draft;
    std::string lead_name;
    std::shared_ptr<const Plans> plans;  // holds the draft's plan
    mailbox::Mailbox from;
    std::string owner;
    // The mail that an earlier claim prepared, with its bytes.
    std::optional<delivery::EmailRecord> prepared;
    std::string message_id;  // of its mail, once there is one

    const Plan& plan() const { return plans->at(*draft.campaign_id); }
};

struct ClaimResult {
    std::optional<Claim> claim;
    int put_off = 0;
    int ended = 0;      // failed or cancelled, since they can never leave
    bool more = false;  // looked at as many as one claim may; others wait
};

// A mailbox whose turn it is.
struct ClaimTurn {
    const mailbox::Mailbox* from = nullptr;
    bool initials = true;  // first mails too, not only what is bound to its account
};
// For each of these mailboxes one draft: what is bound to its account first (follow-ups, and mails
// that were prepared for it), then, where `initials`, a first mail. At most `limit` drafts; what
// the claims of a job have in common is read once. No result for turns after the limit.
std::vector<ClaimResult> claim_each(
    store::Connection& connection,
    const std::vector<ClaimTurn>& turns,
    const ClaimRules& rules,
    int limit,
    base::Timestamp now
);
// The same for one.
ClaimResult claim_next(
    store::Connection& connection,
    const mailbox::Mailbox& from,
    bool initials,
    const ClaimRules& rules,
    base::Timestamp now
);

// Stores what was composed of a claim as `prepared`, and returns its id; 0 where the claim is not
// ours any more, or where a mail was made of the draft before: then it fails, and its lead stops.
std::int64_t store_mail(
    store::Connection& connection,
    const Claim& claim,
    const delivery::NewEmail& email,
    base::Timestamp now
);

}  // namespace campaign
