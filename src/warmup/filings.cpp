#include "warmup/filings.h"

#include <fmt/format.h>

namespace warmup {

namespace {

// Mailboxes in the scope, as a condition on the alias m.
std::string in_scope(FilingScope scope) {
    std::string roles = "''";
    if (scope.senders) roles += ", 'sender'";
    if (scope.seeds) roles += ", 'seed'";
    return fmt::format("m.status = 'active' AND m.mode = 'warmup' AND m.role IN ({})", roles);
}

}  // namespace

std::vector<Unfiled> unfiled_mails(
    store::Connection& connection, FilingScope scope, base::Timestamp since, int count_max
) {
    // What a filter or the owner has put elsewhere stays there; what lies in spam too: taking it
    // out is a rescue.
    auto mails = connection.select<Unfiled>(
        fmt::format(
            "SELECT t.email_id, e.to_mailbox_id, 'received', t.found_at FROM warmup_threads t "
            "JOIN emails_warmup e ON e.id = t.email_id JOIN mailboxes m ON m.id = e.to_mailbox_id "
            "WHERE t.placement = 'inbox' AND t.proven = 1 AND t.found_at >= :since AND {} "
            "AND NOT EXISTS (SELECT 1 FROM warmup_filings f WHERE f.email_id = t.email_id "
            "AND f.what = 'received') ORDER BY t.email_id LIMIT :count",
            in_scope(scope)
        ),
        store::values(since, count_max)
    );
    const auto sent = connection.select<Unfiled>(
        fmt::format(
            "SELECT e.id, e.from_mailbox_id, 'sent', e.sent_at FROM emails_warmup e "
            "JOIN mailboxes m ON m.id = e.from_mailbox_id "
            "WHERE e.status = 'accepted' AND e.external_id IS NULL AND e.sent_at >= :since AND {} "
            "AND NOT EXISTS (SELECT 1 FROM warmup_filings f WHERE f.email_id = e.id "
            "AND f.what = 'sent') ORDER BY e.id LIMIT :count",
            in_scope(scope)
        ),
        store::values(since, count_max)
    );
    mails.insert(mails.end(), sent.begin(), sent.end());
    return mails;
}

std::vector<InSpam> mails_in_spam(
    store::Connection& connection, base::Timestamp since, int count_max
) {
    return connection.select<InSpam>(
        "SELECT t.email_id, e.to_mailbox_id, e.from_mailbox_id, t.found_at, t.proven "
        "FROM warmup_threads t JOIN emails_warmup e ON e.id = t.email_id "
        "JOIN mailboxes m ON m.id = e.to_mailbox_id "
        "WHERE t.placement = 'spam' AND t.external_id IS NULL AND t.found_at >= :since "
        "AND m.role = 'seed' "
        "AND m.status = 'active' AND NOT EXISTS (SELECT 1 FROM warmup_filings f "
        "WHERE f.email_id = t.email_id AND f.what = 'rescue') "
        "ORDER BY t.found_at, t.email_id LIMIT :count",
        store::values(since, count_max)
    );
}

std::int64_t rescues_since(
    store::Connection& connection, std::int64_t sender_id, base::Timestamp day_start
) {
    return connection.integer(
        "SELECT COUNT(*) FROM warmup_filings f JOIN emails_warmup e ON e.id = f.email_id "
        "WHERE f.what = 'rescue' AND e.from_mailbox_id = :sender AND f.created_at >= :start",
        store::values(sender_id, day_start)
    );
}

void add_filing(
    store::Connection& connection, const Unfiled& mail, base::Timestamp due_at, base::Timestamp now
) {
    connection.execute(
        "INSERT INTO warmup_filings (mailbox_id, email_id, what, due_at, created_at) "
        "VALUES (:mailbox, :email, :what, :due, :now) ON CONFLICT (email_id, what) DO NOTHING",
        store::values(mail.mailbox_id, mail.email_id, mail.what, due_at, now)
    );
}

std::vector<DueFiling> due_filings(
    store::Connection& connection, std::int64_t mailbox_id, base::Timestamp now, int count_max
) {
    return connection.select<DueFiling>(
        "SELECT f.id, f.email_id, f.what, f.attempts, e.message_id, "
        "COALESCE(e.provider_message_id, ''), e.token, "
        "CASE WHEN f.what = 'sent' THEN '' ELSE COALESCE(t.folder_name, '') END, "
        "CASE WHEN f.what = 'sent' THEN 0 ELSE COALESCE(t.uidvalidity, 0) END, "
        "CASE WHEN f.what = 'sent' THEN 0 ELSE COALESCE(t.uid, 0) END, "
        "CASE WHEN f.what = 'sent' THEN '' ELSE COALESCE(t.marks, '') END "
        "FROM warmup_filings f JOIN emails_warmup e ON e.id = f.email_id "
        "LEFT JOIN warmup_threads t ON t.email_id = f.email_id "
        "WHERE f.mailbox_id = :mailbox AND f.done_at IS NULL AND f.due_at <= :now "
        "AND (f.what <> 'sent' OR e.sent_copy NOT IN ('due', 'appending')) "
        "ORDER BY f.due_at, f.id LIMIT :count",
        store::values(mailbox_id, now, count_max)
    );
}

void end_filing(
    store::Connection& connection, std::int64_t id, const std::string& result, base::Timestamp now
) {
    connection.execute(
        "UPDATE warmup_filings SET done_at = :now, result = :result, attempts = attempts + 1 "
        "WHERE id = :id AND done_at IS NULL",
        store::values(now, result, id)
    );
}

void count_attempt(store::Connection& connection, std::int64_t id, const std::string& result) {
    connection.execute(
        "UPDATE warmup_filings SET attempts = attempts + 1, result = :result WHERE id = :id "
        "AND done_at IS NULL",
        store::values(result, id)
    );
}

}  // namespace warmup
