// `sent_copy = auto`: most providers file what is sent by SMTP in the Sent folder themselves, some
// do not. Which one a mailbox's is, is learned by looking; where nobody files, we do.
//
// The first accepted mail of a mailbox is looked for in its Sent folder for up to 10 minutes.
// Found: the provider files. Absent: later mails keep their bytes when their 250 is recorded, and
// are APPENDed. A month later the next mail is looked for again. A row says what became of its copy
// (emails_*.sent_copy: none → due → appending → appended | provider | given_up); a copy that we may
// have appended ourselves proves nothing about a send (DESIGN section 5).
//
// The decision is pure; the other functions run inside the caller's job, on the caller's role.
#pragma once
#include <boost/describe/class.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"
#include "delivery/token.h"
#include "store/connection.h"

namespace delivery {

enum class FiledBy { unknown, provider, nobody };
std::string_view to_string(FiledBy filed_by);

// What is known of a mailbox's Sent folder.
struct SentFolder {
    FiledBy filed_by = FiledBy::unknown;
    std::optional<base::Timestamp> learned_at;
};
// True where nothing was learned yet, or a month ago.
bool is_to_be_learned(const SentFolder& known, base::Timestamp now);

struct SentCopyFacts {
    SentFolder known;
    base::Timestamp accepted_at;
    bool due = false;         // its bytes were kept for appending
    bool maybe_ours = false;  // we began to append it, or did
    bool found = false;       // it lies in the Sent folder now
    base::Timestamp now;
};

struct SentCopyStep {
    enum class Kind {
        leave,   // nothing to do
        wait,    // absent so far; look again
        settle,  // it is there, and we put it there
        append,
    } kind = Kind::leave;
    FiledBy learned = FiledBy::unknown;  // what the look has shown; unknown: nothing
};
SentCopyStep decide_sent_copy(const SentCopyFacts& facts);

// Whether a copy in the Sent folder says that the message was sent: not where we may have put it.
bool is_evidence(std::string_view sent_copy);

SentFolder sent_folder_of(store::Connection& connection, std::int64_t mailbox_id);
void learn_sent_folder(
    store::Connection& connection, std::int64_t mailbox_id, FiledBy filed_by, base::Timestamp now
);

// An accepted message whose copy is looked for or appended.
struct SentMail {
    std::int64_t id = 0;
    std::string message_id;
    std::optional<std::string> provider_message_id;
    base::Timestamp sent_at;
    std::string sent_copy;
    std::optional<std::string> raw;
};
BOOST_DESCRIBE_STRUCT(SentMail, (), (id, message_id, provider_message_id, sent_at, sent_copy, raw))
// Those of a mailbox that need a look now: what is to be appended, and the mail to learn from where
// it is time to learn. At most `count_max`.
std::vector<SentMail> copies_to_look_for(
    store::Connection& connection,
    Side side,
    std::int64_t mailbox_id,
    base::Timestamp now,
    int count_max = 50
);
// due → appending, before the first byte goes out; false where the row is in another state.
bool begin_append(store::Connection& connection, Side side, std::int64_t id);
// Ends a copy: "appended", "provider" or "given_up". The bytes are let go.
void end_copy(store::Connection& connection, Side side, std::int64_t id, std::string_view how);
// The owner does not want copies any more: nothing is due, nothing is known.
void forget_sent_copies(store::Connection& connection, Side side);

}  // namespace delivery
