#include "inbound/watcher.h"

#include <fmt/format.h>

#include "base/log.h"
#include "mailbox/mailboxes.h"
#include "mailbox/presets.h"

namespace inbound {

namespace {

constexpr std::size_t kUidsAtOnce = 200;

// "23-Nov-2026" (RFC 3501 date).
std::string imap_date(base::Timestamp time) {
    const std::string full = base::to_rfc5322(time, std::chrono::minutes(0));
    return full.substr(5, 2) + "-" + full.substr(8, 3) + "-" + full.substr(12, 4);
}

// The header fields a server sent, under whatever spelling of the section's name.
std::string_view header_section(const imap::Fetched& fetched) {
    for (const auto& [name, bytes] : fetched.sections)
        if (name.starts_with("BODY[HEADER")) return bytes;
    return {};
}

// The message that was asked for; servers may put news of others beside it (RFC 3501
// section 7.4.2).
const imap::Fetched* whole_message(const std::vector<imap::Fetched>& fetched, std::uint32_t uid) {
    for (const imap::Fetched& one : fetched)
        if (one.uid == uid && one.sections.contains("BODY[]")) return &one;
    return nullptr;
}

Candidate candidate_of(const imap::Fetched& fetched, const std::string& token_header) {
    const mime::Message headers = mime::read_headers(header_section(fetched));
    Candidate candidate;
    candidate.token = headers.header(token_header);
    candidate.message_id = headers.message_id;
    if (!headers.from.empty()) candidate.from = headers.from.front().email;
    return candidate;
}

}  // namespace

Watcher::Watcher(
    mailbox::Mailbox mailbox,
    mailbox::Connector& connector,
    store::Database& db,
    base::Clock& clock,
    Handler& handler,
    WatchSettings settings
)
    : mailbox_(std::move(mailbox)),
      connector_(connector),
      db_(db),
      clock_(clock),
      handler_(handler),
      settings_(std::move(settings)) {}

base::Task<PassResult> Watcher::pass(base::MonotonicTime deadline) {
    PassResult result;
    result.mailbox_id = mailbox_.id;
    const base::Result<int> found = co_await look_everywhere(deadline);
    if (found) {
        result.found = *found;
    } else {
        result.error = found.error();
        if (client_ && !client_->usable()) client_.reset();
    }
    co_return result;
}

base::Task<> Watcher::close(base::MonotonicTime deadline) {
    if (client_ && client_->usable()) co_await client_->logout(deadline);
    client_.reset();
}

base::Task<base::Result<imap::Client*>> Watcher::session(base::MonotonicTime deadline) {
    if (client_ && !client_->usable()) client_.reset();
    if (!client_) {
        const base::Result<> opened = co_await open(deadline);
        if (!opened) co_return base::pass_on(opened);
    }
    co_return &*client_;
}

base::Task<base::Result<int>> Watcher::look_everywhere(base::MonotonicTime deadline) {
    const base::Result<imap::Client*> opened = co_await session(deadline);
    if (!opened) co_return base::pass_on(opened);
    int found = 0;
    const std::vector<WatchedFolder> folders = folders_;
    for (const WatchedFolder& folder : folders) {
        const base::Result<int> here = co_await look_into(folder, deadline);
        if (!here) co_return here;
        found += *here;
    }
    co_return found;
}

base::Task<base::Result<>> Watcher::open(base::MonotonicTime deadline) {
    auto client = co_await connector_.imap(mailbox_, deadline);
    if (!client) co_return base::pass_on(client);
    auto folders = co_await (*client)->list(deadline);
    if (!folders) co_return base::pass_on(folders);
    listing_ = std::move(*folders);
    folders_ = choose_folders(listing_, settings_.spam_names);
    co_await note_hidden_folders();
    client_ = std::move(*client);
    co_return base::Result<>();
}

base::Task<base::Result<int>> Watcher::look_into(
    WatchedFolder folder, base::MonotonicTime deadline
) {
    const base::Timestamp searched_at = clock_.now();
    const auto selected = co_await client_->select(folder.name, true, deadline);
    if (!selected && client_->usable() && folder.kind != FolderKind::inbox) {
        // No cursor is written: nothing in this mailbox counts as missing meanwhile.
        base::log::warn(
            "inbound",
            "mailbox {}: folder {} can't be searched: {}",
            mailbox_.id,
            to_string(folder.kind),
            selected.error().describe()
        );
        co_return 0;
    }
    if (!selected) co_return base::pass_on(selected);
    Cursor cursor = co_await load_cursor(folder.name);
    if (cursor.uidvalidity != selected->uidvalidity) cursor = {selected->uidvalidity, 0};
    const auto uids = co_await new_uids(cursor, deadline);
    if (!uids) co_return base::pass_on(uids);
    auto ours = co_await find_ours(*uids, deadline);
    if (!ours) co_return base::pass_on(ours);
    if (folder.kind != FolderKind::inbox && folder.kind != FolderKind::spam && !ours->empty()) {
        ours = co_await only_here(*ours, folder, deadline);
        if (!ours) co_return base::pass_on(ours);
    }
    if (!ours->empty()) {
        const auto handed = co_await hand_over(*ours, folder, selected->uidvalidity, deadline);
        if (!handed) co_return base::pass_on(handed);
    }
    if (!uids->empty()) cursor.last_uid = uids->back();
    if (cursor.last_uid == 0 && selected->uidnext > 0) cursor.last_uid = selected->uidnext - 1;
    co_await save_cursor(folder.name, cursor, searched_at);
    co_return static_cast<int>(ours->size());
}

base::Task<base::Result<Watcher::Uids>> Watcher::new_uids(
    Cursor cursor, base::MonotonicTime deadline
) {
    std::string criteria = fmt::format("UID {}:*", cursor.last_uid + 1);
    if (cursor.last_uid == 0) {
        const base::Timestamp bound = clock_.now() - settings_.first_look;
        criteria = "SINCE " + imap_date(std::max(bound, settings_.not_before.value_or(bound)));
    }
    auto uids = co_await client_->uid_search(criteria, deadline);
    if (!uids) co_return base::pass_on(uids);
    // "n:*" always yields the last message, even where its UID is below n (RFC 3501 section 6.4.8).
    std::erase_if(*uids, [&](std::uint32_t uid) { return uid <= cursor.last_uid; });
    co_return std::move(*uids);
}

base::Task<base::Result<std::vector<Watcher::Ours>>> Watcher::find_ours(
    Uids uids, base::MonotonicTime deadline
) {
    std::vector<Ours> ours;
    const std::string items =
        fmt::format("(UID BODY.PEEK[HEADER.FIELDS ({} MESSAGE-ID FROM)])", settings_.token_header);
    for (std::size_t at = 0; at < uids.size(); at += kUidsAtOnce) {
        const std::span<const std::uint32_t> some =
            std::span(uids).subspan(at, std::min(kUidsAtOnce, uids.size() - at));
        std::string set = imap::uid_set(some);
        const auto fetched = co_await client_->uid_fetch(std::move(set), items, deadline);
        if (!fetched) co_return base::pass_on(fetched);
        std::vector<Candidate> candidates;
        for (const imap::Fetched& one : *fetched)
            candidates.push_back(candidate_of(one, settings_.token_header));
        const auto rows = co_await handler_.recognise(mailbox_.id, candidates);
        for (std::size_t i = 0; i < rows.size(); ++i)
            if (rows[i]) ours.push_back({(*fetched)[i].uid, *rows[i], candidates[i].message_id});
    }
    co_return ours;
}

base::Task<base::Result<std::vector<Watcher::Ours>>> Watcher::only_here(
    std::vector<Ours> ours, WatchedFolder folder, base::MonotonicTime deadline
) {
    // All Mail holds the inbox's messages too, and one may arrive between our looks into both: what
    // also lies in the inbox or in spam is left to the next look there.
    for (const WatchedFolder& other : folders_) {
        if (other.kind != FolderKind::inbox && other.kind != FolderKind::spam) continue;
        const std::string name = other.name;
        const auto selected = co_await client_->select(name, true, deadline);
        if (!selected) co_return base::pass_on(selected);
        std::vector<Ours> kept;
        for (const Ours& one : ours) {
            const auto id = one.message_id ? imap::quoted(one.message_id->str()) : std::nullopt;
            if (!id) {
                kept.push_back(one);
                continue;
            }
            const std::string criteria = "HEADER Message-ID " + *id;
            const auto there = co_await client_->uid_search(criteria, deadline);
            if (!there) co_return base::pass_on(there);
            if (there->empty()) kept.push_back(one);
        }
        ours = std::move(kept);
    }
    const auto back = co_await client_->select(folder.name, true, deadline);
    if (!back) co_return base::pass_on(back);
    co_return ours;
}

base::Task<base::Result<>> Watcher::hand_over(
    std::vector<Ours> ours,
    WatchedFolder folder,
    std::uint32_t uidvalidity,
    base::MonotonicTime deadline
) {
    Uids uids;
    for (const Ours& one : ours) uids.push_back(one.uid);
    std::map<std::uint32_t, std::string> tabs;
    if (folder.kind == FolderKind::inbox && client_->has("X-GM-EXT-1")) {
        const auto asked = co_await gmail_tabs(uids, deadline);
        if (!asked) co_return base::pass_on(asked);
        tabs = *asked;
    }
    Uids read;
    for (const Ours& one : ours) {
        Place place{folder.kind, folder.name, uidvalidity, one.uid, tabs[one.uid]};
        const auto to_mark = co_await hand_over_one(one, std::move(place), deadline);
        if (!to_mark) co_return base::pass_on(to_mark);
        if (*to_mark) read.push_back(one.uid);
    }
    if (!settings_.mark_seen || read.empty()) co_return base::Result<>();
    co_return co_await mark_seen(std::move(read), folder, deadline);
}

base::Task<base::Result<bool>> Watcher::hand_over_one(
    Ours ours, Place place, base::MonotonicTime deadline
) {
    std::string set = std::to_string(ours.uid);
    std::string items = "(UID FLAGS BODY.PEEK[])";
    if (client_->has("X-GM-EXT-1")) items = "(UID FLAGS X-GM-LABELS BODY.PEEK[])";
    const auto fetched = co_await client_->uid_fetch(std::move(set), std::move(items), deadline);
    if (!fetched) co_return base::pass_on(fetched);
    const imap::Fetched* whole = whole_message(*fetched, ours.uid);
    if (whole == nullptr) co_return false;  // expunged since: not ours to judge any more
    Incoming incoming;
    incoming.email_id = ours.email_id;
    incoming.mailbox = mailbox_;
    incoming.place = std::move(place);
    incoming.marks = marks_of(*whole);
    incoming.message = mime::read_message(whole->sections.at("BODY[]"));
    incoming.found_at = clock_.now();
    const bool touched = touched_by_person(incoming.marks, incoming.marks).has_value();
    const bool proven = co_await handler_.handle(std::move(incoming));
    co_return proven && !touched;
}

base::Task<base::Result<std::map<std::uint32_t, std::string>>> Watcher::gmail_tabs(
    Uids uids, base::MonotonicTime deadline
) {
    std::map<std::uint32_t, std::string> tabs;
    for (const char* tab : {"promotions", "social", "updates", "forums"}) {
        std::string criteria =
            fmt::format("UID {} X-GM-RAW \"category:{}\"", imap::uid_set(uids), tab);
        const auto found = co_await client_->uid_search(std::move(criteria), deadline);
        if (!found) co_return base::pass_on(found);
        for (const std::uint32_t uid : *found) tabs[uid] = tab;
    }
    co_return tabs;
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
    co_await db_.run(handler_.role(), [mailbox_id, hidden](store::Connection& connection) {
        mailbox::set_hidden_folders(connection, mailbox_id, hidden);
    });
}

base::Task<Watcher::Cursor> Watcher::load_cursor(std::string folder) {
    const std::int64_t mailbox_id = mailbox_.id;
    co_return co_await db_.read(
        handler_.role(),
        [mailbox_id, folder](store::Connection& connection) {
            const std::string_view side = store::to_string(connection.role());
            const store::Values key = store::values(mailbox_id, folder, side);
            const std::string where =
                " FROM imap_cursors WHERE mailbox_id = :m AND folder = :f AND side = :s "
                "ORDER BY folder";
            return Cursor{
                static_cast<std::uint32_t>(connection.integer("SELECT uidvalidity" + where, key)),
                static_cast<std::uint32_t>(connection.integer("SELECT last_uid" + where, key))
            };
        }
    );
}

base::Task<> Watcher::save_cursor(std::string folder, Cursor cursor, base::Timestamp searched_at) {
    const std::int64_t mailbox_id = mailbox_.id;
    co_await db_.run(
        handler_.role(),
        [mailbox_id, folder, cursor, searched_at](store::Connection& connection) {
            connection.execute(
                "INSERT INTO imap_cursors (mailbox_id, folder, side, uidvalidity, last_uid, "
                "searched_at) VALUES (:mailbox, :folder, :side, :validity, :uid, :at) "
                "ON CONFLICT (mailbox_id, folder, side) DO UPDATE SET uidvalidity = "
                "excluded.uidvalidity, "
                "last_uid = excluded.last_uid, searched_at = excluded.searched_at",
                store::values(
                    mailbox_id,
                    folder,
                    store::to_string(connection.role()),
                    cursor.uidvalidity,
                    cursor.last_uid,
                    searched_at
                )
            );
        }
    );
}

}  // namespace inbound
