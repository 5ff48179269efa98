#include "campaign/lead_recheck.h"

#include <map>
#include <set>

#include "base/check.h"
#include "campaign/address_key.h"
#include "campaign/lead_checks.h"
#include "campaign/lead_store.h"
#include "campaign/verification.h"

namespace campaign {

namespace {

struct Found {
    Lead lead;
    MailDomain domain;
};

// By what stands there now: the verifier may have spoken since the question was put.
void settle_one(
    store::Connection& connection, const Found& found, base::Timestamp now, Rechecked& count
) {
    const auto lead = lead_by_id(connection, found.lead.id);
    if (!lead || lead->status != "new") return;
    const Refused refused = check_domain(found.domain);
    if (refused.refusal != Refusal::none) {
        stop_lead(connection, lead->id, "stopped", refused.why, now);
        ++count.stopped;
        return;
    }
    const bool unknown = found.domain.verdict == MailDomain::Verdict::unknown;
    if (unknown) {
        ++count.waiting;
        // To the end of the queue.
        connection.execute(
            "UPDATE leads SET wait_until = :now WHERE id = :id", store::values(now, lead->id)
        );
        return;
    }
    const LeadStatus after =
        status_of(*lead, found.domain.verdict, awaits_verifier(connection, *lead));
    connection.execute(
        "UPDATE leads SET status = :status, status_reason = :reason, mx_provider = :provider "
        "WHERE id = :id",
        store::values(after.status, after.reason, mx_provider_of(found.domain.mx_host), lead->id)
    );
    if (after.status == "ready") ++count.ready;
}

Rechecked settle(
    store::Connection& connection, const std::vector<Found>& found, base::Timestamp now
) {
    Rechecked count;
    for (const Found& one : found) settle_one(connection, one, now, count);
    return count;
}

// Leads that are new and whose domain is to be asked about: the longest ago first. None that this
// pass has asked about.
std::vector<Lead> next_unanswered(
    store::Connection& connection, std::int64_t campaign_id, base::Timestamp now
) {
    return connection.select<Lead>(
        "SELECT " + store::column_list<Lead>() +
            " FROM leads WHERE campaign_id = :campaign AND status = 'new' "
            "AND COALESCE(wait_until, 0) < :now AND (status_reason LIKE :answer "
            "OR status_reason NOT LIKE :verifier) ORDER BY COALESCE(wait_until, 0), id LIMIT 100",
        store::values(
            campaign_id,
            now,
            "%" + std::string(kNoAnswer) + "%",
            "%" + std::string(kUnverified) + "%"
        )
    );
}

struct Freed {
    std::int64_t ready = 0;
    std::int64_t last_id = 0;  // 0 at the end
};

// Those that wait for the verifier alone, and need not any more.
Freed free_page(store::Connection& connection, std::int64_t campaign_id, std::int64_t after) {
    Freed freed;
    for (const Lead& lead : leads_of_campaign(connection, campaign_id, "new", after, 100)) {
        freed.last_id = lead.id;
        if (awaits_domain(lead.status_reason) || awaits_verifier(connection, lead)) continue;
        freed.ready += connection.execute(
            "UPDATE leads SET status = 'ready', status_reason = '' WHERE id = :id",
            store::values(lead.id)
        );
    }
    return freed;
}

base::Task<std::vector<Found>> ask(MailDomains& domains, std::vector<Lead> leads) {
    std::set<std::string> wanted;
    for (const Lead& lead : leads) wanted.emplace(domain_of(lead.email_key));
    const std::vector<std::string> names(wanted.begin(), wanted.end());
    const std::vector<MailDomain> answers = co_await domains.look_up(names);
    CHECK(answers.size() == names.size());
    std::map<std::string, MailDomain> by_name;
    for (std::size_t i = 0; i < names.size(); ++i) by_name[names[i]] = answers[i];
    std::vector<Found> found;
    for (const Lead& lead : leads)
        found.push_back({lead, by_name.at(std::string(domain_of(lead.email_key)))});
    co_return found;
}

}  // namespace

base::Task<Rechecked> recheck_new_leads(
    store::Database& db,
    MailDomains& domains,
    std::int64_t campaign_id,
    base::Timestamp now,
    std::int64_t unanswered_max,
    std::function<bool()> wanted
) {
    Rechecked total;
    while (total.waiting < unanswered_max && wanted()) {
        std::vector<Lead> page = co_await db.read(
            store::Role::campaign,
            [campaign_id, now](store::Connection& connection) {
                return next_unanswered(connection, campaign_id, now);
            }
        );
        if (page.empty()) break;
        const std::vector<Found> found = co_await ask(domains, std::move(page));
        const Rechecked count =
            co_await db.run(store::Role::campaign, [found, now](store::Connection& connection) {
                return settle(connection, found, now);
            });
        total.ready += count.ready;
        total.stopped += count.stopped;
        total.waiting += count.waiting;
    }
    Freed freed;
    do {
        const std::int64_t after = freed.last_id;
        freed = co_await db.run(
            store::Role::campaign,
            [campaign_id, after](store::Connection& connection) {
                return free_page(connection, campaign_id, after);
            }
        );
        total.ready += freed.ready;
    } while (freed.last_id != 0);
    co_return total;
}

}  // namespace campaign
