#include "campaign/lead_privacy.h"

#include <fmt/format.h>

#include "base/check.h"
#include "campaign/address_key.h"
#include "ledger/ledger.h"

namespace campaign {

namespace {

struct Named {
    std::int64_t id = 0;
    std::string address;
};
BOOST_DESCRIBE_STRUCT(Named, (), (id, address))

struct External {
    std::string external_id;
};
BOOST_DESCRIBE_STRUCT(External, (), (external_id))

std::string_view address_column(PersonTable table) {
    switch (table) {
        case PersonTable::drafts:
            return "to_email";
        case PersonTable::emails:
            return "\"to\"";
        case PersonTable::replies:
            return "\"from\"";
    }
    return "";
}

// What of a row is the person's; all else is ids, times and states.
std::string_view wiped(PersonTable table) {
    switch (table) {
        case PersonTable::drafts:
            return "to_email = '', to_name = '', subject = '', body = '', html_body = NULL, "
                   "error_message = NULL, in_reply_to = NULL, \"references\" = NULL, review = "
                   "'[]', "
                   "status = CASE WHEN status IN ('generating', 'ready_to_send') THEN 'cancelled' "
                   "ELSE status END";
        case PersonTable::emails:
            return "\"to\" = '', subject = '', in_reply_to = NULL, \"references\" = NULL, "
                   "server_reply = NULL, error_message = NULL, "
                   "status = CASE WHEN status IN ('prepared', 'not_accepted') THEN 'cancelled' "
                   "ELSE status END";
        case PersonTable::replies:
            return "\"from\" = '', subject = '', text = '', message_id = '', \"references\" = '', "
                   "reason = '', decision = '', return_date = NULL";
    }
    return "";
}

bool is_person(std::string_view text, std::string_view key) {
    const auto email = base::Email::parse(text);
    return email && address_key(*email) == key;
}

// What an import could not place of these rows.
void erase_imported_fields(
    store::Connection& connection,
    std::string_view collection,
    std::string_view table,
    std::string_view condition,
    std::int64_t value
) {
    const auto rows = connection.select<External>(
        fmt::format(
            "SELECT external_id FROM {} WHERE {} = :value AND external_id IS NOT NULL ORDER BY id",
            table,
            condition
        ),
        store::values(value)
    );
    for (const External& row : rows)
        connection.execute(
            "DELETE FROM campaign_imported_fields WHERE collection = :collection "
            "AND external_id = :id",
            store::values(collection, row.external_id)
        );
}

std::int64_t wipe(
    store::Connection& connection, PersonTable table, std::string_view condition, std::int64_t value
) {
    if (table != PersonTable::replies)
        erase_imported_fields(
            connection, collection_of(table), table_name(table), condition, value
        );
    if (table == PersonTable::emails)
        connection.execute(
            fmt::format(
                "DELETE FROM emails_campaign_raw WHERE email_id IN "
                "(SELECT id FROM emails_campaign WHERE {} = :value)",
                condition
            ),
            store::values(value)
        );
    return connection.execute(
        fmt::format(
            "UPDATE {} SET {} WHERE {} = :value", table_name(table), wiped(table), condition
        ),
        store::values(value)
    );
}

// `column`: lead_id, or the draft's own id.
bool is_being_sent(store::Connection& connection, std::string_view column, std::int64_t value) {
    return connection.integer(
               fmt::format(
                   "SELECT COUNT(*) FROM email_drafts WHERE {} = :value AND status = 'claimed'",
                   column
               ),
               store::values(value)
           ) > 0;
}

std::unexpected<base::Error> being_sent() {
    return base::fail(
        base::ErrorCode::conflict,
        "lead erase",
        "a mail to this person is being sent at this moment; run it again in a few minutes"
    );
}

}  // namespace

std::string_view table_name(PersonTable table) {
    switch (table) {
        case PersonTable::drafts:
            return "email_drafts";
        case PersonTable::emails:
            return "emails_campaign";
        case PersonTable::replies:
            return "campaign_replies";
    }
    return "";
}

std::string_view collection_of(PersonTable table) {
    return table == PersonTable::drafts ? "email_drafts" : "emails";
}

PersonRows rows_of_person(
    store::Connection& connection,
    PersonTable table,
    std::string_view address_key,
    std::int64_t after
) {
    PersonRows out;
    const auto page = connection.select<Named>(
        fmt::format(
            "SELECT id, {} FROM {} WHERE id > :after ORDER BY id LIMIT 500",
            address_column(table),
            table_name(table)
        ),
        store::values(after)
    );
    for (const Named& row : page)
        if (is_person(row.address, address_key)) out.ids.push_back(row.id);
    out.last_id = page.empty() ? 0 : page.back().id;
    return out;
}

base::Result<Erased> erase_lead(
    store::Connection& connection, std::int64_t lead_id, base::Timestamp now
) {
    if (is_being_sent(connection, "lead_id", lead_id)) return being_sent();
    Erased erased;
    erased.drafts = wipe(connection, PersonTable::drafts, "lead_id", lead_id);
    erased.emails = wipe(connection, PersonTable::emails, "lead_id", lead_id);
    erased.replies = wipe(connection, PersonTable::replies, "lead_id", lead_id);
    erase_imported_fields(connection, "leads", "leads", "id", lead_id);
    erased.leads = connection.execute(
        "UPDATE leads SET email = '', email_key = '', organisation = '', mx_provider = '', "
        "name = '', company = '', title = '', country = '', zone = '', fields = '{}', source = '', "
        "basis = '', basis_by = '', basis_at = NULL, status = 'erased', status_reason = '', "
        "verified_at = NULL, next_step_at = NULL, wait_until = NULL WHERE id = :id",
        store::values(lead_id)
    );
    ledger::append(
        connection, {now, "campaign", "lead", lead_id, "erased", "text and address are gone", "{}"}
    );
    return erased;
}

base::Result<std::int64_t> erase_rows(
    store::Connection& connection, PersonTable table, const std::vector<std::int64_t>& ids
) {
    CHECK(ids.size() <= 500);
    if (table == PersonTable::drafts)
        for (const std::int64_t id : ids)
            if (is_being_sent(connection, "id", id)) return being_sent();
    std::int64_t count = 0;
    for (const std::int64_t id : ids) count += wipe(connection, table, "id", id);
    return count;
}

void keep_hash_only(
    store::Connection& connection,
    std::string_view address_key,
    std::string_view hash,
    base::Timestamp now
) {
    const std::string reason =
        connection
            .text(
                "SELECT reason FROM suppressions WHERE kind = 'address' AND value = :key "
                "ORDER BY id",
                store::values(address_key)
            )
            .value_or("erased");
    connection.execute(
        "DELETE FROM suppressions WHERE kind = 'address' AND value = :key",
        store::values(address_key)
    );
    connection.execute(
        "INSERT INTO suppressions (kind, value, reason, created_at) "
        "VALUES ('hash', :hash, :reason, :now) ON CONFLICT (kind, value) DO NOTHING",
        store::values(hash, reason, now)
    );
}

}  // namespace campaign
