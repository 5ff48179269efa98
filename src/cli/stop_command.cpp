// `stop --all` and `resume --all`: the owner's brake on everything that leaves (delivery/halt.h).
#include <fmt/format.h>

#include <boost/json.hpp>

#include "cli/commands.h"
#include "cli/output.h"
#include "delivery/halt.h"
#include "engine/runtime.h"

namespace cli {

namespace {

base::Result<int> change(const Invocation& invocation, bool stop) {
    if (!invocation.flag("--all"))
        return base::fail(
            base::ErrorCode::invalid_input,
            "usage",
            fmt::format(
                "say --all: this {} everything that is sent with this store; for one mailbox there "
                "is `pilotlight mailbox {}`",
                stop ? "stops" : "lets go on",
                stop ? "pause" : "resume"
            )
        );
    auto settings = invocation.settings();
    if (!settings) return base::pass_on(settings);
    const auto runtime = engine::Runtime::open(std::move(*settings));
    if (!runtime) return base::pass_on(runtime);
    const base::Timestamp now = (*runtime)->clock().now();
    const std::string reason = invocation.text("--reason");
    const bool changed =
        (*runtime)->job(store::Role::operator_, [stop, reason, now](store::Connection& connection) {
            return stop ? delivery::halt(connection, reason, now)
                        : delivery::resume(connection, now);
        });
    if (invocation.json)
        print(
            boost::json::serialize(boost::json::object{{"stopped", stop}, {"changed", changed}}) +
            "\n"
        );
    else if (!changed)
        print(stop ? "All sending is stopped already.\n" : "Nothing was stopped.\n");
    else
        print(
            stop ? "All sending is stopped, here and in every other process on this store. Go on "
                   "with: pilotlight resume --all\n"
                 : "Sending goes on.\n"
        );
    return 0;
}

base::Result<int> run_stop(const Invocation& invocation) { return change(invocation, true); }
base::Result<int> run_resume(const Invocation& invocation) { return change(invocation, false); }

}  // namespace

Command stop_command() {
    return {
        .path = "stop",
        .summary = "stop everything that is sent, at once",
        .help =
            "Stops all sending of warmup and campaigns, in `serve` and in every other process on "
            "this\n"
            "store: a mail whose last check before its last byte is behind it leaves, every other "
            "is held\n"
            "back. Watching goes on. It holds over restarts, until `resume --all`.\n"
            "\n"
            "Examples:\n"
            "  pilotlight stop --all\n"
            "  pilotlight stop --all --reason 'complaint from a customer'\n",
        .positionals = {},
        .options =
            {{.name = "--all", .value = "", .help = "everything (there is no other choice)"},
             {.name = "--reason", .value = "TEXT", .help = "why, for your own record"}},
        .run = run_stop,
    };
}

Command resume_command() {
    return {
        .path = "resume",
        .summary = "let sending go on after `stop --all`",
        .help =
            "Takes the brake of `stop --all` away. What became due meanwhile is made up for once; "
            "caps, gaps\n"
            "and windows hold as ever.\n"
            "\n"
            "Example:\n"
            "  pilotlight resume --all\n",
        .positionals = {},
        .options = {{.name = "--all", .value = "", .help = "everything"}},
        .run = run_resume,
    };
}

}  // namespace cli
