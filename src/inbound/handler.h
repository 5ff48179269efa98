// The side that incoming mail is handed to. inbound/ finds and reads, the side decides and records.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "base/task.h"
#include "inbound/folders.h"
#include "inbound/marks.h"
#include "mailbox/mailbox.h"
#include "mime/message.h"
#include "store/database.h"

namespace inbound {

// Where a message lies.
struct Place {
    FolderKind kind = FolderKind::inbox;
    std::string folder;
    std::uint32_t uidvalidity = 0;
    std::uint32_t uid = 0;
    std::string tab;  // Gmail's category, empty elsewhere
};

// A new message as far as its headers tell.
struct Candidate {
    std::string token;  // value of the token header, empty where absent
    std::optional<base::MessageId> message_id;
    std::optional<base::Email> from;
};

// A message of ours, read in full.
struct Incoming {
    std::int64_t email_id = 0;  // the row it was sent from
    mailbox::Mailbox mailbox;
    Place place;
    Marks marks;  // flags and labels it was found with
    mime::Message message;
    base::Timestamp found_at;
};

class Handler {
  public:
    virtual ~Handler() = default;
    // The role whose connection keeps the cursors.
    virtual store::Role role() const = 0;
    // For each candidate the row it was sent from, if it is provably ours and was sent to this
    // mailbox: by token, then by Message-ID, and from the mailbox that the row names (a stranger
    // may copy the rest). All Mail also shows what the mailbox itself has sent.
    virtual base::Task<std::vector<std::optional<std::int64_t>>> recognise(
        std::int64_t mailbox_id, std::vector<Candidate> candidates
    ) = 0;
    // Records the message once, in one transaction that also writes inbound_seen. Called again for
    // the same message it changes nothing. True where the whole of it proved to be ours: only then
    // may it be marked as read.
    virtual base::Task<bool> handle(Incoming incoming) = 0;
};

}  // namespace inbound
