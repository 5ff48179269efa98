// Carries `sent_copy = auto` out in one mailbox: looks into its Sent folder, learns, appends
// (delivery/sent_copy.h decides).
//
// Works on a client that its caller lends, and leaves another folder selected. A copy is appended
// only for a row that is accepted, after `appending` was committed, and only when it is not there;
// so dying anywhere leads to no second copy. Errors: a session that failed; what the server refuses
// is given up and logged. A lost database is thrown.
#pragma once
#include "base/clock.h"
#include "delivery/sent_copy.h"
#include "imap/client.h"
#include "store/database.h"

namespace delivery {

class SentKeeper {
  public:
    SentKeeper(store::Database& db, base::Clock& clock, Side side);

    // One look, for all mails of this mailbox that need one. `sent_folder` is the account's;
    // nothing where it has none.
    base::Task<base::Result<>> look(
        imap::Client& client,
        std::int64_t mailbox_id,
        std::optional<std::string> sent_folder,
        base::MonotonicTime deadline
    );

  private:
    base::Task<base::Result<bool>> is_there(
        imap::Client& client, SentMail mail, base::MonotonicTime deadline
    );
    base::Task<base::Result<>> append(
        imap::Client& client, SentMail mail, std::string folder, base::MonotonicTime deadline
    );
    base::Task<> record(std::int64_t mailbox_id, SentMail mail, SentCopyStep step);
    base::Task<> end(std::int64_t email_id, std::string how);
    store::Role role() const;

    store::Database& db_;
    base::Clock& clock_;
    Side side_;
};

}  // namespace delivery
