// imap_cursors: how far a side has read a folder, and inbound_seen: what it has handled there.
// Inside a job, on that side's role, whose name is the side's.
#pragma once
#include <cstdint>
#include <optional>
#include <string>

#include "base/time.h"
#include "inbound/folders.h"
#include "store/connection.h"

namespace inbound {

struct Cursor {
    std::uint32_t uidvalidity = 0;
    std::uint32_t last_uid = 0;  // 0: nothing was read yet
    bool operator==(const Cursor&) const = default;
};

Cursor load_cursor(
    store::Connection& connection, std::int64_t mailbox_id, const std::string& folder
);
// `searched_at`: the look has come to the folder's end. Without one it goes on from here later.
void save_cursor(
    store::Connection& connection,
    std::int64_t mailbox_id,
    const WatchedFolder& folder,
    Cursor cursor,
    std::optional<base::Timestamp> searched_at
);

// Rows of inbound_seen that no look needs any more: below the cursor, from before what even a first
// look goes back to (the cursor may be lost), oldest first, at most 200. How many.
constexpr base::Duration kSeenKept = std::chrono::hours(24 * 31);
std::int64_t prune_seen(
    store::Connection& connection,
    std::int64_t mailbox_id,
    const std::string& folder,
    Cursor cursor,
    base::Timestamp now
);
// … and those under other UIDVALIDITYs of the folder: it was renumbered.
std::int64_t forget_other_numbers(
    store::Connection& connection,
    std::int64_t mailbox_id,
    const std::string& folder,
    std::uint32_t uidvalidity
);

}  // namespace inbound
