#include "campaign/draft_store.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/check.h"
#include "campaign/lead_store.h"
#include "ledger/ledger.h"

namespace campaign {

namespace {

using store::values;

constexpr int kPageMax = 500;

void note(
    store::Connection& connection,
    std::int64_t id,
    std::string decision,
    std::string reason,
    base::Timestamp now
) {
    ledger::append(
        connection,
        {.at = now,
         .side = "campaign",
         .subject_kind = "draft",
         .subject_id = id,
         .decision = std::move(decision),
         .reason = std::move(reason)}
    );
}

// The condition of a filter and its values; placeholders are named by their place.
std::string condition_of(const DraftFilter& filter, store::Values& bound) {
    std::string sql = "id > :after";
    bound = values(filter.after_id);
    if (filter.campaign_id) {
        sql += " AND campaign_id = :campaign";
        bound.push_back(store::to_value(*filter.campaign_id));
    }
    std::string list;
    for (std::size_t i = 0; i < filter.statuses.size(); ++i) {
        list += fmt::format("{}:status{}", i == 0 ? "" : ", ", i);
        bound.push_back(store::to_value(filter.statuses[i]));
    }
    if (!list.empty()) sql += " AND status IN (" + list + ")";
    return sql;
}

}  // namespace

std::int64_t insert_draft(
    store::Connection& connection, const NewDraft& draft, base::Timestamp now
) {
    const std::int64_t id = connection.insert(
        "INSERT INTO email_drafts (lead_id, campaign_id, to_email, to_name, email_type, "
        "followup_number, subject, body, html_body, from_account, in_reply_to, \"references\", "
        "status, created_at, not_before, variant, text_id, written_by) VALUES (:lead, :campaign, "
        ":to_email, :to_name, :type, :number, :subject, :body, :html, :account, :in_reply_to, "
        ":refs, 'generating', :created, :not_before, :variant, :text, :written_by)",
        values(
            draft.lead_id,
            draft.campaign_id,
            draft.to_email,
            draft.to_name,
            draft.step == 0 ? "initial" : "followup",
            draft.step,
            draft.subject,
            draft.body,
            draft.html_body,
            draft.from_account,
            draft.in_reply_to,
            draft.references,
            now,
            draft.not_before,
            draft.variant,
            draft.text_id,
            draft.written_by
        )
    );
    note(connection, id, "written", fmt::format("by {}", draft.written_by), now);
    return id;
}

std::optional<Draft> find_draft(store::Connection& connection, std::int64_t id) {
    return connection.select_one<Draft>(
        "SELECT " + store::column_list<Draft>() + " FROM email_drafts WHERE id = :id ORDER BY id",
        values(id)
    );
}

std::optional<Draft> living_draft(store::Connection& connection, std::int64_t lead_id, int step) {
    return connection.select_one<Draft>(
        "SELECT " + store::column_list<Draft>() +
            " FROM email_drafts WHERE lead_id = :lead AND followup_number = :step AND status IN "
            "('generating', 'ready_to_send', 'claimed', 'sent', 'in_doubt') ORDER BY id",
        values(lead_id, step)
    );
}

std::vector<Draft> list_drafts(store::Connection& connection, const DraftFilter& filter) {
    store::Values bound;
    const std::string condition = condition_of(filter, bound);
    return connection.select<Draft>(
        fmt::format(
            "SELECT {} FROM email_drafts WHERE {} ORDER BY id LIMIT {}",
            store::column_list<Draft>(),
            condition,
            std::clamp(filter.count_max, 1, kPageMax)
        ),
        bound
    );
}

std::int64_t count_drafts(store::Connection& connection, const DraftFilter& filter) {
    store::Values bound;
    const std::string condition = condition_of(filter, bound);
    return connection.integer("SELECT COUNT(*) FROM email_drafts WHERE " + condition, bound);
}

bool set_draft_status(
    store::Connection& connection,
    std::int64_t id,
    std::string_view from,
    std::string_view to,
    const std::string& reason,
    base::Timestamp now
) {
    CHECK(to != "ready_to_send");
    const std::int64_t changed = connection.execute(
        "UPDATE email_drafts SET status = :to, error_message = :reason WHERE id = :id AND status = "
        ":from",
        values(to, reason, id, from)
    );
    if (changed > 0) note(connection, id, std::string(to), reason, now);
    return changed > 0;
}

base::Result<> edit_draft(
    store::Connection& connection,
    std::int64_t id,
    const DraftText& text,
    std::string_view written_by,
    const std::string& by,
    base::Timestamp now
) {
    const auto draft = find_draft(connection, id);
    if (!draft)
        return base::fail(
            base::ErrorCode::not_found, "campaign.draft", fmt::format("there is no draft {}", id)
        );
    const bool waits = draft->status == "generating" || draft->status == "ready_to_send" ||
                       draft->status == "rejected";
    if (!waits)
        return base::fail(
            base::ErrorCode::conflict,
            "campaign.draft",
            fmt::format("draft {} is {}: it can't be changed any more", id, draft->status)
        );
    connection.execute(
        "UPDATE email_drafts SET subject = :subject, body = :body, html_body = :html, status = "
        "'generating', written_by = :written_by, quality_score = NULL, review_passed = 0, "
        "reviewed_at = NULL, review = '[]', approved_by = '', error_message = NULL, rewrites = "
        "rewrites + :rewrites WHERE id = :id",
        values(
            text.subject, text.body, text.html_body, written_by, written_by == "person" ? 0 : 1, id
        )
    );
    note(
        connection,
        id,
        written_by == "person" ? "edited" : "rewritten",
        by.empty() ? std::string("what review found") : "by " + by,
        now
    );
    return {};
}

}  // namespace campaign
