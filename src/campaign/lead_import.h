// Takes the rows of a lead file into a campaign: checks each, asks who takes its domain's mail, and
// adds what may be added, in jobs of kBatchRows.
//
//   LeadImport import(db, domains, vault, order);
//   for each group of rows:  auto refused = co_await import.take(rows);
//
// What was added is committed group by group: an import that was cut off goes on by running it
// again, since known leads are left as they are.
#pragma once
#include <map>
#include <set>
#include <string>
#include <vector>

#include "base/task.h"
#include "campaign/lead_batch.h"
#include "campaign/lead_checks.h"
#include "campaign/mail_domains.h"
#include "mailbox/vault.h"
#include "store/database.h"

namespace campaign {

struct ImportOrder {
    std::int64_t campaign_id = 0;
    std::string source;  // for rows without their own
    std::string basis;   // the same; with who stated it
    std::string basis_by;
    bool allow_known = false;
    bool allow_roles = false;
    bool verify = false;   // the campaign has a verifier: they wait for its word
    bool dry_run = false;  // judges everything, adds nothing
    OwnAddresses own;
    base::Timestamp now;
};

struct ImportTotals {
    std::int64_t rows = 0;
    std::int64_t ready = 0;
    std::int64_t needs_basis = 0;
    std::int64_t unanswered =
        0;                   // status new: wait for an answer about their domain or by the verifier
    std::int64_t known = 0;  // in the campaign before
    std::map<Refusal, std::int64_t> refused;
    std::map<std::string, std::int64_t> needs_basis_by_reason;

    std::int64_t added() const { return ready + needs_basis + unanswered; }
    std::int64_t refused_count() const;
};

struct RefusedRow {
    std::int64_t line = 0;
    std::string email;
    Refused refused;
};

class LeadImport {
  public:
    LeadImport(
        store::Database& db, MailDomains& domains, const mailbox::Vault& vault, ImportOrder order
    );
    // At most 5,000 rows at once. The refused ones in order of their lines; known ones are among
    // them.
    base::Task<std::vector<RefusedRow>> take(std::vector<LeadRow> rows);
    const ImportTotals& totals() const { return totals_; }

  private:
    struct Checked {
        LeadRow row;
        base::Email email;
    };
    std::vector<Checked> check(std::vector<LeadRow> rows, std::vector<RefusedRow>& refused);
    base::Task<std::vector<LeadCandidate>> with_domains(
        std::vector<Checked> checked, std::vector<RefusedRow>& refused
    );
    LeadCandidate candidate_of(const Checked& checked, const MailDomain& domain) const;
    base::Task<> store_batch(std::vector<LeadCandidate> batch, std::vector<RefusedRow>& refused);
    void refuse(std::int64_t line, std::string email, Refused why, std::vector<RefusedRow>& out);

    store::Database& db_;
    MailDomains& domains_;
    const mailbox::Vault& vault_;
    ImportOrder order_;
    ImportTotals totals_;
    std::set<std::string> seen_;  // address keys of the file so far
};

// What is the owner's own, from the table of mailboxes; inside a job.
OwnAddresses own_addresses(store::Connection& connection);

// The line in the ledger that an import leaves with its campaign; inside a job.
void note_import(
    store::Connection& connection,
    std::int64_t campaign_id,
    const ImportTotals& totals,
    base::Timestamp now
);

}  // namespace campaign
