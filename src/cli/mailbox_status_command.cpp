// `pilotlight mailbox pause` and `mailbox resume`: the owner's own say over a mailbox.
#include <fmt/format.h>

#include <boost/json.hpp>

#include "base/text.h"
#include "cli/commands.h"
#include "cli/mailbox_lookup.h"
#include "cli/output.h"
#include "ledger/ledger.h"

namespace cli {

namespace {

void write(
    engine::Runtime& runtime,
    const mailbox::Mailbox& mailbox,
    mailbox::Status status,
    const std::string& reason
) {
    const base::Timestamp now = runtime.clock().now();
    const std::int64_t id = mailbox.id;
    const bool pause = status == mailbox::Status::paused;
    ledger::Decision decision{
        now, "operator", "mailbox", id, pause ? "paused" : "resumed", "", "{}"
    };
    decision.reason = reason.empty() ? "the owner said so" : reason;
    runtime.job(
        store::Role::operator_,
        [id, status, reason, decision](store::Connection& connection) {
            mailbox::set_status(connection, id, status, reason);
            ledger::append(connection, decision);
        }
    );
}

base::Result<int> change(
    const Invocation& invocation, mailbox::Status status, const std::string& reason
) {
    if (!base::is_utf8(reason) || reason.find_first_of("\r\n") != std::string::npos)
        return base::fail(
            base::ErrorCode::invalid_input,
            "mailbox",
            "--reason is one line of UTF-8: '" + base::printable(reason, 60) + "'"
        );
    const auto runtime = open_runtime(invocation);
    if (!runtime) return base::pass_on(runtime);
    const mailbox::Listing listing = list_mailboxes(**runtime);
    const auto mailbox = pick_mailbox(listing.mailboxes, invocation.positional("EMAIL"));
    if (!mailbox) return base::pass_on(mailbox);
    // Said twice is done once; a new reason for a pause is worth a row.
    const bool changed = mailbox->status != status || mailbox->status_reason != reason;
    if (changed) write(**runtime, *mailbox, status, reason);
    const std::string email = mailbox->email.str();
    if (invocation.json) {
        const boost::json::object document = {
            {"email", email},
            {"status", mailbox::to_string(status)},
            {"status_reason", reason},
            {"changed", changed}
        };
        print(boost::json::serialize(document) + "\n");
    } else if (!changed) {
        print(fmt::format("{} is {} already.\n", email, mailbox::to_string(status)));
    } else if (status == mailbox::Status::paused) {
        print(fmt::format(
            "{0} is paused: nothing is sent from it or read in it. Go on with: pilotlight mailbox "
            "resume {0}\n",
            email
        ));
    } else {
        print(fmt::format("{} is active again.\n", email));
    }
    return 0;
}

base::Result<int> run_pause(const Invocation& invocation) {
    return change(invocation, mailbox::Status::paused, invocation.text("--reason"));
}

base::Result<int> run_resume(const Invocation& invocation) {
    return change(invocation, mailbox::Status::active, "");
}

}  // namespace

Command mailbox_pause_command() {
    return {
        .path = "mailbox pause",
        .summary = "leave a mailbox alone until it is resumed",
        .help =
            "Takes a mailbox out of warmup and sending. Its place in the store, its password and "
            "its\n"
            "history stay. The reason stands in `mailbox list` and in `why EMAIL`.\n"
            "\n"
            "Example:\n"
            "  pilotlight mailbox pause ann@example.com --reason 'on leave until May'\n",
        .positionals = {{.name = "EMAIL", .help = "the mailbox's address"}},
        .options = {{.name = "--reason", .value = "TEXT", .help = "why, for your own record"}},
        .run = run_pause,
    };
}

Command mailbox_resume_command() {
    return {
        .path = "mailbox resume",
        .summary = "use a paused mailbox again",
        .help =
            "Makes a paused mailbox active again, whoever paused it.\n"
            "\n"
            "Example:\n"
            "  pilotlight mailbox resume ann@example.com\n",
        .positionals = {{.name = "EMAIL", .help = "the mailbox's address"}},
        .options = {},
        .run = run_resume,
    };
}

}  // namespace cli
