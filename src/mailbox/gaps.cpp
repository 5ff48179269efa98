#include "mailbox/gaps.h"

namespace mailbox {

namespace {

struct Row {
    base::Timestamp last_mail_at;
    base::Timestamp next_campaign_at;
};
BOOST_DESCRIBE_STRUCT(Row, (), (last_mail_at, next_campaign_at))

}  // namespace

std::optional<Gap> gap_of(store::Connection& connection, std::int64_t mailbox_id) {
    const auto row = connection.select_one<Row>(
        "SELECT last_mail_at, next_campaign_at FROM mailbox_gaps WHERE mailbox_id = :mailbox "
        "ORDER BY mailbox_id",
        store::values(mailbox_id)
    );
    if (!row) return std::nullopt;
    return Gap{row->last_mail_at, row->next_campaign_at};
}

void note_mail(store::Connection& connection, std::int64_t mailbox_id, base::Timestamp at) {
    connection.execute(
        "INSERT INTO mailbox_gaps (mailbox_id, last_mail_at) VALUES (:mailbox, :at) "
        "ON CONFLICT (mailbox_id) DO UPDATE SET last_mail_at = excluded.last_mail_at "
        "WHERE mailbox_gaps.last_mail_at < excluded.last_mail_at",
        store::values(mailbox_id, at)
    );
}

void note_campaign_mail(
    store::Connection& connection, std::int64_t mailbox_id, base::Timestamp at, base::Timestamp next
) {
    connection.execute(
        "INSERT INTO mailbox_gaps (mailbox_id, last_mail_at, next_campaign_at) "
        "VALUES (:mailbox, :at, :next) ON CONFLICT (mailbox_id) DO UPDATE SET "
        "last_mail_at = excluded.last_mail_at, next_campaign_at = excluded.next_campaign_at",
        store::values(mailbox_id, at, next)
    );
}

}  // namespace mailbox
