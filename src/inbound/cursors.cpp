#include "inbound/cursors.h"

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
    base::Timestamp searched_at
) {
    connection.execute(
        "INSERT INTO imap_cursors (mailbox_id, folder, side, kind, uidvalidity, last_uid, "
        "searched_at) VALUES (:mailbox, :folder, :side, :kind, :validity, :uid, :at) "
        "ON CONFLICT (mailbox_id, folder, side) DO UPDATE SET kind = excluded.kind, "
        "uidvalidity = excluded.uidvalidity, last_uid = excluded.last_uid, "
        "searched_at = excluded.searched_at",
        store::values(
            mailbox_id,
            folder.name,
            store::to_string(connection.role()),
            to_string(folder.kind),
            cursor.uidvalidity,
            cursor.last_uid,
            searched_at
        )
    );
}

}  // namespace inbound
