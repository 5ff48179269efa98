// Watches one mailbox over IMAP: new messages in every watched folder, handed to the side they
// belong to.
//
// Life cycle: one Watcher a mailbox; pass() as often as wanted (the session stays open between
// passes and is opened anew after a failure); close() at the end. Reading changes nothing: folders
// are examined, bodies peeked at; of other people's mail the headers that name it. Only our own
// messages get \Seen, and only where `mark_seen` says so and no person has answered or starred
// them. Between passes `session` lends the logged-in client to whoever works on in the mailbox, so
// that an account needs one session for everything. The cursor of a folder moves when all handlers
// of its new messages have committed, so a crash in between repeats, and the handler's inbound_seen
// row makes the repetition harmless.
#pragma once
#include <memory>

#include "base/clock.h"
#include "inbound/handler.h"
#include "mailbox/connector.h"

namespace inbound {

struct WatchSettings {
    std::string token_header;             // "X-Qwertyui"
    std::vector<std::string> spam_names;  // of the mailbox's provider
    // How far back the first look into a folder goes.
    base::Duration first_look = std::chrono::hours(24 * 30);
    bool mark_seen = true;  // false: nothing in the mailbox is changed by looking
    std::optional<base::Timestamp> not_before = std::nullopt;  // bounds the first look further
};

struct PassResult {
    std::int64_t mailbox_id = 0;
    int found = 0;  // messages of ours that were handed over
    std::optional<base::Error> error;
};

class Watcher {
  public:
    Watcher(
        mailbox::Mailbox mailbox,
        mailbox::Connector& connector,
        store::Database& db,
        base::Clock& clock,
        Handler& handler,
        WatchSettings settings
    );
    // One look into every folder. Failures are in the result.
    base::Task<PassResult> pass(base::MonotonicTime deadline);
    base::Task<> close(base::MonotonicTime deadline);
    // The client, opened where it is not open; it stays the watcher's. Not during a pass.
    base::Task<base::Result<imap::Client*>> session(base::MonotonicTime deadline);
    // All folders of the account as they were listed when the session was opened.
    const std::vector<imap::Folder>& listing() const { return listing_; }

    const mailbox::Mailbox& mailbox() const { return mailbox_; }

  private:
    struct Cursor {
        std::uint32_t uidvalidity = 0;
        std::uint32_t last_uid = 0;
    };
    struct Ours {
        std::uint32_t uid = 0;
        std::int64_t email_id = 0;
        std::optional<base::MessageId> message_id;
    };
    using Uids = std::vector<std::uint32_t>;

    base::Task<base::Result<int>> look_everywhere(base::MonotonicTime deadline);
    base::Task<base::Result<>> open(base::MonotonicTime deadline);
    base::Task<base::Result<int>> look_into(WatchedFolder folder, base::MonotonicTime deadline);
    base::Task<base::Result<Uids>> new_uids(Cursor cursor, base::MonotonicTime deadline);
    base::Task<base::Result<std::vector<Ours>>> find_ours(Uids uids, base::MonotonicTime deadline);
    // Those of a side folder that do not also lie in the inbox or the spam folder.
    base::Task<base::Result<std::vector<Ours>>> only_here(
        std::vector<Ours> ours, WatchedFolder folder, base::MonotonicTime deadline
    );
    base::Task<base::Result<>> hand_over(
        std::vector<Ours> ours,
        WatchedFolder folder,
        std::uint32_t uidvalidity,
        base::MonotonicTime deadline
    );
    base::Task<base::Result<std::map<std::uint32_t, std::string>>> gmail_tabs(
        Uids uids, base::MonotonicTime deadline
    );
    // One of `ours`, read in full and handed over; true where it is to be marked as read.
    base::Task<base::Result<bool>> hand_over_one(
        Ours ours, Place place, base::MonotonicTime deadline
    );
    base::Task<base::Result<>> mark_seen(
        Uids uids, WatchedFolder folder, base::MonotonicTime deadline
    );
    base::Task<> note_hidden_folders();
    base::Task<Cursor> load_cursor(std::string folder);
    base::Task<> save_cursor(std::string folder, Cursor cursor, base::Timestamp searched_at);

    mailbox::Mailbox mailbox_;
    mailbox::Connector& connector_;
    store::Database& db_;
    base::Clock& clock_;
    Handler& handler_;
    WatchSettings settings_;
    mailbox::ImapSession client_;
    std::vector<imap::Folder> listing_;
    std::vector<WatchedFolder> folders_;
};

}  // namespace inbound
