#include "mailbox/usage.h"

namespace mailbox {

namespace {

constexpr std::int64_t kHour = 3'600'000'000;

std::int64_t hour_of(base::Timestamp time) { return time.micros / kHour; }

}  // namespace

void count_send(
    store::Connection& connection,
    std::int64_t mailbox_id,
    std::string_view side,
    base::Timestamp at
) {
    connection.execute(
        "INSERT INTO mailbox_usage (mailbox_id, hour, side, count) VALUES (:mailbox, :hour, :side, "
        "1) "
        "ON CONFLICT (mailbox_id, hour, side) DO UPDATE SET count = mailbox_usage.count + 1",
        store::values(mailbox_id, hour_of(at), side)
    );
}

std::int64_t sent_in_last_day(
    store::Connection& connection, std::int64_t mailbox_id, base::Timestamp now
) {
    return connection.integer(
        "SELECT COALESCE(SUM(count), 0) FROM mailbox_usage WHERE mailbox_id = :mailbox AND hour >= "
        ":hour",
        store::values(mailbox_id, hour_of(now) - 24)
    );
}

}  // namespace mailbox
