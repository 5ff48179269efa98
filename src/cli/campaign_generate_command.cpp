// `pilotlight campaign generate`: writes first mails now, into ready_to_send.
#include <fmt/format.h>

#include <boost/json.hpp>

#include "base/progress.h"
#include "campaign/pregenerate.h"
#include "cli/campaign_lookup.h"
#include "cli/commands.h"
#include "cli/mailbox_lookup.h"
#include "cli/output.h"

namespace cli {

namespace {

void show(const std::string& name, const campaign::Pregenerated& done, bool json) {
    if (json) {
        const boost::json::object document = {
            {"campaign", name},
            {"ready", done.ready},
            {"rejected", done.rejected},
            {"left_out", done.left_out},
            {"stopped", done.stopped}
        };
        print(boost::json::serialize(document) + "\n");
        return;
    }
    std::string text = fmt::format(
        "{} drafts are ready to be sent, {} were rejected by review, {} leads were left out\n",
        done.ready,
        done.rejected,
        done.left_out
    );
    if (!done.stopped.empty()) text += "It stopped early: " + done.stopped + "\n";
    if (done.rejected > 0) text += "\nNext: pilotlight campaign review '" + name + "' tells why\n";
    print(text);
}

base::Result<int> run(const Invocation& invocation) {
    const auto count = invocation.integer("--count", 20, 1, 300);
    if (!count) return base::pass_on(count);
    const auto runtime = open_runtime(invocation);
    if (!runtime) return base::pass_on(runtime);
    const auto picked = pick_campaign(**runtime, invocation.positional("NAME"));
    if (!picked) return base::pass_on(picked);
    base::Progress bar(stderr, !invocation.json);
    campaign::Pregeneration what;
    what.only = picked->row.id;
    what.count = static_cast<int>(*count);
    what.again = invocation.flag("--again");
    what.progress = [&bar](int done, int total) {
        bar.update(static_cast<std::size_t>(done), static_cast<std::size_t>(total), "drafts");
    };
    const campaign::Pregenerated done =
        (*runtime)->run(campaign::pregenerate((*runtime)->campaign_context(), what));
    bar.clear();
    show(picked->row.name, done, invocation.json);
    return done.stopped.empty() ? 0 : 1;
}

}  // namespace

Command campaign_generate_command() {
    return {
        .path = "campaign generate",
        .summary = "write first mails for leads that have none",
        .help =
            "Writes and reviews first mails for ready leads, from the campaign's texts or through "
            "the\n"
            "model that LLM_PROVIDER names. What passes is ready to be sent; what does not is "
            "written\n"
            "again with the reasons, twice at most, and then waits in `campaign review`. Nothing "
            "is sent.\n"
            "\n"
            "`serve` does this by itself, for what can be sent in the next 48 hours; at most 300 "
            "new\n"
            "drafts a day are written either way.\n"
            "\n"
            "Examples:\n"
            "  pilotlight campaign generate shops --count 10\n"
            "  pilotlight campaign generate shops --again      # rejected ones too, after a "
            "change\n",
        .positionals = {{.name = "NAME", .help = "the campaign"}},
        .options =
            {{.name = "--count", .value = "N", .help = "how many at most (20 unless told)"},
             {.name = "--again",
              .value = "",
              .help = "leads whose draft was rejected (by review or by you) as well"}},
        .run = run,
    };
}

}  // namespace cli
