// `pilotlight mailbox mode`: whether a mailbox takes part in warmup, or is only measured.
#include <fmt/format.h>

#include <boost/json.hpp>

#include "base/text.h"
#include "cli/commands.h"
#include "cli/mailbox_lookup.h"
#include "cli/output.h"
#include "ledger/ledger.h"

namespace cli {

namespace {

base::Result<mailbox::Mode> mode_of(const Invocation& invocation) {
    const std::string word = base::to_lower(invocation.positional("MODE"));
    if (word == "warmup") return mailbox::Mode::warmup;
    if (word == "measure") return mailbox::Mode::measure;
    return base::fail(
        base::ErrorCode::invalid_input,
        "mailbox",
        "'" + base::printable(word, 40) + "' is no mode; use warmup or measure"
    );
}

void write(engine::Runtime& runtime, const mailbox::Mailbox& mailbox, mailbox::Mode mode) {
    const base::Timestamp now = runtime.clock().now();
    const std::int64_t id = mailbox.id;
    const std::string decision = "mode " + std::string(mailbox::to_string(mode));
    runtime.job(store::Role::operator_, [id, mode, now, decision](store::Connection& connection) {
        mailbox::set_mode(connection, id, mode);
        ledger::append(
            connection, {now, "operator", "mailbox", id, decision, "the owner said so", "{}"}
        );
    });
}

base::Result<int> run(const Invocation& invocation) {
    const base::Result<mailbox::Mode> mode = mode_of(invocation);
    if (!mode) return base::pass_on(mode);
    const auto runtime = open_runtime(invocation);
    if (!runtime) return base::pass_on(runtime);
    const mailbox::Listing listing = list_mailboxes(**runtime);
    const auto mailbox = pick_mailbox(listing.mailboxes, invocation.positional("EMAIL"));
    if (!mailbox) return base::pass_on(mailbox);
    const bool changed = mailbox->mode != *mode;
    if (changed) write(**runtime, *mailbox, *mode);
    const std::string email = mailbox->email.str();
    if (invocation.json) {
        const boost::json::object document = {
            {"email", email}, {"mode", mailbox::to_string(*mode)}, {"changed", changed}
        };
        print(boost::json::serialize(document) + "\n");
    } else if (!changed) {
        print(fmt::format("{} is in mode {} already.\n", email, mailbox::to_string(*mode)));
    } else if (*mode == mailbox::Mode::measure) {
        print(fmt::format(
            "{} is only measured now: its mail is looked for, and nothing is answered, marked or "
            "moved.\n",
            email
        ));
    } else {
        print(fmt::format("{} takes part in warmup again.\n", email));
    }
    return 0;
}

}  // namespace

Command mailbox_mode_command() {
    return {
        .path = "mailbox mode",
        .summary = "let a mailbox take part in warmup, or only measure it",
        .help =
            "In mode measure warmup mail still goes to and from the mailbox and is looked for, so "
            "that\n"
            "its placement is known; nothing is answered, marked as read or moved. In mode warmup "
            "it\n"
            "takes part in full.\n"
            "\n"
            "Examples:\n"
            "  pilotlight mailbox mode seed@example.org measure\n"
            "  pilotlight mailbox mode seed@example.org warmup\n",
        .positionals =
            {{.name = "EMAIL", .help = "the mailbox's address"},
             {.name = "MODE", .help = "warmup or measure"}},
        .options = {},
        .run = run,
    };
}

}  // namespace cli
