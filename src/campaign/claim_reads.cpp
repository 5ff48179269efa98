#include "campaign/claim_reads.h"

#include <fmt/format.h>

namespace campaign {

namespace {

constexpr std::string_view kCandidateColumns =
    "SELECT d.id, d.claim_token, d.not_before, d.email_type, d.followup_number, d.subject, "
    "COALESCE(d.in_reply_to, ''), COALESCE(d.campaign_id, 0), d.wait_reason, d.reviewed_at, "
    "d.written_by, COALESCE(t.canary, 'clear'), "
    "COALESCE(l.id, 0), COALESCE(l.status, ''), COALESCE(l.name, ''), COALESCE(l.mx_provider, ''), "
    "COALESCE(l.organisation, ''), COALESCE(l.zone, ''), COALESCE(l.wait_until, 0), "
    "COALESCE(l.sender_mailbox_id, 0), "
    "(SELECT COUNT(*) FROM emails_campaign e WHERE e.lead_id = d.lead_id AND e.email_type <> "
    "'answer' AND e.status IN ('intent', 'accepted', 'in_doubt', 'parked')), "
    "(SELECT COUNT(*) FROM emails_campaign s WHERE s.lead_id = d.lead_id AND s.followup_number = "
    "d.followup_number AND s.email_type <> 'answer' AND s.status IN ('intent', 'accepted', "
    "'in_doubt', 'parked')), "
    "CASE WHEN COALESCE(d.in_reply_to, '') = '' THEN '' ELSE COALESCE((SELECT f.subject FROM "
    "emails_campaign f WHERE f.lead_id = d.lead_id AND f.followup_number = 0 AND f.email_type = "
    "'initial' AND f.status IN ('accepted', 'in_doubt', 'parked') ORDER BY f.id LIMIT 1), '') END "
    "FROM email_drafts d LEFT JOIN leads l ON l.id = d.lead_id LEFT JOIN campaign_texts t ON t.id "
    "= d.text_id ";

struct Account {
    std::string email;
};
BOOST_DESCRIBE_STRUCT(Account, (), (email))

}  // namespace

std::string claim_sql(bool bound) {
    return std::string(kCandidateColumns) + "WHERE d.status = 'ready_to_send' AND " +
           (bound ? "d.from_account = :account"
                  : "d.from_account IS NULL AND d.campaign_id = :campaign") +
           " AND d.not_before <= :now ORDER BY d.not_before, d.id LIMIT :count";
}

std::vector<Candidate> bound_candidates(
    store::Connection& connection, const std::string& account, int count_max, base::Timestamp now
) {
    static const std::string sql = claim_sql(true);
    return connection.select<Candidate>(sql, store::values(account, now, count_max));
}

std::vector<Candidate> free_candidates(
    store::Connection& connection, std::int64_t campaign_id, int count_max, base::Timestamp now
) {
    static const std::string sql = claim_sql(false);
    return connection.select<Candidate>(sql, store::values(campaign_id, now, count_max));
}

std::string busy_sql(std::size_t accounts) {
    std::string places;
    for (std::size_t i = 0; i < accounts; ++i)
        places += fmt::format("{}:account{}", i == 0 ? "" : ", ", i);
    return "SELECT from_account FROM email_drafts WHERE status = 'claimed' AND from_account IN (" +
           places + ") AND lease_until > :now ORDER BY from_account";
}

std::set<std::string> busy_accounts(
    store::Connection& connection, const std::vector<std::string>& accounts, base::Timestamp now
) {
    std::set<std::string> busy;
    if (accounts.empty()) return busy;
    store::Values values;
    for (const std::string& account : accounts) values.push_back(store::to_value(account));
    values.push_back(store::to_value(now));
    for (Account& one : connection.select<Account>(busy_sql(accounts.size()), values))
        busy.insert(std::move(one.email));
    return busy;
}

const std::string& organisation_sql() {
    // From the leads, few, to what is theirs; never through all claims of all workers. A claim
    // whose mail has its intent is a mail already.
    static const std::string sql =
        "SELECT COALESCE(SUM(o.sent + o.claimed), 0), COALESCE(SUM(CASE WHEN o.status = 'active' "
        "OR o.claimed > 0 THEN 1 ELSE 0 END), 0) FROM (SELECT l.status AS status, "
        "(SELECT COUNT(*) FROM emails_campaign e WHERE e.lead_id = l.id AND e.email_type <> "
        "'answer' AND COALESCE(e.intent_at, e.sent_at) >= :day AND e.status IN ('intent', "
        "'accepted', 'in_doubt', 'parked')) AS sent, "
        "(SELECT COUNT(*) FROM email_drafts d WHERE d.lead_id = l.id AND d.status = 'claimed' AND "
        "d.lease_until > :now AND NOT EXISTS (SELECT 1 FROM emails_campaign i WHERE i.lead_id = "
        "l.id AND i.draft_id = d.id AND i.status IN ('intent', 'accepted', 'in_doubt', 'parked'))) "
        "AS claimed "
        "FROM leads l WHERE l.organisation = :organisation AND l.organisation <> '') o";
    return sql;
}

OrganisationCounts organisation_counts(
    store::Connection& connection,
    const std::string& organisation,
    base::Timestamp day,
    base::Timestamp now
) {
    return *connection.select_one<OrganisationCounts>(
        organisation_sql(), store::values(day, now, organisation)
    );
}

const std::string& take_sql() {
    static const std::string sql =
        "UPDATE email_drafts SET status = 'claimed', claimed_by = :owner, claim_token = "
        "claim_token + 1, lease_until = :until, from_account = :account, wait_reason = '' "
        "WHERE id = :id AND status = 'ready_to_send' AND claim_token = :token RETURNING " +
        store::column_list<Draft>();
    return sql;
}

}  // namespace campaign
