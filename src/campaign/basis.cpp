#include "campaign/basis.h"

#include <fmt/format.h>

#include "base/check.h"
#include "campaign/lead_checks.h"
#include "campaign/lead_store.h"
#include "campaign/verification.h"
#include "ledger/ledger.h"

namespace campaign {

namespace {

struct Waiting {
    std::int64_t id = 0;
    std::string basis;
    std::string status;
    std::string status_reason;
    std::optional<base::Timestamp> verified_at;
};
BOOST_DESCRIBE_STRUCT(Waiting, (), (id, basis, status, status_reason, verified_at))

void record(
    store::Connection& connection, const BasisOrder& order, const Waiting& lead, BasisCount& count
) {
    if (!lead.basis.empty()) {
        ++count.kept;
        return;
    }
    const bool waited = lead.status == "needs_basis";
    // What else it waits for comes next.
    const LeadStatus after =
        waited ? status_after(
                     waits_for(lead.status_reason, kNoAnswer),
                     !lead.verified_at && has_verifier(connection, order.campaign_id)
                 )
               : LeadStatus{lead.status, lead.status_reason};
    connection.execute(
        "UPDATE leads SET basis = :basis, basis_by = :by, basis_at = :at, status = :status, "
        "status_reason = :reason WHERE id = :id",
        store::values(order.basis, order.by, order.now, after.status, after.reason, lead.id)
    );
    ++count.recorded;
    if (waited) ++count.freed;
}

}  // namespace

BasisCount record_basis_page(
    store::Connection& connection, const BasisOrder& order, std::int64_t after
) {
    BasisCount count;
    const auto page = connection.select<Waiting>(
        "SELECT id, basis, status, status_reason, verified_at FROM leads WHERE campaign_id = "
        ":campaign "
        "AND status IN ('new', 'needs_basis', 'ready', 'active') AND basis = '' AND id > :after "
        "ORDER BY id LIMIT 250",
        store::values(order.campaign_id, after)
    );
    for (const Waiting& lead : page) record(connection, order, lead, count);
    count.last_id = page.empty() ? 0 : page.back().id;
    return count;
}

BasisCount record_basis_for(
    store::Connection& connection,
    const BasisOrder& order,
    const std::vector<std::string>& address_keys
) {
    CHECK(address_keys.size() <= 100);
    BasisCount count;
    for (const std::string& key : address_keys) {
        const auto leads = connection.select<Waiting>(
            "SELECT id, basis, status, status_reason, verified_at FROM leads WHERE email_key = "
            ":key "
            "AND campaign_id = :campaign ORDER BY id LIMIT 5",
            store::values(key, order.campaign_id)
        );
        if (leads.empty()) ++count.unknown;
        for (const Waiting& lead : leads)
            if (may_go_on(lead.status)) record(connection, order, lead, count);
    }
    return count;
}

void note_basis(store::Connection& connection, const BasisOrder& order, const BasisCount& count) {
    ledger::append(
        connection,
        {order.now,
         "campaign",
         "campaign",
         order.campaign_id,
         "basis recorded",
         order.basis,
         fmt::format(R"({{"recorded": {}, "freed": {}}})", count.recorded, count.freed)}
    );
}

}  // namespace campaign
