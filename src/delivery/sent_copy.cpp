#include "delivery/sent_copy.h"

#include <fmt/format.h>

namespace delivery {

namespace {

constexpr base::Duration kLookFor = std::chrono::minutes(10);
constexpr base::Duration kLearnAgainAfter = std::chrono::hours(24 * 30);
// An older mail may have been deleted by its owner since: its absence teaches nothing.
constexpr base::Duration kLearnFromMailOf = std::chrono::hours(24);

std::string_view table_of(Side side) {
    return side == Side::warmup ? "emails_warmup" : "emails_campaign";
}

FiledBy filed_by_of(std::string_view text) {
    return text == "provider" ? FiledBy::provider
           : text == "nobody" ? FiledBy::nobody
                              : FiledBy::unknown;
}

}  // namespace

std::string_view to_string(FiledBy filed_by) {
    switch (filed_by) {
        case FiledBy::unknown:
            return "unknown";
        case FiledBy::provider:
            return "provider";
        case FiledBy::nobody:
            return "nobody";
    }
    return "unknown";
}

bool is_to_be_learned(const SentFolder& known, base::Timestamp now) {
    return known.filed_by == FiledBy::unknown || !known.learned_at ||
           now - *known.learned_at >= kLearnAgainAfter;
}

SentCopyStep decide_sent_copy(const SentCopyFacts& facts) {
    using Kind = SentCopyStep::Kind;
    // What we may have put there ourselves teaches nothing.
    if (facts.found && facts.maybe_ours) return {Kind::settle, FiledBy::unknown};
    if (facts.found) return {Kind::leave, FiledBy::provider};
    const bool learning = is_to_be_learned(facts.known, facts.now) && !facts.maybe_ours;
    if (learning && facts.now - facts.accepted_at < kLookFor) return {Kind::wait, FiledBy::unknown};
    return {
        facts.due || facts.maybe_ours ? Kind::append : Kind::leave,
        learning ? FiledBy::nobody : FiledBy::unknown
    };
}

bool is_evidence(std::string_view sent_copy) {
    return sent_copy != "appending" && sent_copy != "appended";
}

SentFolder sent_folder_of(store::Connection& connection, std::int64_t mailbox_id) {
    const auto filed_by = connection.text(
        "SELECT filed_by FROM sent_folders WHERE mailbox_id = :id ORDER BY mailbox_id",
        store::values(mailbox_id)
    );
    if (!filed_by) return {};
    return {
        filed_by_of(*filed_by),
        base::Timestamp{connection.integer(
            "SELECT learned_at FROM sent_folders WHERE mailbox_id = :id ORDER BY mailbox_id",
            store::values(mailbox_id)
        )}
    };
}

void learn_sent_folder(
    store::Connection& connection, std::int64_t mailbox_id, FiledBy filed_by, base::Timestamp now
) {
    if (filed_by == FiledBy::unknown) return;
    connection.execute(
        "INSERT INTO sent_folders (mailbox_id, filed_by, learned_at) VALUES (:id, :by, :now) "
        "ON CONFLICT (mailbox_id) DO UPDATE SET filed_by = excluded.filed_by, "
        "learned_at = excluded.learned_at",
        store::values(mailbox_id, to_string(filed_by), now)
    );
}

std::vector<SentMail> copies_to_look_for(
    store::Connection& connection,
    Side side,
    std::int64_t mailbox_id,
    base::Timestamp now,
    int count_max
) {
    const std::string columns = store::column_list<SentMail>();
    auto mails = connection.select<SentMail>(
        fmt::format(
            "SELECT {0} FROM {1} LEFT JOIN {1}_raw ON email_id = id "
            "WHERE from_mailbox_id = :mailbox AND status = 'accepted' "
            "AND (sent_copy = 'due' OR sent_copy = 'appending') ORDER BY sent_at, id LIMIT :count",
            columns,
            table_of(side)
        ),
        store::values(mailbox_id, count_max)
    );
    const SentFolder known = sent_folder_of(connection, mailbox_id);
    if (!mails.empty() || !is_to_be_learned(known, now)) return mails;
    const base::Timestamp again = known.learned_at.value_or(base::Timestamp{}) + kLearnAgainAfter;
    const base::Timestamp since =
        known.learned_at ? std::max(again, now - kLearnFromMailOf) : now - kLearnFromMailOf;
    return connection.select<SentMail>(
        fmt::format(
            "SELECT {0} FROM {1} LEFT JOIN {1}_raw ON email_id = id "
            "WHERE from_mailbox_id = :mailbox AND status = 'accepted' "
            "AND sent_copy = 'none' AND sent_at >= :since ORDER BY sent_at, id LIMIT 1",
            columns,
            table_of(side)
        ),
        store::values(mailbox_id, since)
    );
}

bool begin_append(store::Connection& connection, Side side, std::int64_t id) {
    return connection.execute(
               fmt::format(
                   "UPDATE {0} SET sent_copy = 'appending' WHERE id = :id AND status = 'accepted' "
                   "AND sent_copy IN ('due', 'appending') "
                   "AND EXISTS (SELECT 1 FROM {0}_raw r WHERE r.email_id = {0}.id)",
                   table_of(side)
               ),
               store::values(id)
           ) == 1;
}

void end_copy(store::Connection& connection, Side side, std::int64_t id, std::string_view how) {
    const std::string table(table_of(side));
    const std::int64_t ended = connection.execute(
        "UPDATE " + table + " SET sent_copy = :how WHERE id = :id AND status = 'accepted'",
        store::values(how, id)
    );
    if (ended == 1)
        connection.execute("DELETE FROM " + table + "_raw WHERE email_id = :id", store::values(id));
}

void forget_sent_copies(store::Connection& connection, Side side) {
    const std::string table(table_of(side));
    const std::string due = "(sent_copy = 'due' OR sent_copy = 'appending')";
    connection.execute(
        "DELETE FROM " + table + "_raw WHERE email_id IN (SELECT id FROM " + table + " WHERE " +
        due + ")"
    );
    connection.execute("UPDATE " + table + " SET sent_copy = 'given_up' WHERE " + due);
    connection.execute("DELETE FROM sent_folders");
}

}  // namespace delivery
