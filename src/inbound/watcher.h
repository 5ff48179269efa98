// Watches one mailbox over IMAP: new messages in every watched folder, handed to the sides they
// belong to.
//
// Life cycle: one Watcher a mailbox; pass() as often as wanted (the session stays open between
// passes and is opened anew after a failure); close() at the end. The handlers outlive it. Reading
// changes nothing: folders are examined, bodies peeked at; of other people's mail the headers. Only
// our own messages get \Seen, and only where their handler and `mark_seen` say so and no person has
// answered or starred them. Between passes `session` lends the logged-in client to whoever works on
// in the mailbox, so that an account needs one session for everything. The cursor of a folder moves
// when the handler of its new messages has committed, 200 of them at a time, so a crash in between
// repeats, and the handler's inbound_seen row makes the repetition harmless; a folder that takes
// longer than a look is read in several.
#pragma once
#include <memory>

#include "base/clock.h"
#include "inbound/body_batches.h"
#include "inbound/cursors.h"
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
    // At least one handler; messages are handed over in their order.
    Watcher(
        mailbox::Mailbox mailbox,
        mailbox::Connector& connector,
        store::Database& db,
        base::Clock& clock,
        std::vector<Handler*> handlers,
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
    using Uids = std::vector<std::uint32_t>;
    // One handler's part of a look into one folder.
    struct Lane {
        Handler* handler = nullptr;
        Cursor cursor;
        Uids uids;  // beyond its cursor
    };
    // A message that is read in full.
    struct Wanted {
        std::uint32_t uid = 0;
        std::uint64_t bytes = 0;
        std::uint64_t gmail_thread_id = 0;
        std::optional<base::MessageId> message_id;
        std::vector<std::pair<Handler*, std::int64_t>> by;  // with the row that it names
        bool has_row() const;
    };
    struct Look {
        WatchedFolder folder;
        std::uint32_t uidvalidity = 0;
        std::vector<Lane> lanes;
        int found = 0;
        // Of the messages at hand:
        std::vector<Wanted> wanted;
        Uids read;  // to be marked as read
    };

    base::Task<base::Result<int>> look_everywhere(base::MonotonicTime deadline);
    base::Task<base::Result<>> open(base::MonotonicTime deadline);
    base::Task<base::Result<int>> look_into(WatchedFolder folder, base::MonotonicTime deadline);
    // What lies beyond the cursors, into the lanes.
    base::Task<base::Result<>> look_for_new(Look& look, base::MonotonicTime deadline);
    base::Task<base::Result<Uids>> new_uids(Cursor cursor, base::MonotonicTime deadline);
    // From the headers to the handlers.
    base::Task<base::Result<>> read_some(Look& look, Uids uids, base::MonotonicTime deadline);
    base::Task<base::Result<>> offer(Look& look, Uids uids, base::MonotonicTime deadline);
    base::Task<> offer_some(Look& look, std::vector<imap::Fetched> fetched);
    // Leaves out what a row names and what also lies in the inbox or the spam folder.
    base::Task<base::Result<>> keep_only_here(Look& look, base::MonotonicTime deadline);
    base::Task<base::Result<>> hand_over(Look& look, base::MonotonicTime deadline);
    base::Task<base::Result<>> fetch_bodies(
        Look& look, BodyBatch batch, base::MonotonicTime deadline
    );
    base::Task<> hand_over_one(Look& look, const Wanted& wanted, const imap::Fetched& whole);
    base::Task<base::Result<>> gmail_tabs(Uids uids, base::MonotonicTime deadline);
    base::Task<base::Result<>> mark_seen(
        Uids uids, WatchedFolder folder, base::MonotonicTime deadline
    );
    base::Task<> note_hidden_folders();
    base::Task<> move_cursor(
        Lane lane, const Look& look, std::optional<base::Timestamp> searched_at
    );
    Incoming incoming_at(const Look& look, std::uint32_t uid) const;
    static Uids all_uids(const Look& look);

    mailbox::Mailbox mailbox_;
    mailbox::Connector& connector_;
    store::Database& db_;
    base::Clock& clock_;
    std::vector<Handler*> handlers_;
    WatchSettings settings_;
    mailbox::ImapSession client_;
    std::vector<imap::Folder> listing_;
    std::vector<WatchedFolder> folders_;
    std::map<std::uint32_t, std::string> tabs_;  // Gmail's, of the folder that is looked into
};

}  // namespace inbound
