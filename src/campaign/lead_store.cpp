#include "campaign/lead_store.h"

#include <array>

#include "base/check.h"
#include "ledger/ledger.h"

namespace campaign {

namespace {

// Endings in order of weight.
constexpr std::array<std::string_view, 7> kEndings = {
    "finished", "stopped", "replied", "bounced", "unsubscribed", "complained", "erased"
};

std::size_t weight(std::string_view status) {
    const auto* found = std::ranges::find(kEndings, status);
    if (found == kEndings.end()) return 0;
    // Finished and stopped weigh the same: what came last stays.
    return std::max<std::size_t>(static_cast<std::size_t>(found - kEndings.begin()), 1);
}

const std::string& select_leads() {
    static const std::string sql = "SELECT " + store::column_list<Lead>() + " FROM leads ";
    return sql;
}

}  // namespace

std::optional<Lead> lead_by_id(store::Connection& connection, std::int64_t id) {
    return connection.select_one<Lead>(
        select_leads() + "WHERE id = :id ORDER BY id", store::values(id)
    );
}

std::vector<Lead> leads_by_key(store::Connection& connection, std::string_view email_key) {
    return connection.select<Lead>(
        select_leads() + "WHERE email_key = :key ORDER BY id LIMIT 500", store::values(email_key)
    );
}

std::vector<Lead> leads_of_campaign(
    store::Connection& connection,
    std::int64_t campaign_id,
    std::string_view status,
    std::int64_t after,
    int count_max
) {
    CHECK(count_max > 0 && count_max <= kLeadsPage);
    if (status.empty())
        return connection.select<Lead>(
            select_leads() +
                "WHERE campaign_id = :campaign AND id > :after ORDER BY id LIMIT :count",
            store::values(campaign_id, after, count_max)
        );
    return connection.select<Lead>(
        select_leads() +
            "WHERE campaign_id = :campaign AND status = :status AND id > :after "
            "ORDER BY id LIMIT :count",
        store::values(campaign_id, status, after, count_max)
    );
}

std::vector<StatusCount> lead_counts(store::Connection& connection, std::int64_t campaign_id) {
    return connection.select<StatusCount>(
        "SELECT status, COUNT(*) FROM leads WHERE campaign_id = :campaign GROUP BY status "
        "ORDER BY status",
        store::values(campaign_id)
    );
}

std::int64_t add_lead(store::Connection& connection, const Lead& lead) {
    return connection.insert(
        "INSERT INTO leads (campaign_id, email, email_key, organisation, mx_provider, name, "
        "company, title, country, zone, fields, source, basis, basis_by, basis_at, status, "
        "status_reason, email_invalid, verified_at, sender_mailbox_id, next_step, next_step_at, "
        "wait_until, created_at) VALUES (:campaign, :email, :key, :organisation, :mx, :name, "
        ":company, :title, :country, :zone, :fields, :source, :basis, :basis_by, :basis_at, "
        ":status, :reason, :invalid, :verified, :sender, :step, :step_at, :wait, :created)",
        store::values(
            lead.campaign_id,
            lead.email,
            lead.email_key,
            lead.organisation,
            lead.mx_provider,
            lead.name,
            lead.company,
            lead.title,
            lead.country,
            lead.zone,
            lead.fields.empty() ? std::string("{}") : lead.fields,
            lead.source,
            lead.basis,
            lead.basis_by,
            lead.basis_at,
            lead.status,
            lead.status_reason,
            lead.email_invalid,
            lead.verified_at,
            lead.sender_mailbox_id,
            lead.next_step,
            lead.next_step_at,
            lead.wait_until,
            lead.created_at
        )
    );
}

bool may_go_on(std::string_view status) {
    return status == "new" || status == "needs_basis" || status == "ready" || status == "active";
}

std::int64_t cancel_open_drafts(
    store::Connection& connection, std::int64_t lead_id, std::string_view reason
) {
    return connection.execute(
        "UPDATE email_drafts SET status = 'cancelled', error_message = :reason "
        "WHERE lead_id = :lead AND status IN ('generating', 'ready_to_send')",
        store::values(reason, lead_id)
    );
}

void stop_lead(
    store::Connection& connection,
    std::int64_t lead_id,
    std::string_view status,
    std::string_view reason,
    base::Timestamp now
) {
    CHECK(weight(status) > 0);
    cancel_open_drafts(connection, lead_id, reason);
    const auto before = connection.text(
        "SELECT status FROM leads WHERE id = :id ORDER BY id", store::values(lead_id)
    );
    if (!before || weight(*before) > weight(status)) return;
    connection.execute(
        "UPDATE leads SET status = :status, status_reason = :reason, next_step_at = NULL "
        "WHERE id = :id",
        store::values(status, reason, lead_id)
    );
    if (*before != status)
        ledger::append(
            connection,
            {now, "campaign", "lead", lead_id, std::string(status), std::string(reason), "{}"}
        );
}

}  // namespace campaign
