#include "inbound/cursors.h"

#include <fmt/format.h>

namespace inbound {

Cursor load_cursor(
    store::Connection& connection, std::int64_t mailbox_id, const std::string& folder
) {
    const store::Values key =
        store::values(mailbox_id, folder, store::to_string(connection.role()));
    const std::string where =
        " FROM imap_cursors WHERE mailbox_id = :m AND folder = :f AND side = :s ORDER BY folder";
    return Cursor{
        static_cast<std::uint32_t>(connection.integer("SELECT uidvalidity" + where, key)),
        static_cast<std::uint32_t>(connection.integer("SELECT last_uid" + where, key))
    };
}

void save_cursor(
    store::Connection& connection,
    std::int64_t mailbox_id,
    const WatchedFolder& folder,
    Cursor cursor,
    std::optional<base::Timestamp> searched_at
) {
    connection.execute(
        std::string(
            "INSERT INTO imap_cursors (mailbox_id, folder, side, kind, uidvalidity, last_uid, "
            "searched_at) VALUES (:mailbox, :folder, :side, :kind, :validity, :uid, :at) "
            "ON CONFLICT (mailbox_id, folder, side) DO UPDATE SET kind = excluded.kind, "
            "uidvalidity = excluded.uidvalidity, last_uid = excluded.last_uid"
        ) + (searched_at ? ", searched_at = excluded.searched_at" : ""),
        store::values(
            mailbox_id,
            folder.name,
            store::to_string(connection.role()),
            to_string(folder.kind),
            cursor.uidvalidity,
            cursor.last_uid,
            searched_at.value_or(base::Timestamp{})
        )
    );
}

std::int64_t prune_seen(
    store::Connection& connection,
    std::int64_t mailbox_id,
    const std::string& folder,
    Cursor cursor,
    base::Timestamp now
) {
    const auto side = store::to_string(connection.role());
    const std::int64_t page_end = connection.integer(
        "SELECT COALESCE(MAX(uid), 0) FROM (SELECT uid FROM inbound_seen "
        "WHERE mailbox_id = :mailbox AND folder = :folder AND side = :side "
        "AND uidvalidity = :validity AND uid <= :last ORDER BY uid LIMIT 200) page",
        store::values(mailbox_id, folder, side, cursor.uidvalidity, cursor.last_uid)
    );
    if (page_end == 0) return 0;
    return connection.execute(
        "DELETE FROM inbound_seen WHERE mailbox_id = :mailbox AND folder = :folder "
        "AND side = :side AND uidvalidity = :validity AND uid <= :last AND seen_at < :before",
        store::values(mailbox_id, folder, side, cursor.uidvalidity, page_end, now - kSeenKept)
    );
}

std::int64_t forget_other_numbers(
    store::Connection& connection,
    std::int64_t mailbox_id,
    const std::string& folder,
    std::uint32_t uidvalidity
) {
    // Two ranges of the key: "<>" would go through every row of the folder.
    std::int64_t count = 0;
    for (const char* other : {"<", ">"})
        count += connection.execute(
            fmt::format(
                "DELETE FROM inbound_seen WHERE mailbox_id = :mailbox AND folder = :folder "
                "AND side = :side AND uidvalidity {} :validity",
                other
            ),
            store::values(mailbox_id, folder, store::to_string(connection.role()), uidvalidity)
        );
    return count;
}

}  // namespace inbound
