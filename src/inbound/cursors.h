// imap_cursors: how far a side has read a folder. Inside a job, on that side's role, whose name is
// the side's.
#pragma once
#include <cstdint>
#include <string>

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
void save_cursor(
    store::Connection& connection,
    std::int64_t mailbox_id,
    const WatchedFolder& folder,
    Cursor cursor,
    base::Timestamp searched_at
);

}  // namespace inbound
