#include <fmt/format.h>

#include <boost/json.hpp>

#include "base/text.h"
#include "cli/commands.h"
#include "cli/output.h"
#include "cli/warmup_json.h"
#include "engine/runtime.h"
#include "engine/sending_lock.h"
#include "warmup/warmup.h"

namespace cli {

namespace {

std::string skipped_words(const warmup::CycleResult& result) {
    std::string out;
    for (const warmup::Skipped& one : result.skipped)
        out += fmt::format("left out: {}: {}\n", one.mailbox, one.reason);
    return out;
}

std::string in_words(const warmup::CycleResult& result) {
    if (result.cycle == 0)
        return skipped_words(result) + result.note +
               "\nsent 0, replies 0, inbox 0, spam 0, spam rate –\n";
    std::string out = fmt::format(
        "cycle {}: sent {}, replies {}\nplacement of what was found in this run: inbox {}, spam "
        "{}, elsewhere {}, "
        "spam rate {}\n",
        result.cycle,
        result.sent,
        result.replies,
        result.placement.inbox,
        result.placement.spam,
        result.placement.elsewhere,
        percent(result.placement.spam_rate())
    );
    const warmup::PlacementCounts& replies = result.reply_placement;
    if (replies.inbox + replies.spam + replies.elsewhere > 0)
        out += fmt::format(
            "replies found in this run: inbox {}, spam {}, elsewhere {}\n",
            replies.inbox,
            replies.spam,
            replies.elsewhere
        );
    if (result.filed > 0) out += fmt::format("{} handled mails filed away\n", result.filed);
    if (result.rescued > 0) out += fmt::format("{} taken out of spam\n", result.rescued);
    if (result.pending > 0)
        out += fmt::format(
            "{} not found yet; the next cycle, or `pilotlight warmup run`, looks again\n",
            result.pending
        );
    if (result.in_doubt > 0)
        out += fmt::format("{} in doubt; see `pilotlight delivery in-doubt`\n", result.in_doubt);
    for (const warmup::Failure& failure : result.failures)
        out += fmt::format(
            "{}: {}\n    {}\n", failure.mailbox, failure.error.describe(), failure.verdict.words
        );
    return out + skipped_words(result);
}

base::Result<int> run(const Invocation& invocation) {
    const auto wait = invocation.integer("--wait", 120, 0, 86'400);
    if (!wait) return base::pass_on(wait);
    auto settings = invocation.settings();
    if (!settings) return base::pass_on(settings);
    const std::string lock_path =
        engine::sending_lock_path(settings->store.url, settings->key.file);
    auto runtime = engine::Runtime::open(std::move(*settings));
    if (!runtime) return base::pass_on(runtime);
    const auto lock = engine::SendingLock::take((*runtime)->db(), lock_path);
    if (!lock) return base::pass_on(lock);
    warmup::Warmup warmup((*runtime)->warmup_context());
    const warmup::CycleResult result =
        (*runtime)->run(warmup.run_bidirectional_warmup_cycle(std::chrono::seconds(*wait)));
    print(invocation.json ? boost::json::serialize(to_json(result)) + "\n" : in_words(result));
    return result.mailboxes > 0 && result.mailboxes_failed >= result.mailboxes ? 1 : 0;
}

}  // namespace

Command warmup_run_command() {
    return {
        "warmup run",
        "one warmup cycle now",
        "Sends one opening per active sender to a seed mailbox ([warmup] sends_per_cycle), then "
        "watches the\n"
        "seed mailboxes until every mail of this run is found or the wait is over, and answers at "
        "once.\n"
        "Prints {sent, replies, placement: {inbox, spam, spam_rate, …}}: sent and replies are the "
        "250s\n"
        "recorded in this run, placement the first sightings of openings made in it; those of "
        "replies,\n"
        "which are looked for in the senders' mailboxes too, stand apart. Handled mail is filed "
        "when it is\n"
        "due ([warmup] sender_mail, seed_mail). Exit 0 when at least one "
        "mailbox\n"
        "worked or none is configured, 1 when all failed.\n\n"
        "Examples:\n"
        "  pilotlight warmup run\n"
        "  pilotlight --json warmup run --wait 30",
        {},
        {{"--wait", "S", "how many seconds to look for the mail of this run (120 unless told)"}},
        run
    };
}

}  // namespace cli
