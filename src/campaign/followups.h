// Follow-ups: when one is to be written, and in which thread it goes.
//
// A follow-up is written when it is due, from the account of the first mail. In the thread its
// subject is exactly `Re: ` + the first subject, and In-Reply-To names the Message-ID that the
// lead's side knows: some providers replace ours. While that id is unknown the follow-up waits, at
// most Limits::thread_id_wait beyond its time; then it opens a thread of its own.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/task.h"
#include "base/time.h"
#include "campaign/context.h"
#include "store/connection.h"

namespace campaign {

// Writes, reviews and stores one draft, and returns its id (DraftWriter does).
class FollowUpWriter {
  public:
    virtual ~FollowUpWriter() = default;
    virtual base::Task<base::Result<std::int64_t>> write(std::int64_t lead_id, int step) = 0;
};

// The thread a follow-up of this lead goes into.
struct ThreadPlan {
    std::string from_account;  // of the first mail; the draft's from_account
    bool same_thread = false;
    // Same thread: `Re: ` + the first subject, to be kept letter by letter. In a thread that had to
    // be opened because the first one's id stayed unknown: the first subject, for a text without.
    std::string subject;
    std::string in_reply_to;  // "<id>"; empty in a new thread
    std::string references;   // "<id> <id>"
    // The id is not known yet: write nothing before.
    std::optional<base::Timestamp> wait_until;
};
// conflict where the lead has no first mail, or the mailbox it went from was removed.
base::Result<ThreadPlan> thread_for(
    store::Connection& connection,
    std::int64_t lead_id,
    int step,
    bool same_thread,
    const Limits& limits,
    base::Timestamp now
);

// Account mismatch protection at write: conflict where a follow-up of this lead would go from
// another account than its first mail.
base::Result<> right_account(
    store::Connection& connection, std::int64_t lead_id, const std::string& from_account
);

struct DueFollowup {
    std::int64_t lead_id = 0;
    int step = 0;
    base::Timestamp due_at;
};

// Leads of running campaigns whose next step is due and has no draft yet.
struct FollowupLook {
    struct Ending {
        std::int64_t lead_id = 0;
        std::string status;
        std::string reason;
    };
    struct Wait {
        std::int64_t lead_id = 0;
        base::Timestamp until;
    };
    std::vector<DueFollowup> write;  // the longest due first
    std::vector<Ending> endings;     // leads that get nothing more
    std::vector<Wait> waits;         // what cannot be written yet
};
// Reads only; of each campaign at most `count_max` leads, and so many to write in all.
FollowupLook look_at_followups(
    store::Connection& connection, const Limits& limits, base::Timestamp now, int count_max
);
// Ends and puts off what the look says.
void put_off_followups(
    store::Connection& connection, const FollowupLook& look, base::Timestamp now
);

// Whether a provider sends mails on under the Message-ID that they were handed over with.
bool keeps_message_ids(const std::string& provider);
// The id that a server's 250 names as its own ("250 2.0.0 OK <id@host>"), if any.
std::optional<std::string> message_id_in_reply(const std::string& server_reply);

}  // namespace campaign
