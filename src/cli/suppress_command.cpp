// `pilotlight suppress add, list, import, decide`: whom no campaign ever writes to.
#include <fmt/format.h>

#include <boost/json.hpp>

#include "base/text.h"
#include "campaign/suppression.h"
#include "cli/campaign_lookup.h"
#include "cli/commands.h"
#include "cli/mailbox_lookup.h"
#include "cli/output.h"
#include "cli/row_json.h"
#include "cli/suppress_list.h"

namespace cli {

namespace {

void print_added(const Invocation& invocation, std::int64_t added, std::size_t given) {
    const std::int64_t known = static_cast<std::int64_t>(given) - added;
    if (invocation.json)
        return print(
            boost::json::serialize(boost::json::object{{"added", added}, {"known", known}}) + "\n"
        );
    print(fmt::format(
        "Suppressed {}; {} had been before. Nothing leaves for them, in any campaign.\n",
        with_commas(added),
        with_commas(known)
    ));
}

base::Result<int> run_add(const Invocation& invocation) {
    std::vector<campaign::ToSuppress> values;
    for (const std::string& text : invocation.positionals.at("ADDRESS")) {
        const auto value = campaign::read_suppressed(text);
        if (!value) return base::pass_on(value);
        values.push_back(*value);
    }
    const auto runtime = open_runtime(invocation);
    if (!runtime) return base::pass_on(runtime);
    const std::int64_t added =
        suppress_all(**runtime, values, "owner", base::printable(invocation.text("--note"), 300));
    print_added(invocation, added, values.size());
    return 0;
}

base::Result<int> run_import(const Invocation& invocation) {
    const auto values = read_suppress_file(invocation.positional("FILE"));
    if (!values) return base::pass_on(values);
    const auto runtime = open_runtime(invocation);
    if (!runtime) return base::pass_on(runtime);
    const std::int64_t added =
        suppress_all(**runtime, *values, "import", base::printable(invocation.text("--note"), 300));
    print_added(invocation, added, values->size());
    return 0;
}

std::vector<campaign::Suppression> read_all(
    engine::Runtime& runtime, const std::string& state, std::int64_t most
) {
    std::vector<campaign::Suppression> all;
    std::int64_t after = 0;
    while (static_cast<std::int64_t>(all.size()) < most) {
        auto page = runtime.job(store::Role::operator_, [=](store::Connection& connection) {
            return campaign::list_suppressions(connection, state, "", after);
        });
        if (page.empty()) break;
        after = page.back().id;
        for (campaign::Suppression& one : page)
            if (static_cast<std::int64_t>(all.size()) < most) all.push_back(std::move(one));
    }
    return all;
}

base::Result<int> run_list(const Invocation& invocation) {
    const auto most = invocation.integer("--limit", 1000, 1, 10'000'000);
    if (!most) return base::pass_on(most);
    const auto runtime = open_runtime(invocation);
    if (!runtime) return base::pass_on(runtime);
    const auto all = read_all(**runtime, invocation.flag("--pending") ? "pending" : "", *most);
    if (invocation.json) {
        boost::json::array rows;
        for (const campaign::Suppression& one : all) rows.push_back(row_json(one));
        print(boost::json::serialize(boost::json::object{{"suppressions", rows}}) + "\n");
        return 0;
    }
    std::vector<std::vector<std::string>> rows = {
        {"kind", "value", "reason", "state", "since", "note"}
    };
    for (const campaign::Suppression& one : all)
        rows.push_back(
            {one.kind,
             base::printable(one.value, 80),
             one.reason,
             one.state,
             base::to_iso(one.created_at),
             base::printable(one.note, 80)}
        );
    print(rows.size() == 1 ? "Nothing is suppressed.\n" : table(rows));
    return 0;
}

base::Result<int> run_decide(const Invocation& invocation) {
    if (invocation.flag("--keep") == invocation.flag("--lift"))
        return base::fail(
            base::ErrorCode::invalid_input,
            "suppress decide",
            "say --keep (it was an opt-out) or --lift (it was none), one of both"
        );
    const auto email = base::Email::parse(base::trim(invocation.positional("ADDRESS")));
    if (!email) return base::pass_on(email);
    const auto runtime = open_runtime(invocation);
    if (!runtime) return base::pass_on(runtime);
    const bool keep = invocation.flag("--keep");
    const base::Timestamp now = (*runtime)->clock().now();
    const bool decided = (*runtime)->job(
        store::Role::campaign,
        [address = *email, keep, now](store::Connection& connection) {
            return campaign::decide(connection, address, keep, now);
        }
    );
    if (!decided)
        return base::fail(
            base::ErrorCode::not_found,
            "suppress decide",
            email->str() + " waits for no decision; see `pilotlight suppress list --pending`"
        );
    if (invocation.json)
        print(
            boost::json::serialize(boost::json::object{{"address", email->str()}, {"kept", keep}}) +
            "\n"
        );
    else
        print(email->str() + (keep ? " stays suppressed.\n" : " may be written to again.\n"));
    return 0;
}

}  // namespace

Command suppress_add_command() {
    return {
        .path = "suppress add",
        .summary = "never write to an address or a domain again",
        .help =
            "Stops every lead of the address, or of the domain and all below it, in every\n"
            "campaign at once, and takes back the drafts that wait.\n"
            "\n"
            "Examples:\n"
            "  pilotlight suppress add ann@example.com --note 'asked on the phone'\n"
            "  pilotlight suppress add competitor.example\n",
        .positionals =
            {{.name = "ADDRESS", .help = "addresses or domains", .required = true, .many = true}},
        .options = {{.name = "--note", .value = "TEXT", .help = "why, for you"}},
        .run = run_add,
    };
}

Command suppress_list_command() {
    return {
        .path = "suppress list",
        .summary = "list whom nothing is sent to, and why",
        .help =
            "Addresses, domains, and keyed hashes of people who were erased. Pending ones are\n"
            "opt-outs that could not be matched to a mail of ours: nothing is sent there until "
            "you\n"
            "decide (suppress decide).\n"
            "\n"
            "Examples:\n"
            "  pilotlight suppress list --pending\n"
            "  pilotlight --json suppress list | jq '.suppressions | length'\n",
        .positionals = {},
        .options =
            {{.name = "--pending", .value = "", .help = "only those that wait for you"},
             {.name = "--limit", .value = "N", .help = "at most; 1000"}},
        .run = run_list,
    };
}

Command suppress_import_command() {
    return {
        .path = "suppress import",
        .summary = "take over a do-not-contact list",
        .help =
            "Reads a file with one address or domain a row (of a CSV file the first column).\n"
            "Everything is checked first: with one problem nothing is changed.\n"
            "\n"
            "Examples:\n"
            "  pilotlight suppress import do-not-contact.csv --note 'from the old system'\n",
        .positionals = {{.name = "FILE", .help = "the list; - is standard input"}},
        .options = {{.name = "--note", .value = "TEXT", .help = "why, for you"}},
        .run = run_import,
    };
}

Command suppress_decide_command() {
    return {
        .path = "suppress decide",
        .summary = "say whether a doubtful opt-out was one",
        .help =
            "An opt-out that belongs to no mail of ours stops sending to its From address and\n"
            "waits for you. --keep makes it final; --lift takes it away, and the leads go on "
            "where\n"
            "they stood.\n"
            "\n"
            "Examples:\n"
            "  pilotlight suppress decide ann@example.com --keep\n",
        .positionals = {{.name = "ADDRESS", .help = "the address"}},
        .options =
            {{.name = "--keep", .value = "", .help = "it was an opt-out"},
             {.name = "--lift", .value = "", .help = "it was none"}},
        .run = run_decide,
    };
}

}  // namespace cli
