// The worker that sends drafts: one pass claims at most one draft for each mailbox that is due, and
// sends them side by side.
//
//   SendWorker worker(context, hooks, "host:1234");
//   const PassResult result = co_await worker.pass({.limit = 20});
//
// Any number of workers may run, in one process or in several on one PostgreSQL: leases guard the
// drafts (claim.h), not a lock. A worker that dies leaves claims that come back when their lease
// ends (settle.h). Errors: what concerns one mail is in its draft and in the ledger; a lost
// database is thrown.
#pragma once
#include <string>
#include <vector>

#include "campaign/campaign_mail.h"
#include "campaign/claim.h"
#include "campaign/context.h"
#include "campaign/followups.h"
#include "campaign/sender_list.h"
#include "campaign/settle.h"
#include "delivery/delivery.h"

namespace campaign {

struct WorkerHooks {
    UnsubscribeHeaders unsubscribe;
    // Null: drafts are left alone; who keeps them writes the follow-ups that are due, and reviews
    // again what has lain for long (as the service does in a task of its own).
    FollowUpWriter* writer = nullptr;
};

struct PassOptions {
    int limit = 1'000'000;  // mails
    // Nothing is begun after it, and what is under way ends.
    base::MonotonicTime deadline = base::MonotonicTime::max();
};

struct PassResult {
    int campaigns = 0;  // running
    int written = 0;    // follow-ups
    int claimed = 0;
    int sent = 0;
    int requeued = 0;  // to be tried again later
    int failed = 0;
    int cancelled = 0;  // must not leave any more
    int in_doubt = 0;
    int put_off = 0;       // drafts that may not leave now
    bool stopped = false;  // all sending is stopped
    std::vector<MailboxHold> holds;
    std::vector<std::string> problems;
    std::string note;  // where there is nothing to do, why
    // When the next mailbox may send; nothing where none will.
    std::optional<base::Timestamp> next_at;
};

class SendWorker {
  public:
    // `owner` names this worker among all others (claimed_by).
    SendWorker(Context context, WorkerHooks hooks, std::string owner);
    base::Task<PassResult> pass(PassOptions options);

  private:
    struct Run;
    base::Task<> settle_all();
    base::Task<> review_old_drafts();
    base::Task<> read_world(Run& run);
    base::Task<> send_copies(Run& run);
    base::Task<> write_followups(Run& run);
    base::Task<std::vector<Claim>> claim_all(Run& run);
    base::Task<std::vector<delivery::Prepared>> prepare_all(Run& run, std::vector<Claim>& claims);
    base::Task<> give_up(std::int64_t draft_id, std::int64_t lead_id, std::string reason);
    base::Task<> send_one(Run& run, Claim claim, delivery::Prepared email);

    Context context_;
    WorkerHooks hooks_;
    std::string owner_;
    delivery::Delivery delivery_;
};

}  // namespace campaign
