#include "campaign/lead_recheck.h"

#include <map>
#include <set>

#include "base/check.h"
#include "campaign/lead_checks.h"
#include "campaign/lead_store.h"

namespace campaign {

namespace {

struct Found {
    Lead lead;
    MailDomain domain;
};

// Its domain has answered; what else it waits for is the verifier.
LeadStatus answered(const Lead& lead, MailDomain::Verdict verdict) {
    return status_of(lead, verdict, waits_for(lead.status_reason, kUnverified));
}

std::string domain_of(const Lead& lead) {
    return lead.email_key.substr(lead.email_key.rfind('@') + 1);
}

Rechecked settle(
    store::Connection& connection, const std::vector<Found>& found, base::Timestamp now
) {
    Rechecked count;
    for (const Found& one : found) {
        const Refused refused = check_domain(one.domain);
        if (refused.refusal != Refusal::none) {
            stop_lead(connection, one.lead.id, "stopped", refused.why, now);
            ++count.stopped;
        } else if (one.domain.verdict == MailDomain::Verdict::unknown) {
            ++count.waiting;
        } else {
            const LeadStatus after = answered(one.lead, one.domain.verdict);
            const std::int64_t changed = connection.execute(
                "UPDATE leads SET status = :status, status_reason = :reason, mx_provider = "
                ":provider "
                "WHERE id = :id AND status = 'new'",
                store::values(
                    after.status, after.reason, mx_provider_of(one.domain.mx_host), one.lead.id
                )
            );
            if (after.status == "ready") count.ready += changed;
        }
    }
    return count;
}

base::Task<std::vector<Found>> ask(MailDomains& domains, std::vector<Lead> leads) {
    std::set<std::string> wanted;
    for (const Lead& lead : leads) wanted.insert(domain_of(lead));
    const std::vector<std::string> names(wanted.begin(), wanted.end());
    const std::vector<MailDomain> answers = co_await domains.look_up(names);
    CHECK(answers.size() == names.size());
    std::map<std::string, MailDomain> by_name;
    for (std::size_t i = 0; i < names.size(); ++i) by_name[names[i]] = answers[i];
    std::vector<Found> found;
    for (const Lead& lead : leads) found.push_back({lead, by_name.at(domain_of(lead))});
    co_return found;
}

}  // namespace

base::Task<Rechecked> recheck_new_leads(
    store::Database& db,
    MailDomains& domains,
    std::int64_t campaign_id,
    base::Timestamp now,
    std::function<bool()> wanted
) {
    Rechecked total;
    std::int64_t after = 0;
    while (wanted()) {
        std::vector<Lead> page = co_await db.read(
            store::Role::campaign,
            [campaign_id, after](store::Connection& connection) {
                return leads_of_campaign(connection, campaign_id, "new", after, 100);
            }
        );
        if (page.empty()) break;
        after = page.back().id;
        // Those that wait for the verifier alone are not asked about here.
        std::erase_if(page, [](const Lead& lead) {
            return waits_for(lead.status_reason, kUnverified) &&
                   !waits_for(lead.status_reason, kNoAnswer);
        });
        const std::vector<Found> found = co_await ask(domains, std::move(page));
        const Rechecked count =
            co_await db.run(store::Role::campaign, [found, now](store::Connection& connection) {
                return settle(connection, found, now);
            });
        total.ready += count.ready;
        total.stopped += count.stopped;
        total.waiting += count.waiting;
    }
    co_return total;
}

}  // namespace campaign
