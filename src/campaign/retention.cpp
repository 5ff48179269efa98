#include "campaign/retention.h"

#include <fmt/format.h>

#include "campaign/document_tables.h"
#include "documents/kept_fields.h"
#include "documents/stored_documents.h"

namespace campaign {

namespace {

constexpr int kErasedMax = 25;

// The id of the last row of the page after `after`; 0 where there is none.
std::int64_t page_end(store::Connection& connection, std::string_view table, std::int64_t after) {
    return connection.integer(
        fmt::format(
            "SELECT COALESCE(MAX(id), 0) FROM (SELECT id FROM {} WHERE id > :after "
            "ORDER BY id LIMIT 500) page",
            table
        ),
        store::values(after)
    );
}

// Runs a statement with :after, :last and :before on the next page of a table.
RetentionPage clear_page(
    store::Connection& connection,
    std::string_view table,
    std::string_view sql,
    const Cutoffs& cut,
    std::int64_t after
) {
    RetentionPage page;
    page.last_id = page_end(connection, table, after);
    if (page.last_id != 0)
        page.changed =
            connection.execute(sql, store::values(after, page.last_id, cut.bodies_before));
    return page;
}

struct Row {
    std::int64_t id = 0;
    std::string status;
    base::Timestamp came_in_at;
    std::optional<base::Timestamp> last_mail_at;
    std::optional<base::Timestamp> last_draft_at;
    std::int64_t answers = 0;
};
BOOST_DESCRIBE_STRUCT(Row, (), (id, status, came_in_at, last_mail_at, last_draft_at, answers))

struct Kept {
    std::int64_t id = 0;
    base::Timestamp at;
    std::string external_id;
    std::string fields;
};
BOOST_DESCRIBE_STRUCT(Kept, (), (id, at, external_id, fields))

}  // namespace

Cutoffs cutoffs(const RetentionPeriods& periods, base::Timestamp now) {
    return {now - periods.bodies, now - periods.leads};
}

bool is_over(const LeadAge& lead, base::Timestamp leads_before) {
    if (lead.answered || lead.status == "replied" || lead.status == "erased") return false;
    const base::Timestamp last =
        std::max(lead.came_in_at, lead.last_mail_at.value_or(lead.came_in_at));
    return last < leads_before;
}

RetentionPage clear_drafts(store::Connection& connection, const Cutoffs& cut, std::int64_t after) {
    return clear_page(
        connection,
        "email_drafts",
        "UPDATE email_drafts SET body = '', html_body = NULL, review = '[]' "
        "WHERE id > :after AND id <= :last AND body <> '' "
        "AND status IN ('sent', 'failed', 'rejected', 'cancelled') "
        "AND COALESCE(sent_at, created_at) < :before",
        cut,
        after
    );
}

RetentionPage clear_emails(store::Connection& connection, const Cutoffs& cut, std::int64_t after) {
    // What may still be sent keeps its bytes.
    return clear_page(
        connection,
        "emails_campaign",
        "DELETE FROM emails_campaign_raw WHERE email_id IN (SELECT id FROM emails_campaign "
        "WHERE id > :after AND id <= :last AND COALESCE(sent_at, created_at) < :before "
        "AND status IN ('accepted', 'refused', 'cancelled'))",
        cut,
        after
    );
}

RetentionPage clear_kept(
    store::Connection& connection, PersonTable table, const Cutoffs& cut, std::int64_t after
) {
    RetentionPage page;
    const auto rows = connection.select<Kept>(
        fmt::format(
            "SELECT t.id, COALESCE(t.sent_at, t.created_at), t.external_id, k.fields FROM {} t "
            "JOIN campaign_imported_fields k ON k.collection = '{}' "
            "AND k.external_id = t.external_id WHERE t.id > :after ORDER BY t.id LIMIT 100",
            table_name(table),
            collection_of(table)
        ),
        store::values(after)
    );
    for (const Kept& row : rows) {
        page.last_id = row.id;
        if (row.at >= cut.bodies_before) continue;
        const std::string left = documents::without_texts(row.fields);
        if (left == row.fields) continue;
        documents::keep(connection, kKeptTable, collection_of(table), row.external_id, left);
        ++page.changed;
    }
    return page;
}

RetentionPage clear_replies(store::Connection& connection, const Cutoffs& cut, std::int64_t after) {
    return clear_page(
        connection,
        "campaign_replies",
        "UPDATE campaign_replies SET text = '' WHERE id > :after AND id <= :last AND text <> '' "
        "AND received_at < :before",
        cut,
        after
    );
}

RetentionPage erase_old_leads(
    store::Connection& connection, const Cutoffs& cut, std::int64_t after, base::Timestamp now
) {
    RetentionPage page;
    const auto rows = connection.select<Row>(
        "SELECT l.id, l.status, COALESCE(l.came_in_at, l.created_at), "
        "(SELECT MAX(e.sent_at) FROM emails_campaign e WHERE e.lead_id = l.id), "
        // Imported drafts that were sent may have no mail.
        "(SELECT MAX(d.sent_at) FROM email_drafts d WHERE d.lead_id = l.id), "
        "(SELECT COUNT(*) FROM campaign_replies r WHERE r.lead_id = l.id AND r.kind = 'reply') + "
        "(SELECT COUNT(*) FROM emails_campaign e WHERE e.lead_id = l.id AND e.outcome = 'replied') "
        "FROM leads l WHERE l.id > :after ORDER BY l.id LIMIT 500",
        store::values(after)
    );
    for (const Row& row : rows) {
        page.last_id = row.id;
        const auto last_mail_at = std::max(row.last_mail_at, row.last_draft_at);
        if (!is_over({row.status, row.answers > 0, row.came_in_at, last_mail_at}, cut.leads_before))
            continue;
        // One that is being sent to is left for the next time.
        if (erase_lead(connection, row.id, now)) ++page.changed;
        if (page.changed == kErasedMax) break;
    }
    return page;
}

}  // namespace campaign
