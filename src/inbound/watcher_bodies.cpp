// The second half of a look: bodies, in batches, and what follows from them.
#include <fmt/format.h>

#include "base/log.h"
#include "inbound/watcher.h"
#include "mailbox/mailboxes.h"
#include "mailbox/presets.h"

namespace inbound {

namespace {

// The message's bytes, or as many of them as were asked for; null where nothing was asked for:
// servers may put news of other messages beside the answer (RFC 3501 section 7.4.2).
const std::string* body_of(const imap::Fetched& fetched) {
    for (const char* name : {"BODY[]", "BODY[]<0>"})
        if (const auto found = fetched.sections.find(name); found != fetched.sections.end())
            return &found->second;
    return nullptr;
}

}  // namespace

base::Task<base::Result<>> Watcher::hand_over(Look& look, base::MonotonicTime deadline) {
    std::vector<Sized> sizes;
    Uids uids;
    for (const Wanted& one : look.wanted) {
        sizes.push_back({one.uid, one.bytes});
        uids.push_back(one.uid);
    }
    tabs_.clear();
    if (look.folder.kind == FolderKind::inbox && client_->has("X-GM-EXT-1")) {
        const auto asked = co_await gmail_tabs(std::move(uids), deadline);
        if (!asked) co_return asked;
    }
    const std::vector<BodyBatch> batches = body_batches(sizes);
    for (const BodyBatch& batch : batches) {
        const auto fetched = co_await fetch_bodies(look, batch, deadline);
        if (!fetched) co_return fetched;
    }
    if (!settings_.mark_seen || look.read.empty()) co_return base::Result<>();
    co_return co_await mark_seen(look.read, look.folder, deadline);
}

base::Task<base::Result<>> Watcher::fetch_bodies(
    Look& look, BodyBatch batch, base::MonotonicTime deadline
) {
    std::string set = imap::uid_set(batch.uids);
    std::string items = fmt::format(
        "(UID FLAGS{} BODY.PEEK[]{})",
        client_->has("X-GM-EXT-1") ? " X-GM-LABELS" : "",
        batch.cut ? fmt::format("<0.{}>", kBodyBytesMax) : ""
    );
    const auto fetched = co_await client_->uid_fetch(std::move(set), std::move(items), deadline);
    if (!fetched) co_return base::pass_on(fetched);
    for (const Wanted& wanted : look.wanted) {
        if (!std::ranges::binary_search(batch.uids, wanted.uid)) continue;
        const auto whole = std::ranges::find_if(*fetched, [&](const imap::Fetched& one) {
            return one.uid == wanted.uid && body_of(one) != nullptr;
        });
        if (whole == fetched->end()) continue;  // expunged since: not ours to judge any more
        co_await hand_over_one(look, wanted, *whole);
    }
    co_return base::Result<>();
}

Incoming Watcher::incoming_at(const Look& look, std::uint32_t uid) const {
    Incoming incoming;
    incoming.mailbox = mailbox_;
    incoming.place = {look.folder.kind, look.folder.name, look.uidvalidity, uid, {}};
    incoming.found_at = clock_.now();
    return incoming;
}

base::Task<> Watcher::hand_over_one(Look& look, const Wanted& wanted, const imap::Fetched& whole) {
    Incoming incoming = incoming_at(look, wanted.uid);
    incoming.place.tab = tabs_[wanted.uid];
    incoming.marks = marks_of(whole);
    incoming.gmail_thread_id = wanted.gmail_thread_id;
    incoming.message = mime::read_message(*body_of(whole));
    const bool touched = touched_by_person(incoming.marks, incoming.marks).has_value();
    bool ours = false;
    bool mark = false;
    for (const auto& [handler, email_id] : wanted.by) {
        Incoming copy = incoming;
        copy.email_id = email_id;
        const Handled handled = co_await handler->handle(std::move(copy));
        ours = ours || handled.ours;
        mark = mark || handled.may_mark_seen;
    }
    look.found += ours;
    if (mark && !touched) look.read.push_back(wanted.uid);
}

base::Task<base::Result<>> Watcher::gmail_tabs(Uids uids, base::MonotonicTime deadline) {
    for (const char* tab : {"promotions", "social", "updates", "forums"}) {
        std::string criteria =
            fmt::format("UID {} X-GM-RAW \"category:{}\"", imap::uid_set(uids), tab);
        const auto found = co_await client_->uid_search(std::move(criteria), deadline);
        if (!found) co_return base::pass_on(found);
        for (const std::uint32_t uid : *found) tabs_[uid] = tab;
    }
    co_return base::Result<>();
}

base::Task<base::Result<>> Watcher::mark_seen(
    Uids uids, WatchedFolder folder, base::MonotonicTime deadline
) {
    const auto selected = co_await client_->select(folder.name, false, deadline);
    if (!selected) co_return base::pass_on(selected);
    std::string set = imap::uid_set(uids);
    const auto stored =
        co_await client_->uid_store(std::move(set), "+FLAGS.SILENT (\\Seen)", deadline);
    // A folder that refuses flags is no reason to find the same mail again.
    if (!stored && client_->usable())
        base::log::warn(
            "inbound", "{}: not marked as read: {}", mailbox_.id, stored.error().describe()
        );
    else if (!stored)
        co_return base::pass_on(stored);
    co_return base::Result<>();
}

// While a folder is hidden, what is not found may lie in it: its placement is unknown.
base::Task<> Watcher::note_hidden_folders() {
    const bool is_gmail = mailbox::family_of(mailbox_.provider) == "gmail";
    const std::string hidden = hidden_folders(folders_, is_gmail);
    if (hidden == mailbox_.hidden_folders) co_return;
    if (!hidden.empty())
        base::log::warn("inbound", "mailbox {}: {} is hidden from IMAP", mailbox_.id, hidden);
    const std::int64_t mailbox_id = mailbox_.id;
    mailbox_.hidden_folders = hidden;
    co_await db_.run(
        handlers_.front()->role(),
        [mailbox_id, hidden](store::Connection& connection) {
            mailbox::set_hidden_folders(connection, mailbox_id, hidden);
        }
    );
}

base::Task<> Watcher::move_cursor(
    Lane lane, const Look& look, std::optional<base::Timestamp> searched_at
) {
    const std::int64_t mailbox_id = mailbox_.id;
    const WatchedFolder folder = look.folder;
    const Cursor cursor = lane.cursor;
    co_await db_.run(
        lane.handler->role(),
        [mailbox_id, folder, cursor, searched_at](store::Connection& connection) {
            save_cursor(connection, mailbox_id, folder, cursor, searched_at);
            if (!searched_at) return;
            forget_other_numbers(connection, mailbox_id, folder.name, cursor.uidvalidity);
            prune_seen(connection, mailbox_id, folder.name, cursor, *searched_at);
        }
    );
}

}  // namespace inbound
