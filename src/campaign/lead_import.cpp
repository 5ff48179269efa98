#include "campaign/lead_import.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json.hpp>

#include "base/check.h"
#include "campaign/address_key.h"
#include "ledger/ledger.h"

namespace campaign {

namespace {

constexpr std::size_t kGroupMax = 5000;

struct OwnAddress {
    std::string email;
};
BOOST_DESCRIBE_STRUCT(OwnAddress, (), (email))

}  // namespace

std::int64_t ImportTotals::refused_count() const {
    std::int64_t sum = 0;
    for (const auto& [refusal, count] : refused) sum += count;
    return sum;
}

LeadImport::LeadImport(
    store::Database& db, MailDomains& domains, const mailbox::Vault& vault, ImportOrder order
)
    : db_(db), domains_(domains), vault_(vault), order_(std::move(order)) {}

void LeadImport::refuse(
    std::int64_t line, std::string email, Refused why, std::vector<RefusedRow>& out
) {
    if (why.refusal == Refusal::known)
        ++totals_.known;
    else
        ++totals_.refused[why.refusal];
    out.push_back({line, std::move(email), std::move(why)});
}

std::vector<LeadImport::Checked> LeadImport::check(
    std::vector<LeadRow> rows, std::vector<RefusedRow>& refused
) {
    std::vector<Checked> good;
    for (LeadRow& row : rows) {
        ++totals_.rows;
        Refused why = check_row(row, order_.own, {order_.allow_roles});
        if (why.refusal != Refusal::none) {
            refuse(row.line, row.email, std::move(why), refused);
            continue;
        }
        const base::Email email = *base::Email::parse(row.email);
        if (!seen_.insert(address_key(email)).second) {
            refuse(
                row.line,
                row.email,
                {Refusal::duplicate_in_file, "the file has it in an earlier line"},
                refused
            );
            continue;
        }
        if (row.source.empty()) row.source = order_.source;
        good.push_back({std::move(row), email});
    }
    return good;
}

LeadCandidate LeadImport::candidate_of(const Checked& checked, const MailDomain& domain) const {
    LeadCandidate candidate;
    candidate.line = checked.row.line;
    candidate.lead = lead_of(checked.row, checked.email, domain);
    candidate.keys = suppression_keys(checked.email, vault_);
    Lead& lead = candidate.lead;
    if (lead.basis.empty()) lead.basis = order_.basis;
    if (!lead.basis.empty()) {
        lead.basis_by = order_.basis_by;
        lead.basis_at = order_.now;
    }
    LeadStatus status = status_of(lead, domain.verdict, order_.verify);
    lead.status = std::move(status.status);
    lead.status_reason = std::move(status.reason);
    lead.created_at = order_.now;
    return candidate;
}

base::Task<std::vector<LeadCandidate>> LeadImport::with_domains(
    std::vector<Checked> checked, std::vector<RefusedRow>& refused
) {
    std::set<std::string> wanted;
    for (const Checked& one : checked) wanted.emplace(domain_of(address_key(one.email)));
    std::vector<std::string> names(wanted.begin(), wanted.end());
    const std::vector<MailDomain> found = co_await domains_.look_up(names);
    CHECK(found.size() == names.size());
    std::map<std::string, const MailDomain*> by_name;
    for (std::size_t i = 0; i < names.size(); ++i) by_name[names[i]] = &found[i];
    std::vector<LeadCandidate> candidates;
    for (const Checked& one : checked) {
        const MailDomain& domain = *by_name.at(std::string(domain_of(address_key(one.email))));
        Refused why = check_domain(domain);
        if (why.refusal != Refusal::none)
            refuse(one.row.line, one.row.email, std::move(why), refused);
        else
            candidates.push_back(candidate_of(one, domain));
    }
    co_return candidates;
}

base::Task<> LeadImport::store_batch(
    std::vector<LeadCandidate> batch, std::vector<RefusedRow>& refused
) {
    const BatchOrder order{order_.campaign_id, order_.allow_known};
    std::vector<Refused> judged;
    if (order_.dry_run)
        judged =
            co_await db_.read(store::Role::campaign, [batch, order](store::Connection& connection) {
                return judge_batch(connection, batch, order);
            });
    else
        judged =
            co_await db_.run(store::Role::campaign, [batch, order](store::Connection& connection) {
                return add_batch(connection, batch, order);
            });
    for (std::size_t i = 0; i < batch.size(); ++i) {
        const Lead& lead = batch[i].lead;
        if (judged[i].refusal != Refusal::none) {
            refuse(batch[i].line, lead.email, std::move(judged[i]), refused);
        } else if (lead.status == "needs_basis") {
            ++totals_.needs_basis;
            ++totals_.needs_basis_by_reason[lead.status_reason];
        } else {
            ++(lead.status == "new" ? totals_.unanswered : totals_.ready);
        }
    }
}

base::Task<std::vector<RefusedRow>> LeadImport::take(std::vector<LeadRow> rows) {
    CHECK(rows.size() <= kGroupMax);
    std::vector<RefusedRow> refused;
    std::vector<Checked> checked = check(std::move(rows), refused);
    std::vector<LeadCandidate> candidates = co_await with_domains(std::move(checked), refused);
    for (std::size_t at = 0; at < candidates.size(); at += kBatchRows) {
        const std::size_t end = std::min(at + kBatchRows, candidates.size());
        std::vector<LeadCandidate> batch(
            std::make_move_iterator(candidates.begin() + static_cast<std::ptrdiff_t>(at)),
            std::make_move_iterator(candidates.begin() + static_cast<std::ptrdiff_t>(end))
        );
        co_await store_batch(std::move(batch), refused);
    }
    std::ranges::sort(refused, {}, &RefusedRow::line);
    co_return refused;
}

OwnAddresses own_addresses(store::Connection& connection) {
    OwnAddresses own;
    for (const OwnAddress& address :
         connection.select<OwnAddress>("SELECT email FROM mailboxes ORDER BY id LIMIT 5000")) {
        const auto email = base::Email::parse(address.email);
        if (!email) continue;
        own.keys.insert(address_key(*email));
        const std::string organisation = organisation_of(email->domain());
        if (!organisation.empty()) own.organisations.insert(organisation);
    }
    return own;
}

void note_import(
    store::Connection& connection,
    std::int64_t campaign_id,
    const ImportTotals& totals,
    base::Timestamp now
) {
    boost::json::object numbers = {
        {"rows", totals.rows},
        {"ready", totals.ready},
        {"needs_basis", totals.needs_basis},
        {"unanswered", totals.unanswered},
        {"known", totals.known}
    };
    for (const auto& [refusal, count] : totals.refused) numbers[to_string(refusal)] = count;
    ledger::append(
        connection,
        {now,
         "campaign",
         "campaign",
         campaign_id,
         "leads imported",
         "from a file",
         boost::json::serialize(numbers)}
    );
}

}  // namespace campaign
