// `pilotlight watch run`: one look into every mailbox, for both sides.
#include <fmt/format.h>

#include <boost/json.hpp>

#include "base/text.h"
#include "cli/commands.h"
#include "cli/mailbox_lookup.h"
#include "cli/output.h"
#include "cli/warmup_json.h"
#include "engine/mail_watch.h"
#include "engine/runtime.h"

namespace cli {

namespace {

std::string as_json(const engine::WatchResult& result) {
    boost::json::array failures;
    for (const engine::WatchFailure& one : result.failures)
        failures.push_back({{"mailbox", one.mailbox}, {"error", one.error.describe()}});
    boost::json::array skipped;
    for (const warmup::Skipped& one : result.skipped)
        skipped.push_back({{"mailbox", one.mailbox}, {"reason", one.reason}});
    const campaign::ReturnCounts& returns = result.returns;
    const boost::json::object object = {
        {"mailboxes", result.mailboxes},
        {"mailboxes_failed", result.failures.size()},
        {"replies", returns.replies},
        {"auto_replies", returns.auto_replies},
        {"bounces", returns.bounces},
        {"complaints", returns.complaints},
        {"opt_outs", returns.opt_outs},
        {"opt_outs_waiting", returns.opt_outs_waiting},
        {"unmatched_reports", returns.unmatched_reports},
        {"human_mails", returns.human_mails},
        {"canaries", returns.canaries},
        {"classified", result.classified},
        {"placement", to_json(result.placement)},
        {"reply_placement", to_json(result.reply_placement)},
        {"failures", failures},
        {"skipped", skipped}
    };
    return boost::json::serialize(object) + "\n";
}

std::string in_words(const engine::WatchResult& result) {
    const campaign::ReturnCounts& returns = result.returns;
    std::string out = fmt::format(
        "{} mailboxes looked into, {} of them failed\n"
        "campaigns: replies {}, automatic replies {}, bounces {}, complaints {}, opt-outs {}\n"
        "warmup mail found: inbox {}, spam {}, elsewhere {}; its replies: inbox {}, spam {}, "
        "elsewhere {}\n",
        result.mailboxes,
        result.failures.size(),
        returns.replies,
        returns.auto_replies,
        returns.bounces,
        returns.complaints,
        returns.opt_outs,
        result.placement.inbox,
        result.placement.spam,
        result.placement.elsewhere,
        result.reply_placement.inbox,
        result.reply_placement.spam,
        result.reply_placement.elsewhere
    );
    if (returns.opt_outs_waiting > 0)
        out += fmt::format(
            "{} opt-outs prove no mail of ours: nothing is sent to their addresses; decide: "
            "pilotlight suppress list --pending\n",
            returns.opt_outs_waiting
        );
    if (returns.unmatched_reports > 0)
        out += fmt::format(
            "{} delivery reports or complaints prove no mail of ours and were left alone\n",
            returns.unmatched_reports
        );
    if (returns.human_mails > 0)
        out += fmt::format("{} mails sent by hand count in the budgets\n", returns.human_mails);
    if (returns.canaries > 0) out += fmt::format("{} canary copies found\n", returns.canaries);
    if (returns.replies > 0) out += "read them: pilotlight campaign inbox CAMPAIGN\n";
    for (const engine::WatchFailure& one : result.failures)
        out += fmt::format("{}: {}\n", one.mailbox, one.error.describe());
    for (const warmup::Skipped& one : result.skipped)
        out += fmt::format("left out: {}: {}\n", one.mailbox, one.reason);
    return out;
}

base::Result<int> run(const Invocation& invocation) {
    const auto runtime = open_runtime(invocation);
    if (!runtime) return base::pass_on(runtime);
    engine::MailWatch watch((*runtime)->warmup_context(), (*runtime)->campaign_context());
    const engine::WatchResult result = (*runtime)->run(watch.look());
    print(invocation.json ? as_json(result) : in_words(result));
    const bool all_failed = result.mailboxes > 0 &&
                            result.failures.size() >= static_cast<std::size_t>(result.mailboxes);
    return all_failed ? 1 : 0;
}

}  // namespace

Command watch_run_command() {
    return {
        .path = "watch run",
        .summary = "look once into every mailbox: replies, bounces, opt-outs, placement",
        .help =
            "Looks into every folder of every mailbox where new mail may lie, once, for warmup and "
            "campaigns\n"
            "together. Of other people's mail only headers are read; in full comes what answers a "
            "mail of\n"
            "ours, and delivery reports. No flag of a person's mail is changed and nothing is "
            "sent.\n"
            "A reply ends its lead's sequence, an automatic reply makes it wait, a bounce, "
            "complaint or\n"
            "opt-out that proves to belong to a mail of ours is acted on at once. Follow-ups need "
            "such a look\n"
            "within the last 15 minutes. Exit 1 when every mailbox failed.\n"
            "\n"
            "Examples:\n"
            "  pilotlight watch run\n"
            "  pilotlight --json watch run | jq '{replies, bounces, opt_outs}'\n",
        .positionals = {},
        .options = {},
        .run = run,
    };
}

}  // namespace cli
