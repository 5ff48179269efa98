// The mailboxes that campaigns may send from in this pass, with budget and clock; and why the
// others may not, noted in the ledger when it changes.
#pragma once
#include <memory>
#include <string>
#include <vector>

#include "campaign/claim.h"
#include "campaign/context.h"

namespace campaign {

struct Sender {
    mailbox::Mailbox mailbox;
    SenderState state;
    int campaign_cap = 0;
    bool initials = true;  // false: only what is bound to its account
};

// Why a mailbox sends nothing at present.
struct MailboxHold {
    std::string mailbox;
    std::string reason;
};

struct SenderList {
    std::vector<Sender> senders;
    std::vector<MailboxHold> holds;
    std::vector<std::string> problems;
    std::shared_ptr<const Plans> plans;
    std::optional<std::string> halted;  // why nothing at all may leave
};

base::Task<SenderList> read_senders(Context context);

// Claims for these mailboxes in one job, at most `limit` drafts.
std::vector<ClaimResult> claim_some(
    store::Connection& connection,
    const std::vector<Sender>& senders,
    const ClaimRules& rules,
    int limit,
    base::Timestamp now
);

}  // namespace campaign
