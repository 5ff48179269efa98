#include "inbound/watcher.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/check.h"
#include "base/log.h"

namespace inbound {

namespace {

constexpr std::size_t kUidsAtOnce = 200;

// "23-Nov-2026" (RFC 3501 date).
std::string imap_date(base::Timestamp time) {
    const std::string full = base::to_rfc5322(time, std::chrono::minutes(0));
    return full.substr(5, 2) + "-" + full.substr(8, 3) + "-" + full.substr(12, 4);
}

// The inbox and the spam folder say where a mail of ours was put first.
bool is_first_place(FolderKind kind) {
    return kind == FolderKind::inbox || kind == FolderKind::spam;
}

}  // namespace

bool Watcher::Wanted::has_row() const {
    return std::ranges::all_of(by, [](const auto& one) { return one.second != 0; });
}

Watcher::Watcher(
    mailbox::Mailbox mailbox,
    mailbox::Connector& connector,
    store::Database& db,
    base::Clock& clock,
    std::vector<Handler*> handlers,
    WatchSettings settings
)
    : mailbox_(std::move(mailbox)),
      connector_(connector),
      db_(db),
      clock_(clock),
      handlers_(std::move(handlers)),
      settings_(std::move(settings)) {
    CHECK(!handlers_.empty());
}

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
    for (Handler* handler : handlers_) {
        const base::Result<> done = co_await handler->after_look(*client_, listing_, deadline);
        if (!done) co_return base::pass_on(done);
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
    const std::optional<std::string> sent = sent_folder(listing_);
    const bool chosen = std::ranges::any_of(folders_, [&](const WatchedFolder& folder) {
        return folder.name == sent;
    });
    // Before the others: what it teaches of our mail is known when its answers are judged.
    if (sent && !chosen) folders_.insert(folders_.begin(), {*sent, FolderKind::sent});
    client_ = std::move(*client);
    co_return base::Result<>();
}

base::Task<base::Result<int>> Watcher::look_into(
    WatchedFolder folder, base::MonotonicTime deadline
) {
    Look look;
    for (Handler* handler : handlers_)
        if (handler->wants(folder.kind)) look.lanes.push_back({handler, {}, {}});
    if (look.lanes.empty()) co_return 0;
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
    look.folder = folder;
    look.uidvalidity = selected->uidvalidity;
    const auto looked = co_await look_for_new(look, deadline);
    if (!looked) co_return base::pass_on(looked);
    const Uids uids = all_uids(look);
    for (std::size_t at = 0; at < uids.size(); at += kUidsAtOnce) {
        const std::size_t end = std::min(at + kUidsAtOnce, uids.size());
        Uids some(uids.begin() + static_cast<long>(at), uids.begin() + static_cast<long>(end));
        const auto read = co_await read_some(look, std::move(some), deadline);
        if (!read) co_return base::pass_on(read);
        for (Lane& lane : look.lanes) {
            const auto beyond = std::ranges::upper_bound(lane.uids, uids[end - 1]);
            if (end == uids.size() || beyond == lane.uids.begin()) continue;
            if (lane.cursor.last_uid == *std::prev(beyond)) continue;
            lane.cursor.last_uid = *std::prev(beyond);
            co_await move_cursor(lane, look, std::nullopt);
        }
    }
    for (Lane& lane : look.lanes) {
        if (!lane.uids.empty()) lane.cursor.last_uid = lane.uids.back();
        if (lane.cursor.last_uid == 0 && selected->uidnext > 0)
            lane.cursor.last_uid = selected->uidnext - 1;
        co_await move_cursor(lane, look, searched_at);
    }
    co_return look.found;
}

base::Task<base::Result<>> Watcher::look_for_new(Look& look, base::MonotonicTime deadline) {
    const std::int64_t mailbox_id = mailbox_.id;
    const std::string folder = look.folder.name;
    for (std::size_t i = 0; i < look.lanes.size(); ++i) {
        Lane& lane = look.lanes[i];
        lane.cursor = co_await db_.read(
            lane.handler->role(),
            [mailbox_id, folder](store::Connection& connection) {
                return load_cursor(connection, mailbox_id, folder);
            }
        );
        if (lane.cursor.uidvalidity != look.uidvalidity) lane.cursor = {look.uidvalidity, 0};
        // As a rule all sides have read equally far.
        const auto same = std::ranges::find_if(look.lanes, [&](const Lane& other) {
            return &other == &lane || other.cursor == lane.cursor;
        });
        if (&*same != &lane) {
            lane.uids = same->uids;
            continue;
        }
        auto uids = co_await new_uids(lane.cursor, deadline);
        if (!uids) co_return base::pass_on(uids);
        lane.uids = std::move(*uids);
    }
    co_return base::Result<>();
}

base::Task<base::Result<>> Watcher::read_some(Look& look, Uids uids, base::MonotonicTime deadline) {
    look.wanted.clear();
    look.read.clear();
    const auto offered = co_await offer(look, std::move(uids), deadline);
    if (!offered) co_return offered;
    if (look.wanted.empty()) co_return base::Result<>();
    co_return co_await hand_over(look, deadline);
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

Watcher::Uids Watcher::all_uids(const Look& look) {
    Uids uids;
    for (const Lane& lane : look.lanes) uids.insert(uids.end(), lane.uids.begin(), lane.uids.end());
    std::ranges::sort(uids);
    uids.erase(std::unique(uids.begin(), uids.end()), uids.end());
    return uids;
}

base::Task<base::Result<>> Watcher::offer(Look& look, Uids uids, base::MonotonicTime deadline) {
    std::string items = header_items(settings_.token_header, client_->has("X-GM-EXT-1"));
    std::string set = imap::uid_set(uids);
    auto fetched = co_await client_->uid_fetch(std::move(set), std::move(items), deadline);
    if (!fetched) co_return base::pass_on(fetched);
    co_await offer_some(look, std::move(*fetched));
    if (!is_first_place(look.folder.kind) && !look.wanted.empty())
        co_return co_await keep_only_here(look, deadline);
    co_return base::Result<>();
}

base::Task<> Watcher::offer_some(Look& look, std::vector<imap::Fetched> fetched) {
    std::vector<mime::Message> headers;
    std::vector<Candidate> all;
    for (const imap::Fetched& one : fetched) {
        headers.push_back(headers_of(one));
        all.push_back(candidate_of(headers.back(), one, settings_.token_header));
        all.back().place = {look.folder.kind, look.folder.name, look.uidvalidity, one.uid, {}};
    }
    std::map<std::uint32_t, Wanted> wanted;
    for (const Lane& lane : look.lanes) {
        std::vector<std::size_t> offered;
        std::vector<Candidate> candidates;
        for (std::size_t i = 0; i < all.size(); ++i) {
            if (!std::ranges::binary_search(lane.uids, all[i].place.uid)) continue;
            offered.push_back(i);
            candidates.push_back(all[i]);
        }
        if (candidates.empty()) continue;
        const std::vector<Choice> choices =
            co_await lane.handler->recognise(mailbox_.id, std::move(candidates));
        CHECK(choices.size() == offered.size());
        for (std::size_t i = 0; i < choices.size(); ++i) {
            const imap::Fetched& one = fetched[offered[i]];
            if (choices[i].reading == Reading::full) {
                Wanted& entry = wanted[one.uid];
                entry.uid = one.uid;
                entry.bytes = one.size;
                entry.gmail_thread_id = one.gmail_thread_id;
                entry.message_id = all[offered[i]].message_id;
                entry.by.emplace_back(lane.handler, choices[i].email_id);
            } else if (choices[i].reading == Reading::headers) {
                Incoming incoming = incoming_at(look, one.uid);
                incoming.email_id = choices[i].email_id;
                incoming.gmail_thread_id = one.gmail_thread_id;
                incoming.message = headers[offered[i]];
                incoming.headers_only = true;
                const Handled handled = co_await lane.handler->handle(std::move(incoming));
                look.found += handled.ours;
            }
        }
    }
    for (auto& [uid, entry] : wanted) look.wanted.push_back(std::move(entry));
}

base::Task<base::Result<>> Watcher::keep_only_here(Look& look, base::MonotonicTime deadline) {
    // All Mail holds the inbox's messages too, and one may arrive between our looks into both: what
    // also lies in the inbox or in spam is left to the next look there.
    const bool any =
        std::ranges::any_of(look.wanted, [](const Wanted& one) { return one.has_row(); });
    if (!any) co_return base::Result<>();
    for (const WatchedFolder& other : folders_) {
        if (!is_first_place(other.kind)) continue;
        const std::string name = other.name;
        const auto selected = co_await client_->select(name, true, deadline);
        if (!selected) co_return base::pass_on(selected);
        std::vector<Wanted> kept;
        for (Wanted& one : look.wanted) {
            const auto id = one.message_id ? imap::quoted(one.message_id->str()) : std::nullopt;
            if (!id || !one.has_row()) {
                kept.push_back(std::move(one));
                continue;
            }
            const std::string criteria = "HEADER Message-ID " + *id;
            const auto there = co_await client_->uid_search(criteria, deadline);
            if (!there) co_return base::pass_on(there);
            if (there->empty()) kept.push_back(std::move(one));
        }
        look.wanted = std::move(kept);
    }
    const std::string back_to = look.folder.name;
    const auto back = co_await client_->select(back_to, true, deadline);
    if (!back) co_return base::pass_on(back);
    co_return base::Result<>();
}

}  // namespace inbound
