// warmup_filings: what is to be moved in a mailbox, and when. Inside a job, on the warmup role.
//
// Rows are planned from what is stored (a sighting, an accepted mail), so a crash loses none and
// doubles none; a row ends once, with what became of it. `received` and `sent` go into our folder,
// `rescue` from spam into the inbox.
#pragma once
#include "base/time.h"
#include "store/connection.h"

#include <boost/describe/class.hpp>
#include <string>
#include <vector>

namespace warmup {

// Whose mail is filed.
struct FilingScope {
    bool senders = true;
    bool seeds = false;
};

// A handled mail for which nothing is planned yet.
struct Unfiled {
    std::int64_t email_id = 0;
    std::int64_t mailbox_id = 0;  // where the copy lies
    std::string what;             // "received" or "sent"
    base::Timestamp handled_at;
};
BOOST_DESCRIBE_STRUCT(Unfiled, (), (email_id, mailbox_id, what, handled_at))
// Mails found in an inbox, and Sent copies, of active mailboxes in the scope that are not only
// measured; handled since `since`.
std::vector<Unfiled> unfiled_mails(
    store::Connection& connection, FilingScope scope, base::Timestamp since, int count_max = 500
);

// A mail in a seed mailbox's spam folder for which no rescue is planned.
struct InSpam {
    std::int64_t email_id = 0;
    std::int64_t mailbox_id = 0;  // of the seed
    std::int64_t sender_id = 0;
    base::Timestamp found_at;
    bool proven = false;
};
BOOST_DESCRIBE_STRUCT(InSpam, (), (email_id, mailbox_id, sender_id, found_at, proven))
std::vector<InSpam> mails_in_spam(
    store::Connection& connection, base::Timestamp since, int count_max = 500
);
// Rescues planned for a sender's mail since `day_start`.
std::int64_t rescues_since(
    store::Connection& connection, std::int64_t sender_id, base::Timestamp day_start
);

// Plans one; again it changes nothing.
void add_filing(
    store::Connection& connection, const Unfiled& mail, base::Timestamp due_at, base::Timestamp now
);

struct DueFiling {
    std::int64_t id = 0;
    std::int64_t email_id = 0;
    std::string what;
    std::int64_t attempts = 0;
    std::string message_id;
    std::string provider_message_id;  // empty where the provider kept ours
    std::string token;
    // Where it was first seen; of a Sent copy empty and 0.
    std::string folder_name;
    std::int64_t uidvalidity = 0;
    std::int64_t uid = 0;
    std::string marks;
};
BOOST_DESCRIBE_STRUCT(
    DueFiling,
    (),
    (id,
     email_id,
     what,
     attempts,
     message_id,
     provider_message_id,
     token,
     folder_name,
     uidvalidity,
     uid,
     marks)
)
// Those of a mailbox that are due at `now`, oldest first. A Sent copy that we still have to put
// there waits for it.
std::vector<DueFiling> due_filings(
    store::Connection& connection, std::int64_t mailbox_id, base::Timestamp now, int count_max = 200
);
// Ends a filing, or counts an attempt that may work another time.
void end_filing(
    store::Connection& connection, std::int64_t id, const std::string& result, base::Timestamp now
);
void count_attempt(store::Connection& connection, std::int64_t id, const std::string& result);

}  // namespace warmup
