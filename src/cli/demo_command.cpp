#include "base/log.h"
#include "base/progress.h"
#include "cli/commands.h"
#include "cli/demo_report.h"
#include "cli/output.h"

namespace cli {

namespace {

base::Result<int> run(const Invocation& invocation) {
    DemoSettings settings;
    const auto days = invocation.integer("--days", 7, 1, 60);
    if (!days) return base::pass_on(days);
    const auto seed = invocation.integer("--seed", 1, 0, INT64_MAX / 4);
    if (!seed) return base::pass_on(seed);
    settings.days = static_cast<int>(*days);
    settings.seed = static_cast<std::uint64_t>(*seed);
    settings.kind = invocation.text("--world", "kind");
    settings.keep = invocation.text("--keep");
    // What the story is about stands in its report; warnings of single cycles would only drown it.
    base::log::set_level(base::log::Level::error);
    base::Progress bar(stderr, !invocation.json);
    const auto story = run_demo(settings, [&](std::size_t done, std::size_t total) {
        bar.update(done, total, "cycle " + std::to_string(done) + " of " + std::to_string(total));
    });
    bar.clear();
    if (!story) return base::pass_on(story);
    print(invocation.json ? demo_json(*story) : demo_text(*story));
    return story->separation.verified() && story->drafts_unchanged && story->accepted_twice == 0
               ? 0
               : 1;
}

}  // namespace

Command demo_command() {
    return {
        "demo",
        "a week of warmup in an in-memory mail world: no network, no credentials",
        "Runs the real program against mail servers in memory on a virtual clock: 8 senders, 5 "
        "seed\n"
        "mailboxes, a cycle every 4 hours. Prints every cycle, placement by day, sender and "
        "provider, the\n"
        "verdict on the target (spam below 10 % after day 5) and the separation report.\n"
        "The same seed gives the same output, byte for byte.\n\n"
        "Examples:\n"
        "  pilotlight demo\n"
        "  pilotlight demo --world harsh --seed 7\n"
        "  pilotlight --json demo --days 3",
        {},
        {{"--days", "N", "how many days to run (1 to 60; 7 unless told)"},
         {"--seed", "S", "where chance starts (1 unless told)"},
         {"--world",
          "kind|harsh",
          "how much the providers trust new senders",
          false,
          {"kind", "harsh"}},
         {"--keep", "DIR", "keep the run's store in this folder"}},
        run
    };
}

}  // namespace cli
