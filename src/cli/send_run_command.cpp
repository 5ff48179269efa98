// `pilotlight send run`: one pass of the send worker.
#include <fmt/format.h>

#include <boost/json.hpp>

#include "base/text.h"
#include "cli/commands.h"
#include "cli/mailbox_lookup.h"
#include "cli/output.h"
#include "engine/campaign_sending.h"

namespace cli {

namespace {

boost::json::object object_of(const campaign::PassResult& result) {
    boost::json::array holds;
    for (const campaign::MailboxHold& hold : result.holds)
        holds.push_back(boost::json::object{{"mailbox", hold.mailbox}, {"reason", hold.reason}});
    boost::json::array problems;
    for (const std::string& problem : result.problems)
        problems.emplace_back(base::printable(problem, 500));
    boost::json::object out = {
        {"campaigns", result.campaigns},
        {"written", result.written},
        {"sent", result.sent},
        {"requeued", result.requeued},
        {"failed", result.failed},
        {"cancelled", result.cancelled},
        {"in_doubt", result.in_doubt},
        {"put_off", result.put_off},
        {"stopped", result.stopped},
        {"note", result.note},
        {"holds", holds},
        {"problems", problems},
        {"next_at", nullptr}
    };
    if (result.next_at) out["next_at"] = base::to_iso(*result.next_at);
    return out;
}

std::string in_words(const campaign::PassResult& result) {
    std::string out;
    if (!result.note.empty()) out += result.note + "\n";
    out += fmt::format(
        "sent {}, to be tried again {}, failed {}, cancelled {}, put off {}\n",
        result.sent,
        result.requeued,
        result.failed,
        result.cancelled,
        result.put_off
    );
    if (result.written > 0) out += fmt::format("{} follow-ups written\n", result.written);
    if (result.in_doubt > 0)
        out += fmt::format("{} in doubt; see `pilotlight delivery in-doubt`\n", result.in_doubt);
    for (const campaign::MailboxHold& hold : result.holds)
        out += fmt::format("{} waits: {}\n", hold.mailbox, base::printable(hold.reason, 300));
    for (const std::string& problem : result.problems) out += base::printable(problem, 500) + "\n";
    if (result.next_at) out += "the next mail may leave at " + base::to_iso(*result.next_at) + "\n";
    return out;
}

base::Result<int> run(const Invocation& invocation) {
    const auto limit = invocation.integer("--limit", 1'000'000, 1, 1'000'000);
    if (!limit) return base::pass_on(limit);
    const auto runtime = open_runtime(invocation);
    if (!runtime) return base::pass_on(runtime);
    const auto sending = engine::CampaignSending::make(**runtime);
    if (!sending) return base::pass_on(sending);
    campaign::PassOptions options;
    options.limit = static_cast<int>(*limit);
    const campaign::PassResult result = (*runtime)->run((*sending)->worker().pass(options));
    print(invocation.json ? boost::json::serialize(object_of(result)) + "\n" : in_words(result));
    return 0;
}

}  // namespace

Command send_run_command() {
    return {
        .path = "send run",
        .summary = "one pass of the send worker: campaign mail that may leave now",
        .help =
            "Sends at most one draft from each mailbox that is due: follow-ups first, then first "
            "mails of the\n"
            "campaigns that run. A mailbox waits 7 to 12 minutes between campaign mails and 90 "
            "seconds after any\n"
            "other, starts with 5 a day and gets 2 more each sending day, 30 at most, 40 with "
            "warmup and what you\n"
            "send by hand; none before 14 days of warmup. What may not leave now is put off, with "
            "the reason in\n"
            "`pilotlight why DRAFT`. Follow-ups need a look into their mailbox within 15 minutes: "
            "`pilotlight\n"
            "watch run` first. Any number of these may run at once, on one store, on several "
            "machines.\n"
            "\n"
            "Examples:\n"
            "  pilotlight watch run && pilotlight send run\n"
            "  pilotlight --json send run --limit 1\n",
        .positionals = {},
        .options = {{"--limit", "N", "at most so many mails"}},
        .run = run,
    };
}

}  // namespace cli
