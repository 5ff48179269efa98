// Campaign drafts to measure with: leads, ready drafts and mailboxes in a store of their own.
#pragma once
#include "campaign/claim.h"
#include "campaign/context.h"
#include "mailbox/mailboxes.h"
#include "store/database.h"

namespace bench {

struct DraftLoad {
    int mailboxes = 1;
    int campaigns = 1;
    std::int64_t drafts = 1000;
    bool html = true;
    std::string host = "127.0.0.1";
    std::uint16_t port = 993;
};

// Every tenth draft is a follow-up bound to a mailbox, its lead in sequence there; the others are
// first mails that any may take. Each lead is alone in its company.
base::Task<> fill_drafts(
    store::Database& db, DraftLoad load, const mailbox::Vault& vault, base::Random& random
);

// No hours, gaps or caps: as fast as it goes, everything else as in the product.
campaign::Limits free_limits();
base::Task<campaign::ClaimRules> rules_for(store::Database& db, campaign::Limits limits);
base::Task<std::vector<mailbox::Mailbox>> senders_of(
    store::Database& db, const mailbox::Vault& vault
);
// As the watcher leaves it after a look into every mailbox.
base::Task<> note_looks(store::Database& db, base::Timestamp at);

}  // namespace bench
