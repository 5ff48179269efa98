// `pilotlight campaign preview`: what a lead would get, with what review says of it.
#include <fmt/format.h>

#include <boost/json.hpp>

#include "base/text.h"
#include "campaign/preview.h"
#include "cli/campaign_lookup.h"
#include "cli/commands.h"
#include "cli/draft_output.h"
#include "cli/mailbox_lookup.h"
#include "cli/output.h"

namespace cli {

namespace {

void show(const campaign::Preview& preview, bool json) {
    if (json) {
        boost::json::object document = {
            {"lead_id", preview.lead_id},
            {"to", preview.to},
            {"draft_id", nullptr},
            {"variant", preview.variant},
            {"subject", preview.text.subject},
            {"body", preview.text.body},
            {"html_body", nullptr},
            {"impossible", preview.impossible},
            {"score", preview.review.score},
            {"passed", preview.review.passed},
            {"findings", findings_array(preview.review.findings)}
        };
        if (preview.draft_id) document["draft_id"] = *preview.draft_id;
        if (preview.text.html_body) document["html_body"] = *preview.text.html_body;
        print(boost::json::serialize(document) + "\n");
        return;
    }
    std::string text = fmt::format("To: {}\n", base::printable(preview.to, 300));
    if (!preview.impossible.empty()) {
        print(text + "\nIt can't be written: " + base::printable(preview.impossible, 500) + "\n");
        return;
    }
    text += draft_text(preview.text) + "\n";
    if (preview.text.html_body) text += "(and an HTML body)\n\n";
    if (preview.draft_id)
        text += fmt::format("This is draft {}.\n", *preview.draft_id);
    else
        text += fmt::format("Variant {}; not written yet.\n", preview.variant);
    print(text + review_text(preview.review));
}

base::Result<int> run(const Invocation& invocation) {
    const auto step = invocation.integer("--step", 0, 0, 20);
    if (!step) return base::pass_on(step);
    const auto runtime = open_runtime(invocation);
    if (!runtime) return base::pass_on(runtime);
    const auto picked = pick_campaign(**runtime, invocation.positional("NAME"));
    if (!picked) return base::pass_on(picked);
    const auto made = (*runtime)->job(
        store::Role::operator_,
        [id = picked->row.id, lead = invocation.text("--lead"), number = static_cast<int>(*step)](
            store::Connection& connection
        ) { return campaign::preview(connection, id, lead, number); }
    );
    if (!made) return base::pass_on(made);
    show(*made, invocation.json);
    return 0;
}

}  // namespace

Command campaign_preview_command() {
    return {
        .path = "campaign preview",
        .summary = "show what a lead would get",
        .help =
            "Fills the campaign's text in for one lead, with the same variations that the real "
            "mail will\n"
            "have, and reviews it. Nothing is written or sent. A draft that is there already is "
            "shown as\n"
            "it is.\n"
            "\n"
            "Examples:\n"
            "  pilotlight campaign preview shops\n"
            "  pilotlight campaign preview shops --lead ann@example.com --step 1\n",
        .positionals = {{.name = "NAME", .help = "the campaign"}},
        .options =
            {{.name = "--lead", .value = "EMAIL", .help = "for this lead; default: the first one"},
             {.name = "--step",
              .value = "N",
              .help = "0 is the first mail (default), 1 the first follow-up"}},
        .run = run,
    };
}

}  // namespace cli
