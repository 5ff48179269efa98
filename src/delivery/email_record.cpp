#include "delivery/email_record.h"

#include <fmt/format.h>

#include "base/check.h"
#include "base/crypto.h"
#include "base/text.h"

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

}  // namespace

std::string hash_of(std::string_view raw) { return base::base64_encode(base::sha256(raw)); }

std::int64_t prepare(
    store::Connection& connection, Side side, const NewEmail& email, base::Timestamp now
) {
    std::string columns =
        "email_type, \"from\", \"to\", from_mailbox_id, subject, message_id, in_reply_to, "
        "\"references\", status, send_key, token, raw, raw_sha256, created_at";
    std::string places =
        ":email_type, :sender, :recipient, :mailbox, :subject, :message_id, :in_reply_to, "
        ":refs, 'prepared', :send_key, :token, :raw, :hash, :now";
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
        email.raw,
        hash_of(email.raw),
        now
    );
    for (const auto& [name, value] : email.own_columns) {
        columns += ", " + name;
        places += ", :own_" + name;
        values.push_back(value);
    }
    return connection.insert(
        fmt::format("INSERT INTO {} ({}) VALUES ({})", table_of(side), columns, places), values
    );
}

std::optional<EmailRecord> find(store::Connection& connection, Side side, std::int64_t id) {
    return connection.select_one<EmailRecord>(
        fmt::format(
            "SELECT {} FROM {} WHERE id = :id ORDER BY id",
            store::column_list<EmailRecord>(),
            table_of(side)
        ),
        store::values(id)
    );
}

std::vector<EmailRecord> with_status(
    store::Connection& connection, Side side, std::string_view status, int count_max
) {
    return connection.select<EmailRecord>(
        fmt::format(
            "SELECT {} FROM {} WHERE status = :status ORDER BY id LIMIT :count",
            store::column_list<EmailRecord>(),
            table_of(side)
        ),
        store::values(status, count_max)
    );
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
    // The bytes have done their work, and the hash stays; but where nobody files what this mailbox
    // sends, they are kept until we have (delivery/sent_copy.h).
    constexpr std::string_view kNobodyFiles =
        "EXISTS (SELECT 1 FROM sent_folders f WHERE f.mailbox_id = from_mailbox_id "
        "AND f.filed_by = 'nobody')";
    return move(
        connection,
        side,
        fmt::format(
            "status = 'accepted', sent_at = :now, server_reply = :reply, error_message = NULL, "
            "sent_copy = CASE WHEN raw IS NOT NULL AND {0} THEN 'due' ELSE sent_copy END, "
            "raw = CASE WHEN {0} THEN raw ELSE NULL END",
            kNobodyFiles
        ),
        "'intent', 'in_doubt'",
        store::values(now, server_reply),
        id
    );
}

bool mark_refused(
    store::Connection& connection, Side side, std::int64_t id, const std::string& server_reply
) {
    return move(
        connection,
        side,
        "status = 'refused', server_reply = :reply, raw = NULL",
        "'prepared', 'intent'",
        store::values(server_reply),
        id
    );
}

bool mark_not_sent(
    store::Connection& connection,
    Side side,
    std::int64_t id,
    bool own_intent,
    const std::string& reason
) {
    if (own_intent) move(connection, side, "status = 'not_accepted'", "'intent'", {}, id);
    return move(
        connection,
        side,
        "status = 'prepared', attempts = attempts + 1, intent_at = NULL, error_message = :reason",
        "'prepared', 'not_accepted'",
        store::values(reason),
        id
    );
}

bool cancel(store::Connection& connection, Side side, std::int64_t id, const std::string& reason) {
    return move(
        connection,
        side,
        "status = 'cancelled', error_message = :reason, raw = NULL",
        "'prepared'",
        store::values(reason),
        id
    );
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
    // When it was accepted is not known; the intent's time is the closest that was recorded.
    return move(
        connection,
        side,
        "status = 'accepted', sent_at = COALESCE(intent_at, :found), "
        "server_reply = 'no reply recorded; found in the receiving mailbox', raw = NULL",
        "'in_doubt', 'parked'",
        store::values(found_at),
        id
    );
}

std::int64_t recover_intents(store::Connection& connection, Side side, base::Timestamp before) {
    return connection.execute(
        fmt::format(
            "UPDATE {} SET status = 'in_doubt', error_message = :reason "
            "WHERE status = 'intent' AND intent_at <= :before",
            table_of(side)
        ),
        store::values("stopped between the intent and the server's answer", before)
    );
}

}  // namespace delivery
