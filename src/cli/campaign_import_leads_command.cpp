// `pilotlight campaign import-leads`: a lead file of any tool into a campaign.
#include <fmt/format.h>

#include <boost/json.hpp>
#include <filesystem>

#include "base/progress.h"
#include "base/text.h"
#include "campaign/lead_import.h"
#include "cli/campaign_lookup.h"
#include "cli/commands.h"
#include "cli/lead_report.h"
#include "cli/lead_source.h"
#include "cli/mailbox_lookup.h"
#include "cli/new_file.h"
#include "cli/output.h"
#include "engine/dns_mail_domains.h"
#include "net/ares_dns_client.h"

namespace cli {

namespace {

constexpr std::size_t kGroupRows = 2000;

constexpr const char* kHelp =
    "Reads a CSV file (comma, semicolon or tab; UTF-8, UTF-16 or Latin-1): which column "
    "means\n"
    "what is found by the names of its columns, by the preset of the tool that wrote it, "
    "or "
    "said\n"
    "with --map. Columns without a meaning of their own become merge fields.\n"
    "\n"
    "Each address is checked: its form, its domain's mail servers, role and throwaway "
    "addresses,\n"
    "your own mailboxes and domains, suppressions, and leads of all campaigns: no address "
    "is\n"
    "written to by two, unless you say --allow-known. Leads in countries that ask for "
    "consent\n"
    "first, and at free-mail providers, wait until you record a basis (campaign basis). "
    "The\n"
    "report names every refused row and why. A second import of the same file adds "
    "nothing.\n"
    "\n"
    "Examples:\n"
    "  pilotlight campaign import-leads shops leads.csv --dry-run\n"
    "  pilotlight campaign import-leads shops leads.csv --report refused.csv\n"
    "  pilotlight campaign import-leads shops leads.csv --map email=E-Mail,company=Firma\n"
    "  pilotlight campaign import-leads shops fair.csv --source 'fair 2026' "
    "--basis 'asked at our stand'\n";

campaign::OwnAddresses own_addresses(engine::Runtime& runtime) {
    return runtime.job(store::Role::operator_, [](store::Connection& connection) {
        return campaign::own_addresses(connection);
    });
}

base::Result<campaign::ColumnWish> wish_of(const Invocation& invocation) {
    campaign::ColumnWish wish;
    wish.preset = invocation.text("--preset");
    const std::string map = invocation.text("--map");
    if (map.empty()) return wish;
    auto mapped = campaign::read_mapping(map);
    if (!mapped) return base::pass_on(mapped);
    wish.mapped = std::move(*mapped);
    return wish;
}

campaign::ImportOrder order_of(
    const Invocation& invocation, engine::Runtime& runtime, const NamedCampaign& campaign
) {
    campaign::ImportOrder order;
    order.campaign_id = campaign.row.id;
    order.source = base::printable(invocation.text("--source"), 300);
    order.basis = base::printable(invocation.text("--basis"), 300);
    order.basis_by = who_says(invocation);
    order.allow_known = invocation.flag("--allow-known") || campaign.settings.allow_known_addresses;
    order.allow_roles = invocation.flag("--allow-roles");
    order.verify = !campaign.settings.verifier.empty();
    order.dry_run = invocation.flag("--dry-run");
    order.own = own_addresses(runtime);
    order.now = runtime.clock().now();
    return order;
}

// Reads, checks and adds it all; every refused row goes into the report.
void take_all(
    engine::Runtime& runtime,
    LeadSource& source,
    campaign::LeadImport& import,
    LeadReport& report,
    bool draws
) {
    base::Progress progress(stderr, draws);
    while (true) {
        std::vector<campaign::LeadRow> rows = source.next(kGroupRows);
        if (rows.empty()) break;
        report.add(runtime.run(import.take(std::move(rows))));
        progress.update(
            source.bytes_read(),
            source.bytes_total(),
            fmt::format("{} rows", with_commas(import.totals().rows))
        );
    }
}

base::Result<> check_report(const Invocation& invocation) {
    const std::string path = invocation.text("--report");
    if (path.empty() || !std::filesystem::exists(path)) return {};
    return base::fail(
        base::ErrorCode::already_exists,
        "campaign import-leads",
        "--report " + path + " is there already; name a new file"
    );
}

base::Result<NamedCampaign> open_campaign(engine::Runtime& runtime, const Invocation& invocation) {
    auto campaign = pick_campaign(runtime, invocation.positional("NAME"));
    if (campaign && campaign->row.status == "finished")
        return base::fail(
            base::ErrorCode::conflict,
            "campaign import-leads",
            "this campaign is finished; make another (pilotlight campaign create)"
        );
    return campaign;
}

base::Result<int> run(const Invocation& invocation) {
    const auto wish = wish_of(invocation);
    if (!wish) return base::pass_on(wish);
    if (const auto free = check_report(invocation); !free) return base::pass_on(free);
    const auto runtime = open_runtime(invocation);
    if (!runtime) return base::pass_on(runtime);
    const auto campaign = open_campaign(**runtime, invocation);
    if (!campaign) return base::pass_on(campaign);
    auto source = LeadSource::open(invocation.positional("FILE"), *wish);
    if (!source) return base::pass_on(source);
    engine::Runtime& world = **runtime;
    net::AresDnsClient dns(world.loop(), world.clock(), {world.settings().dns.server});
    engine::DnsMailDomains domains(dns, world.clock());
    const campaign::ImportOrder order = order_of(invocation, world, *campaign);
    campaign::LeadImport import(world.db(), domains, world.vault(), order);
    LeadReport report;
    take_all(world, *source, import, report, !invocation.json);
    if (!order.dry_run && import.totals().added() > 0) {
        const campaign::ImportTotals totals = import.totals();
        const auto at = world.clock().now();
        world.job(store::Role::campaign, [=](store::Connection& connection) {
            campaign::note_import(connection, order.campaign_id, totals, at);
        });
    }
    const std::string path = invocation.text("--report");
    if (!path.empty())
        if (const auto written = write_new_file(path, report.csv()); !written)
            return base::pass_on(written);
    const ImportShown shown{campaign->row.name, *source, import.totals(), report, order.dry_run};
    print(invocation.json ? import_json(shown) : import_text(shown, path));
    return 0;
}

}  // namespace

Command campaign_import_leads_command() {
    return {
        .path = "campaign import-leads",
        .summary = "take the leads of a CSV file into a campaign",
        .help = kHelp,
        .positionals =
            {{.name = "NAME", .help = "the campaign"},
             {.name = "FILE", .help = "the CSV file; - is standard input"}},
        .options =
            {{.name = "--preset",
              .value = "NAME",
              .help = "which tool wrote it",
              .choices = campaign::preset_names()},
             {.name = "--map",
              .value = "FIELD=Column,…",
              .help = "what columns mean; fields: email, name, first_name, last_name, company, "
                      "title, country, zone, source, basis, or a merge field of your own"},
             {.name = "--source", .value = "TEXT", .help = "where the leads come from"},
             {.name = "--basis",
              .value = "TEXT",
              .help = "consent, or on what basis they may be written to"},
             {.name = "--by", .value = "WHO", .help = "who states the basis; default: your login"},
             {.name = "--dry-run", .value = "", .help = "check everything, add nothing"},
             {.name = "--report", .value = "FILE", .help = "write every refused row as CSV"},
             {.name = "--allow-known",
              .value = "",
              .help = "take addresses that another campaign has"},
             {.name = "--allow-roles",
              .value = "",
              .help = "take addresses of functions (info@, sales@)"}},
        .run = run,
    };
}

}  // namespace cli
