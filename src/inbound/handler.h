// The sides that incoming mail is handed to. inbound/ finds and reads, a side decides and records.
//
// One look at a mailbox serves several handlers: headers are fetched once and offered to each, and
// what any of them wants in full is fetched once too. Each has its own cursors (imap_cursors.side
// is its role): it is offered what lies beyond them, and they move when it has committed. A side
// that was not there during a look catches up in the next one that serves it.
#pragma once
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/task.h"
#include "imap/client.h"
#include "inbound/candidate.h"
#include "inbound/folders.h"
#include "inbound/marks.h"
#include "mailbox/mailbox.h"
#include "mime/message.h"
#include "store/database.h"

namespace inbound {

// What a handler wants of a candidate. Of a person's mail nothing but the headers is read: `full`
// is for what belongs to a mail of ours, or is a delivery report (looks_like_report).
enum class Reading {
    nothing,  // not its business
    headers,  // handed over as it is: Incoming::message has the headers only
    full,
};
struct Choice {
    Reading reading = Reading::nothing;
    // The row that the message was sent from, where that is known by now; 0: read to decide. What
    // has a row and lies in the inbox or in spam too is left to those folders.
    std::int64_t email_id = 0;
};

// A message that a handler has asked for.
struct Incoming {
    std::int64_t email_id = 0;  // as the choice said
    mailbox::Mailbox mailbox;
    Place place;
    Marks marks;  // flags and labels it was found with; none where only headers were read
    mime::Message message;
    bool headers_only = false;
    base::Timestamp found_at;
    std::uint64_t gmail_thread_id = 0;  // 0 at other providers
};

struct Handled {
    bool ours = false;  // it belongs to a mail of this side
    // The whole of it proved to be ours: it may be marked as read. Never for a person's mail.
    bool may_mark_seen = false;
};

class Handler {
  public:
    virtual ~Handler() = default;
    // The role whose connection keeps the cursors.
    virtual store::Role role() const = 0;
    // The Sent folder is looked into only for those who want it.
    virtual bool wants(FolderKind kind) const { return kind != FolderKind::sent; }
    // One choice a candidate, in their order. Changes nothing.
    virtual base::Task<std::vector<Choice>> recognise(
        std::int64_t mailbox_id, std::vector<Candidate> candidates
    ) = 0;
    // Records the message once, in one transaction that also writes inbound_seen. Called again for
    // the same message it changes nothing.
    virtual base::Task<Handled> handle(Incoming incoming) = 0;
    // The side's own work in the mailbox, after a look into all folders, on the look's session.
    virtual base::Task<base::Result<>> after_look(
        imap::Client& client, std::vector<imap::Folder> listing, base::MonotonicTime deadline
    );
};

// Gives a further side's handler for a mailbox; null where it has no business there.
using HandlerFactory = std::function<std::unique_ptr<Handler>(const mailbox::Mailbox&)>;

}  // namespace inbound
