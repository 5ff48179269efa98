// Messages in doubt whose copy lies in the Sent folder: their provider filed it when it took them,
// so they were accepted (DESIGN section 5).
//
// Works on a client that its caller lends, and leaves another folder selected. Looks by Message-ID
// and, where a provider replaces that, by token. An empty folder proves nothing: the message stays
// in doubt; and a copy that we may have put there ourselves is no evidence (is_evidence). Errors: a
// session that failed. A lost database is thrown.
#pragma once
#include "base/clock.h"
#include "delivery/sent_copy.h"
#include "imap/client.h"
#include "store/database.h"

namespace delivery {

struct SentEvidenceTask {
    Side side = Side::warmup;
    std::int64_t mailbox_id = 0;
    std::optional<std::string> sent_folder;  // the account's; nothing where it has none
    std::string token_header;                // that this side's tokens stand in
};

// How many are in doubt no longer.
base::Task<base::Result<int>> settle_by_sent_folder(
    store::Database& db,
    base::Clock& clock,
    imap::Client& client,
    SentEvidenceTask task,
    base::MonotonicTime deadline
);

}  // namespace delivery
