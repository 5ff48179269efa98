// `pilotlight campaign leads`: who is in a campaign and where each stands.
#include <fmt/format.h>

#include <boost/json.hpp>

#include "base/text.h"
#include "campaign/lead_recheck.h"
#include "campaign/lead_store.h"
#include "campaign/verification.h"
#include "cli/campaign_lookup.h"
#include "cli/commands.h"
#include "cli/mailbox_lookup.h"
#include "cli/output.h"
#include "cli/row_json.h"
#include "engine/dns_mail_domains.h"
#include "engine/verifiers.h"
#include "net/ares_dns_client.h"

namespace cli {

namespace {

constexpr std::int64_t kLimit = 50;

struct View {
    std::vector<campaign::StatusCount> counts;
    std::vector<campaign::Lead> leads;
    std::optional<campaign::Rechecked> rechecked;
    std::optional<campaign::Verified> verified;
};

std::vector<campaign::Lead> read_leads(
    engine::Runtime& runtime, std::int64_t campaign_id, const std::string& status, std::int64_t most
) {
    std::vector<campaign::Lead> leads;
    std::int64_t after = 0;
    while (static_cast<std::int64_t>(leads.size()) < most) {
        const int wanted = static_cast<int>(std::min<std::int64_t>(
            campaign::kLeadsPage, most - static_cast<std::int64_t>(leads.size())
        ));
        auto page = runtime.job(store::Role::operator_, [=](store::Connection& connection) {
            return campaign::leads_of_campaign(connection, campaign_id, status, after, wanted);
        });
        if (page.empty()) break;
        after = page.back().id;
        for (campaign::Lead& lead : page) leads.push_back(std::move(lead));
    }
    return leads;
}

campaign::Rechecked recheck(engine::Runtime& runtime, std::int64_t campaign_id) {
    net::AresDnsClient dns(runtime.loop(), runtime.clock(), {runtime.settings().dns.server});
    engine::DnsMailDomains domains(dns, runtime.clock());
    return runtime.run(
        campaign::recheck_new_leads(runtime.db(), domains, campaign_id, runtime.clock().now())
    );
}

base::Result<campaign::Verified> verify(
    engine::Runtime& runtime, const NamedCampaign& campaign, std::int64_t most
) {
    const auto verifier = engine::make_verifier(
        campaign::read_verifier(campaign.settings.verifier),
        runtime.clock(),
        runtime.http(),
        runtime.settings().verifier_key.reveal()
    );
    if (!verifier)
        return base::fail(
            base::ErrorCode::invalid_input,
            "campaign leads",
            "this campaign has no verifier; set [rules] verifier in its file"
        );
    return runtime.run(campaign::verify_leads(
        runtime.db(), *verifier, runtime.clock(), campaign.row.id, static_cast<int>(most)
    ));
}

void print_json(const View& view) {
    boost::json::object counts;
    for (const campaign::StatusCount& count : view.counts) counts[count.status] = count.count;
    boost::json::array leads;
    for (const campaign::Lead& lead : view.leads) {
        boost::json::object object = row_json(lead);
        object["fields"] = boost::json::parse(lead.fields);
        leads.push_back(std::move(object));
    }
    boost::json::object document = {{"counts", counts}, {"leads", leads}};
    if (view.rechecked)
        document["rechecked"] = {
            {"ready", view.rechecked->ready},
            {"stopped", view.rechecked->stopped},
            {"waiting", view.rechecked->waiting}
        };
    if (view.verified)
        document["verified"] = {
            {"valid", view.verified->valid},
            {"risky", view.verified->risky},
            {"invalid", view.verified->invalid},
            {"unknown", view.verified->unknown}
        };
    print(boost::json::serialize(document) + "\n");
}

std::string done_text(const View& view) {
    std::string text;
    if (view.rechecked)
        text += fmt::format(
            "Asked again: {} ready, {} stopped, {} without an answer still\n",
            view.rechecked->ready,
            view.rechecked->stopped,
            view.rechecked->waiting
        );
    if (view.verified)
        text += fmt::format(
            "Verified: {} valid, {} risky, {} invalid, {} unknown (asked again in 6 hours)\n",
            view.verified->valid,
            view.verified->risky,
            view.verified->invalid,
            view.verified->unknown
        );
    return text;
}

void print_text(const View& view) {
    std::string text = done_text(view);
    if (view.counts.empty()) text += "There are no leads yet (campaign import-leads).\n";
    for (const campaign::StatusCount& count : view.counts)
        text += fmt::format("{:>9} {}\n", with_commas(count.count), count.status);
    std::vector<std::vector<std::string>> rows = {
        {"id", "status", "address", "name", "company", "why"}
    };
    for (const campaign::Lead& lead : view.leads)
        rows.push_back(
            {std::to_string(lead.id),
             lead.status,
             base::printable(lead.email, 60),
             base::printable(lead.name, 30),
             base::printable(lead.company, 30),
             base::printable(lead.status_reason, 80)}
        );
    if (rows.size() > 1) text += "\n" + table(rows);
    print(text);
}

base::Result<int> run(const Invocation& invocation) {
    const auto most = invocation.integer("--limit", kLimit, 0, 1'000'000);
    if (!most) return base::pass_on(most);
    const auto runtime = open_runtime(invocation);
    if (!runtime) return base::pass_on(runtime);
    const auto campaign = pick_campaign(**runtime, invocation.positional("NAME"));
    if (!campaign) return base::pass_on(campaign);
    const std::int64_t id = campaign->row.id;
    View view;
    if (invocation.flag("--recheck")) view.rechecked = recheck(**runtime, id);
    if (invocation.flag("--verify")) {
        const auto verified = verify(**runtime, *campaign, *most);
        if (!verified) return base::pass_on(verified);
        view.verified = *verified;
    }
    view.counts = (*runtime)->job(store::Role::operator_, [id](store::Connection& connection) {
        return campaign::lead_counts(connection, id);
    });
    view.leads = read_leads(**runtime, id, invocation.text("--status"), *most);
    if (invocation.json)
        print_json(view);
    else
        print_text(view);
    return 0;
}

}  // namespace

Command campaign_leads_command() {
    return {
        .path = "campaign leads",
        .summary = "list a campaign's leads and where each stands",
        .help =
            "Shows how many leads there are in each status, and the first of them. New: waits for "
            "an\n"
            "answer about its domain, or for the campaign's verifier. Needs_basis: record one "
            "with\n"
            "`campaign basis`. Ready: waits for its first mail. Active: in sequence.\n"
            "\n"
            "The service asks by itself; --recheck asks about domains and --verify the verifier "
            "now\n"
            "(--limit leads at most).\n"
            "\n"
            "Examples:\n"
            "  pilotlight campaign leads shops --status needs_basis\n"
            "  pilotlight campaign leads shops --recheck\n"
            "  pilotlight --json campaign leads shops --limit 1000 | jq '.leads[].email'\n",
        .positionals = {{.name = "NAME", .help = "the campaign"}},
        .options =
            {{.name = "--status",
              .value = "STATUS",
              .help = "only leads of this status",
              .choices =
                  {"new",
                   "needs_basis",
                   "ready",
                   "active",
                   "replied",
                   "bounced",
                   "unsubscribed",
                   "complained",
                   "stopped",
                   "finished",
                   "erased"}},
             {.name = "--limit", .value = "N", .help = "leads to list; 50"},
             {.name = "--recheck", .value = "", .help = "ask again about the domains of new leads"},
             {.name = "--verify", .value = "", .help = "ask the verifier about new leads"}},
        .run = run,
    };
}

}  // namespace cli
