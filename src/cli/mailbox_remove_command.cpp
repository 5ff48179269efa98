// `pilotlight mailbox remove`: out of everything, its secrets gone, its history kept.
#include <fmt/format.h>

#include <boost/json.hpp>

#include "cli/commands.h"
#include "cli/mailbox_lookup.h"
#include "cli/output.h"
#include "delivery/email_record.h"
#include "ledger/ledger.h"

namespace cli {

namespace {

constexpr int kOpenMax = 500;  // a job's share; the rest is cancelled by the next run

struct OpenMail {
    std::int64_t cancelled = 0;
    std::int64_t in_doubt = 0;
};

// Prepared mail from or to the mailbox never leaves. What may have left stays as it is, for a
// person to decide about (`delivery in-doubt`): only the server knows.
OpenMail settle(
    store::Connection& connection, delivery::Side side, const mailbox::Mailbox& mailbox
) {
    OpenMail open;
    const std::string& email = mailbox.email.str();
    const auto is_its_own = [&](const delivery::EmailRecord& row) {
        return row.from_mailbox_id == mailbox.id || row.to_ == email;
    };
    for (const auto& row : delivery::with_status(connection, side, "prepared", kOpenMax))
        if (is_its_own(row) &&
            delivery::cancel(connection, side, row.id, "its mailbox was removed"))
            ++open.cancelled;
    for (const char* status : {"intent", "in_doubt", "parked"})
        for (const auto& row : delivery::with_status(connection, side, status, kOpenMax))
            open.in_doubt += is_its_own(row);
    return open;
}

void write(engine::Runtime& runtime, const mailbox::Mailbox& mailbox) {
    const base::Timestamp now = runtime.clock().now();
    const std::int64_t id = mailbox.id;
    runtime.job(store::Role::operator_, [id, now](store::Connection& connection) {
        mailbox::remove(connection, id);
        ledger::append(
            connection,
            {now,
             "operator",
             "mailbox",
             id,
             "removed",
             "the owner said so; password and tokens are wiped",
             "{}"}
        );
    });
}

// First the mailbox, so that nothing new is prepared; then each side's open mail, by its own role.
OpenMail remove(engine::Runtime& runtime, const mailbox::Mailbox& mailbox) {
    write(runtime, mailbox);
    OpenMail all;
    for (const delivery::Side side : {delivery::Side::warmup, delivery::Side::campaign}) {
        const store::Role role =
            side == delivery::Side::warmup ? store::Role::warmup : store::Role::campaign;
        const OpenMail open = runtime.job(role, [mailbox, side](store::Connection& connection) {
            return settle(connection, side, mailbox);
        });
        all.cancelled += open.cancelled;
        all.in_doubt += open.in_doubt;
    }
    return all;
}

base::Result<int> run(const Invocation& invocation) {
    const auto runtime = open_runtime(invocation);
    if (!runtime) return base::pass_on(runtime);
    const mailbox::Listing listing = list_mailboxes(**runtime);
    const auto mailbox = pick_mailbox(listing.mailboxes, invocation.positional("EMAIL"));
    if (!mailbox) return base::pass_on(mailbox);
    const OpenMail open = remove(**runtime, *mailbox);
    const std::string email = mailbox->email.str();
    if (invocation.json) {
        const boost::json::object document = {
            {"email", email},
            {"status", "removed"},
            {"cancelled", open.cancelled},
            {"in_doubt", open.in_doubt}
        };
        print(boost::json::serialize(document) + "\n");
        return 0;
    }
    std::string text = fmt::format(
        "{} is removed: its password is wiped, {} prepared messages are cancelled, its history "
        "stays.\n",
        email,
        open.cancelled
    );
    if (open.in_doubt > 0)
        text += fmt::format(
            "{} messages may have left before; see `pilotlight delivery in-doubt`\n", open.in_doubt
        );
    print(text);
    return 0;
}

}  // namespace

Command mailbox_remove_command() {
    return {
        .path = "mailbox remove",
        .summary = "take a mailbox out for good and wipe its password",
        .help =
            "Takes the mailbox out of warmup, sending and watching, wipes its password and tokens, "
            "and\n"
            "cancels what was prepared from it or to it and has not left. Its messages, placements "
            "and\n"
            "decisions stay on record. Added again later, it is the same mailbox and its history "
            "goes on.\n"
            "\n"
            "Example:\n"
            "  pilotlight mailbox remove ann@example.com\n",
        .positionals = {{.name = "EMAIL", .help = "the mailbox's address"}},
        .options = {},
        .run = run,
    };
}

}  // namespace cli
