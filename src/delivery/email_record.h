// One row of emails_warmup or emails_campaign as delivery sees it, and its state machine (DESIGN
// section 5):
//
//   prepared → intent → accepted | refused | in_doubt
//   intent → not_accepted → prepared     proven: the server's own refusal to the dot, or no dot
//   written in_doubt → accepted                  found in the receiving mailbox
//
// All functions run inside the caller's job, on the caller's role, and change a row only from the
// status that the state machine allows (else they return false or conflict).
#pragma once
#include <boost/describe/class.hpp>
#include <string>
#include <utility>
#include <vector>

#include "base/email.h"
#include "base/message_id.h"
#include "base/result.h"
#include "base/time.h"
#include "delivery/token.h"
#include "store/connection.h"

namespace delivery {

struct NewEmail {
    std::string email_type;  // "warmup_bidirectional", "warmup_reply", "initial", "followup"
    base::Email from;
    base::Email to;
    std::int64_t from_mailbox_id = 0;
    std::string subject;
    base::MessageId message_id;
    std::optional<base::MessageId> in_reply_to;
    std::vector<base::MessageId> references;
    std::string send_key;
    std::string token;
    std::string raw;  // ASCII with CRLF line ends
    // The side's own columns, such as {"template_id", 7}.
    std::vector<std::pair<std::string, store::Value>> own_columns;
};

struct EmailRecord {
    std::int64_t id = 0;
    std::string email_type;
    std::string from_;
    std::string to_;
    std::int64_t from_mailbox_id = 0;
    std::string subject;
    std::string message_id;
    std::string status;
    std::string token;
    std::string send_key;
    std::optional<std::string> raw;
    std::string raw_sha256;
    std::int64_t attempts = 0;
    std::optional<base::Timestamp> not_before;
    base::Timestamp created_at;
    std::optional<base::Timestamp> intent_at;
    std::optional<base::Timestamp> sent_at;
    std::optional<std::string> server_reply;
    std::optional<std::string> error_message;
};
BOOST_DESCRIBE_STRUCT(
    EmailRecord,
    (),
    (id,
     email_type,
     from_,
     to_,
     from_mailbox_id,
     subject,
     message_id,
     status,
     token,
     send_key,
     raw,
     raw_sha256,
     attempts,
     not_before,
     created_at,
     intent_at,
     sent_at,
     server_reply,
     error_message)
)

// Stores a message as `prepared` and returns its id. StoreError::unique where the send key is
// known.
std::int64_t prepare(
    store::Connection& connection, Side side, const NewEmail& email, base::Timestamp now
);

std::optional<EmailRecord> find(store::Connection& connection, Side side, std::int64_t id);
// How often a message was tried in vain.
std::int64_t attempts_of(store::Connection& connection, Side side, std::int64_t id);
// Rows of one status, oldest first, at most `count_max`.
std::vector<EmailRecord> with_status(
    store::Connection& connection, Side side, std::string_view status, int count_max
);

// Of these, the prepared ones that no server has put off beyond `now`.
std::vector<EmailRecord> prepared_and_due(
    store::Connection& connection, Side side, base::Timestamp now, int count_max
);

// What emails_*.raw_sha256 holds of these bytes.
std::string hash_of(std::string_view raw);
// prepared → intent, for the bytes that are about to leave. conflict where the row is in another
// status; storage where it was prepared with other bytes.
base::Result<> mark_intent(
    store::Connection& connection,
    Side side,
    std::int64_t id,
    const std::string& hash,
    base::Timestamp now
);
// Whether it is on its way: its intent was committed, and no end is recorded.
bool has_intent(store::Connection& connection, Side side, std::int64_t id);
// intent → accepted (in_doubt and parked too: another process may have given our intent up
// meanwhile, or even have found the mail: an accepted row stays as it is).
bool mark_accepted(
    store::Connection& connection,
    Side side,
    std::int64_t id,
    base::Timestamp now,
    const std::string& server_reply
);
// prepared or intent → refused (for good).
bool mark_refused(
    store::Connection& connection, Side side, std::int64_t id, const std::string& server_reply
);
// The message did not leave, which is proven: intent → not_accepted → prepared where the intent was
// the caller's own, else prepared stays; the reason is kept, and the time before
// which a server wants to see nothing of it (none: at once). The attempt is counted where it
// reached a server: what a dead network holds up must not be given up as put off too often.
bool mark_not_sent(
    store::Connection& connection,
    Side side,
    std::int64_t id,
    bool own_intent,
    const std::string& reason,
    std::optional<base::Timestamp> not_before = std::nullopt,
    bool reached_server = true
);
// prepared → cancelled.
bool cancel(store::Connection& connection, Side side, std::int64_t id, const std::string& reason);
// intent → in_doubt.
bool mark_in_doubt(
    store::Connection& connection, Side side, std::int64_t id, const std::string& reason
);
// in_doubt or parked → accepted, because the receiving mailbox holds it. False where it was not in
// doubt.
bool resolve_found(
    store::Connection& connection, Side side, std::int64_t id, base::Timestamp found_at
);
// The same for other evidence that it was accepted, such as "its copy lies in the Sent folder".
bool resolve_accepted(
    store::Connection& connection,
    Side side,
    std::int64_t id,
    base::Timestamp found_at,
    std::string_view evidence
);

// A crash left these: every row with an intent from before `before` and no result becomes in doubt,
// and counts as sent in its mailbox's budget. Returns how many. Warmup: call it only where no other
// process can be sending (store lock held). Campaign: any time; an intent whose draft is claimed
// under a lease that runs is left alone, and so is an answer that a person has just sent
// (kAnswerPatience).
inline constexpr std::chrono::minutes kAnswerPatience{15};
std::int64_t recover_intents(store::Connection& connection, Side side, base::Timestamp before);

}  // namespace delivery
