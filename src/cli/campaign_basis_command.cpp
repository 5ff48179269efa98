// `pilotlight campaign basis`: on what basis leads may be written to.
#include <fmt/format.h>

#include <boost/json.hpp>

#include "base/text.h"
#include "campaign/address_key.h"
#include "campaign/basis.h"
#include "cli/campaign_lookup.h"
#include "cli/commands.h"
#include "cli/lead_source.h"
#include "cli/mailbox_lookup.h"
#include "cli/output.h"

namespace cli {

namespace {

constexpr std::size_t kKeysPerJob = 100;

std::unexpected<base::Error> refuse(std::string words) {
    return base::fail(base::ErrorCode::invalid_input, "campaign basis", std::move(words));
}

void add(campaign::BasisCount& total, const campaign::BasisCount& count) {
    total.recorded += count.recorded;
    total.freed += count.freed;
    total.kept += count.kept;
    total.unknown += count.unknown;
}

campaign::BasisCount record_all(engine::Runtime& runtime, const campaign::BasisOrder& order) {
    campaign::BasisCount total;
    std::int64_t after = 0;
    do {
        const campaign::BasisCount count =
            runtime.job(store::Role::campaign, [order, after](store::Connection& connection) {
                return campaign::record_basis_page(connection, order, after);
            });
        add(total, count);
        after = count.last_id;
    } while (after != 0);
    return total;
}

// The addresses of a file: a lead file of any kind, or one address a line.
base::Result<campaign::BasisCount> record_file(
    engine::Runtime& runtime, const campaign::BasisOrder& order, const std::string& path
) {
    auto source = LeadSource::open(path, {});
    if (!source) return base::pass_on(source);
    campaign::BasisCount total;
    while (true) {
        const auto rows = source->next(kKeysPerJob);
        if (rows.empty()) return total;
        std::vector<std::string> keys;
        for (const campaign::LeadRow& row : rows) {
            const auto email = base::Email::parse(row.email);
            if (email)
                keys.push_back(campaign::address_key(*email));
            else
                ++total.unknown;
        }
        add(total, runtime.job(store::Role::campaign, [order, keys](store::Connection& connection) {
            return campaign::record_basis_for(connection, order, keys);
        }));
    }
}

base::Result<campaign::BasisOrder> order_of(const Invocation& invocation) {
    const std::string words = base::printable(base::trim(invocation.text("--basis")), 300);
    if (invocation.flag("--consent") == !words.empty())
        return refuse(
            "say --consent (they agreed), or --basis TEXT (why you may write to them), one of both"
        );
    if (invocation.flag("--all") == invocation.options.contains("--emails"))
        return refuse("say --all, or --emails FILE, one of both");
    campaign::BasisOrder order;
    order.basis = words.empty() ? "consent" : words;
    order.by = who_says(invocation);
    return order;
}

void print_result(
    const Invocation& invocation,
    const campaign::BasisOrder& order,
    const campaign::BasisCount& count
) {
    if (invocation.json)
        return print(
            boost::json::serialize(boost::json::object{
                {"basis", order.basis},
                {"by", order.by},
                {"recorded", count.recorded},
                {"freed", count.freed},
                {"kept", count.kept},
                {"unknown", count.unknown}
            }) +
            "\n"
        );
    std::string text = fmt::format(
        "Recorded '{}' by {} for {} leads; {} of them had waited for it\n",
        base::printable(order.basis, 100),
        order.by,
        with_commas(count.recorded),
        with_commas(count.freed)
    );
    if (count.kept > 0)
        text += fmt::format("{} had a basis and keep it\n", with_commas(count.kept));
    if (count.unknown > 0)
        text +=
            fmt::format("{} addresses are no leads of this campaign\n", with_commas(count.unknown));
    print(text);
}

base::Result<int> run(const Invocation& invocation) {
    auto order = order_of(invocation);
    if (!order) return base::pass_on(order);
    const auto runtime = open_runtime(invocation);
    if (!runtime) return base::pass_on(runtime);
    const auto campaign = pick_campaign(**runtime, invocation.positional("NAME"));
    if (!campaign) return base::pass_on(campaign);
    order->campaign_id = campaign->row.id;
    order->now = (*runtime)->clock().now();
    base::Result<campaign::BasisCount> count = campaign::BasisCount{};
    if (invocation.flag("--all"))
        count = record_all(**runtime, *order);
    else
        count = record_file(**runtime, *order, invocation.text("--emails"));
    if (!count) return base::pass_on(count);
    if (count->recorded > 0) {
        const campaign::BasisOrder noted = *order;
        const campaign::BasisCount numbers = *count;
        (*runtime)->job(store::Role::campaign, [=](store::Connection& connection) {
            campaign::note_basis(connection, noted, numbers);
        });
    }
    print_result(invocation, *order, *count);
    return 0;
}

}  // namespace

Command campaign_basis_command() {
    return {
        .path = "campaign basis",
        .summary = "record on what basis leads may be written to",
        .help =
            "Leads in countries that ask for consent first, and at free-mail providers, wait in\n"
            "needs_basis: nothing is written to them until you record their consent or another "
            "basis.\n"
            "What you state is kept with your name and the time, and shown by `lead export`; it is "
            "your\n"
            "word, Pilotlight does not judge it. Leads that have a basis keep it.\n"
            "\n"
            "Examples:\n"
            "  pilotlight campaign basis shops --consent --emails signed-up.csv\n"
            "  pilotlight campaign basis shops --basis 'customers of ours since 2025' --all --by "
            "'Ann Lee'\n",
        .positionals = {{.name = "NAME", .help = "the campaign"}},
        .options =
            {{.name = "--consent", .value = "", .help = "they agreed to it"},
             {.name = "--basis", .value = "TEXT", .help = "another basis, in your words"},
             {.name = "--emails", .value = "FILE", .help = "for the addresses in this file"},
             {.name = "--all", .value = "", .help = "for all leads of the campaign without one"},
             {.name = "--by", .value = "WHO", .help = "who says so; default: your login"}},
        .run = run,
    };
}

}  // namespace cli
