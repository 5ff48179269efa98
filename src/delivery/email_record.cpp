#include "delivery/email_record.h"

#include <fmt/format.h>

#include "base/check.h"
#include "base/crypto.h"
#include "base/text.h"
#include "mailbox/gaps.h"
#include "mailbox/usage.h"

namespace delivery {

namespace {

std::string_view table_of(Side side) {
    return side == Side::warmup ? "emails_warmup" : "emails_campaign";
}

std::string bracketed(const std::vector<base::MessageId>& ids) {
    std::string out;
    for (const base::MessageId& id : ids) out += (out.empty() ? "" : " ") + id.bracketed();
    return out;
}

// UPDATE … SET <assignments> WHERE id = :id AND status IN (<from>).
bool move(
    store::Connection& connection,
    Side side,
    std::string_view assignments,
    std::string_view from,
    store::Values values,
    std::int64_t id
) {
    values.push_back(store::to_value(id));
    const std::string sql = fmt::format(
        "UPDATE {} SET {} WHERE id = :id AND status IN ({})", table_of(side), assignments, from
    );
    return connection.execute(sql, values) == 1;
}

// The bytes have done their work; the hash stays. Only a copy that is due still needs them.
bool drop_raw_if(store::Connection& connection, Side side, std::int64_t id, bool moved) {
    if (moved)
        connection.execute(
            fmt::format(
                "DELETE FROM {0}_raw WHERE email_id = :id AND NOT EXISTS (SELECT 1 FROM {0} e "
                "WHERE e.id = {0}_raw.email_id AND e.sent_copy = 'due')",
                table_of(side)
            ),
            store::values(id)
        );
    return moved;
}

struct OpenIntent {
    std::int64_t id = 0;
    std::int64_t mailbox_id = 0;
    base::Timestamp at;
};
BOOST_DESCRIBE_STRUCT(OpenIntent, (), (id, mailbox_id, at))

// Intents that nobody is about to end.
std::vector<OpenIntent> left_intents(
    store::Connection& connection, Side side, base::Timestamp before
) {
    if (side == Side::warmup)
        return connection.select<OpenIntent>(
            "SELECT id, from_mailbox_id, intent_at FROM emails_warmup WHERE status = 'intent' AND "
            "intent_at <= :before ORDER BY id",
            store::values(before)
        );
    return connection.select<OpenIntent>(
        "SELECT id, from_mailbox_id, intent_at FROM emails_campaign e WHERE status = 'intent' AND "
        "((draft_id IS NULL AND intent_at <= :patience) OR (draft_id IS NOT NULL AND intent_at <= "
        ":before AND NOT EXISTS (SELECT 1 FROM email_drafts d WHERE d.id = e.draft_id AND d.status "
        "= 'claimed' AND d.lease_until > :now))) ORDER BY id",
        store::values(before - kAnswerPatience, before, before)
    );
}

// What EmailRecord is read from.
std::string rows_of(Side side) {
    return fmt::format(
        "SELECT {} FROM {} LEFT JOIN {}_raw ON email_id = id",
        store::column_list<EmailRecord>(),
        table_of(side),
        table_of(side)
    );
}

}  // namespace

std::string hash_of(std::string_view raw) { return base::base64_encode(base::sha256(raw)); }

std::int64_t prepare(
    store::Connection& connection, Side side, const NewEmail& email, base::Timestamp now
) {
    std::string columns =
        "email_type, \"from\", \"to\", from_mailbox_id, subject, message_id, in_reply_to, "
        "\"references\", status, send_key, token, raw_sha256, created_at";
    std::string places =
        ":email_type, :sender, :recipient, :mailbox, :subject, :message_id, :in_reply_to, "
        ":refs, 'prepared', :send_key, :token, :hash, :now";
    const auto in_reply_to =
        email.in_reply_to ? std::optional(email.in_reply_to->str()) : std::nullopt;
    const std::string refs = bracketed(email.references);
    store::Values values = store::values(
        email.email_type,
        email.from.str(),
        email.to.str(),
        email.from_mailbox_id,
        email.subject,
        email.message_id.str(),
        in_reply_to,
        refs.empty() ? std::optional<std::string>() : std::optional(refs),
        email.send_key,
        email.token,
        hash_of(email.raw),
        now
    );
    for (const auto& [name, value] : email.own_columns) {
        columns += ", " + name;
        places += ", :own_" + name;
        values.push_back(value);
    }
    const std::int64_t id = connection.insert(
        fmt::format("INSERT INTO {} ({}) VALUES ({})", table_of(side), columns, places), values
    );
    connection.execute(
        fmt::format("INSERT INTO {}_raw (email_id, raw) VALUES (:id, :raw)", table_of(side)),
        store::values(id, email.raw)
    );
    return id;
}

std::optional<EmailRecord> find(store::Connection& connection, Side side, std::int64_t id) {
    return connection.select_one<EmailRecord>(
        rows_of(side) + " WHERE id = :id ORDER BY id", store::values(id)
    );
}

std::vector<EmailRecord> with_status(
    store::Connection& connection, Side side, std::string_view status, int count_max
) {
    // A literal, so that the index of open rows serves it.
    return connection.select<EmailRecord>(
        fmt::format(
            "{} WHERE status = '{}' ORDER BY id LIMIT :count",
            rows_of(side),
            base::replace_all(std::string(status), "'", "''")
        ),
        store::values(count_max)
    );
}

std::vector<EmailRecord> prepared_and_due(
    store::Connection& connection, Side side, base::Timestamp now, int count_max
) {
    return connection.select<EmailRecord>(
        rows_of(side) +
            " WHERE status = 'prepared' AND (not_before IS NULL OR not_before <= :now) "
            "ORDER BY id LIMIT :count",
        store::values(now, count_max)
    );
}

std::int64_t attempts_of(store::Connection& connection, Side side, std::int64_t id) {
    return connection.integer(
        fmt::format("SELECT attempts FROM {} WHERE id = :id ORDER BY id", table_of(side)),
        store::values(id)
    );
}

bool has_intent(store::Connection& connection, Side side, std::int64_t id) {
    return connection.integer(
               fmt::format(
                   "SELECT COUNT(*) FROM {} WHERE id = :id AND status = 'intent'", table_of(side)
               ),
               store::values(id)
           ) == 1;
}

base::Result<> mark_intent(
    store::Connection& connection,
    Side side,
    std::int64_t id,
    const std::string& hash,
    base::Timestamp now
) {
    const std::int64_t moved = connection.execute(
        fmt::format(
            "UPDATE {} SET status = 'intent', intent_at = :now "
            "WHERE id = :id AND status = 'prepared' AND raw_sha256 = :hash",
            table_of(side)
        ),
        store::values(now, id, hash)
    );
    if (moved == 1) return {};
    const std::string sql =
        fmt::format("SELECT status FROM {} WHERE id = :id ORDER BY id", table_of(side));
    if (connection.text(sql, store::values(id)) != "prepared")
        return base::fail(
            base::ErrorCode::conflict,
            "delivery.intent",
            fmt::format("email {} is not prepared any more", id)
        );
    return base::fail(
        base::ErrorCode::storage,
        "delivery.intent",
        fmt::format(
            "email {}: its stored bytes are not the ones that were prepared; check the disk", id
        )
    );
}

bool mark_accepted(
    store::Connection& connection,
    Side side,
    std::int64_t id,
    base::Timestamp now,
    const std::string& server_reply
) {
    // Where nobody files what this mailbox sends, the bytes are kept until we have
    // (delivery/sent_copy.h).
    const auto copy = connection.text(
        fmt::format(
            "UPDATE {} SET status = 'accepted', sent_at = :now, server_reply = :reply, "
            "error_message = NULL, sent_copy = CASE WHEN EXISTS (SELECT 1 FROM sent_folders f "
            "WHERE f.mailbox_id = from_mailbox_id AND f.filed_by = 'nobody') THEN 'due' ELSE "
            "sent_copy END WHERE id = :id AND status IN ('intent', 'in_doubt', 'parked') RETURNING "
            "sent_copy",
            table_of(side)
        ),
        store::values(now, server_reply, id)
    );
    if (copy) {
        if (*copy != "due")
            connection.execute(
                fmt::format("DELETE FROM {}_raw WHERE email_id = :id", table_of(side)),
                store::values(id)
            );
        return true;
    }
    // Another process may have found the mail where it went before its 250 was recorded.
    const std::string sql =
        fmt::format("SELECT status FROM {} WHERE id = :id ORDER BY id", table_of(side));
    return connection.text(sql, store::values(id)) == "accepted";
}

bool mark_refused(
    store::Connection& connection, Side side, std::int64_t id, const std::string& server_reply
) {
    const bool moved = move(
        connection,
        side,
        "status = 'refused', server_reply = :reply",
        "'prepared', 'intent'",
        store::values(server_reply),
        id
    );
    return drop_raw_if(connection, side, id, moved);
}

bool mark_not_sent(
    store::Connection& connection,
    Side side,
    std::int64_t id,
    bool own_intent,
    const std::string& reason,
    std::optional<base::Timestamp> not_before,
    bool reached_server
) {
    if (own_intent) move(connection, side, "status = 'not_accepted'", "'intent'", {}, id);
    return move(
        connection,
        side,
        "status = 'prepared', attempts = attempts + :counted, intent_at = NULL, error_message = "
        ":reason, "
        "not_before = :not_before",
        "'prepared', 'not_accepted'",
        store::values(reached_server ? 1 : 0, reason, not_before),
        id
    );
}

bool cancel(store::Connection& connection, Side side, std::int64_t id, const std::string& reason) {
    const bool moved = move(
        connection,
        side,
        "status = 'cancelled', error_message = :reason",
        "'prepared'",
        store::values(reason),
        id
    );
    return drop_raw_if(connection, side, id, moved);
}

bool mark_in_doubt(
    store::Connection& connection, Side side, std::int64_t id, const std::string& reason
) {
    return move(
        connection,
        side,
        "status = 'in_doubt', error_message = :reason",
        "'intent'",
        store::values(reason),
        id
    );
}

bool resolve_found(
    store::Connection& connection, Side side, std::int64_t id, base::Timestamp found_at
) {
    return resolve_accepted(connection, side, id, found_at, "found in the receiving mailbox");
}

bool resolve_accepted(
    store::Connection& connection,
    Side side,
    std::int64_t id,
    base::Timestamp found_at,
    std::string_view evidence
) {
    // When it was accepted is not known; the intent's time is the closest that was recorded.
    const bool moved = move(
        connection,
        side,
        "status = 'accepted', sent_at = COALESCE(intent_at, :found), server_reply = :evidence",
        "'in_doubt', 'parked'",
        store::values(found_at, fmt::format("no reply recorded; {}", evidence)),
        id
    );
    return drop_raw_if(connection, side, id, moved);
}

std::int64_t recover_intents(store::Connection& connection, Side side, base::Timestamp before) {
    constexpr std::string_view kReason = "stopped between the intent and the server's answer";
    std::int64_t moved = 0;
    for (const OpenIntent& one : left_intents(connection, side, before)) {
        if (!mark_in_doubt(connection, side, one.id, std::string(kReason))) continue;
        // Whoever sent it did not live to count it.
        mailbox::count_send(connection, one.mailbox_id, to_string(side), one.at);
        mailbox::note_mail(connection, one.mailbox_id, one.at);
        ++moved;
    }
    return moved;
}

}  // namespace delivery
