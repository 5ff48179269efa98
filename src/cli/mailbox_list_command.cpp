// `pilotlight mailbox list`: what is there, never a secret.
#include <fmt/format.h>

#include <boost/json.hpp>

#include "cli/commands.h"
#include "cli/mailbox_lookup.h"
#include "cli/output.h"
#include "cli/row_json.h"
#include "warmup/participation.h"

namespace cli {

namespace {

// Why warmup leaves an active mailbox out; null where it does not.
boost::json::value left_out(const mailbox::Mailbox& mailbox) {
    const auto reason = warmup::reason_to_leave_out(mailbox);
    if (!reason || mailbox.status != mailbox::Status::active) return nullptr;
    return boost::json::value(*reason);
}

boost::json::object object_of(const mailbox::Mailbox& mailbox) {
    return {
        {"id", mailbox.id},
        {"email", mailbox.email.str()},
        {"role", mailbox::to_string(mailbox.role)},
        {"name", mailbox.name},
        {"provider", mailbox.provider},
        {"smtp", mailbox::to_url(mailbox.smtp, "smtp")},
        {"imap", mailbox::to_url(mailbox.imap, "imap")},
        {"login", mailbox.login},
        {"zone", mailbox.zone.name()},
        {"login_method", mailbox::to_string(mailbox.login_method)},
        {"status", mailbox::to_string(mailbox.status)},
        {"status_reason", mailbox.status_reason},
        {"mode", mailbox::to_string(mailbox.mode)},
        {"policy_accepted_at", time_or_null(mailbox.policy_accepted_at)},
        {"left_out", left_out(mailbox)},
        {"password_known", mailbox.password.has_value()},
        {"created_at", base::to_iso(mailbox.created_at)}
    };
}

void print_json(const mailbox::Listing& listing) {
    boost::json::array mailboxes;
    for (const mailbox::Mailbox& mailbox : listing.mailboxes)
        mailboxes.push_back(object_of(mailbox));
    boost::json::array problems;
    for (const std::string& problem : listing.problems) problems.emplace_back(problem);
    const boost::json::object document = {{"mailboxes", mailboxes}, {"problems", problems}};
    print(boost::json::serialize(document) + "\n");
}

std::string status_words(const mailbox::Mailbox& mailbox) {
    const std::string status(mailbox::to_string(mailbox.status));
    if (!mailbox.status_reason.empty()) return status + ": " + mailbox.status_reason;
    const auto left_out = warmup::reason_to_leave_out(mailbox);
    if (mailbox.status == mailbox::Status::active && left_out)
        return "left out of warmup: " + *left_out;
    return mailbox.mode == mailbox::Mode::measure ? status + ", only measured" : status;
}

void print_text(const mailbox::Listing& listing) {
    if (listing.mailboxes.empty()) {
        print("No mailboxes yet. Add one: pilotlight mailbox add --help\n");
        return;
    }
    std::vector<std::vector<std::string>> rows = {
        {"id", "address", "role", "provider", "smtp", "imap", "zone", "password", "status"}
    };
    for (const mailbox::Mailbox& mailbox : listing.mailboxes)
        rows.push_back(
            {std::to_string(mailbox.id),
             mailbox.email.str(),
             std::string(mailbox::to_string(mailbox.role)),
             mailbox.provider.empty() ? "–" : mailbox.provider,
             mailbox::to_url(mailbox.smtp, "smtp"),
             mailbox::to_url(mailbox.imap, "imap"),
             mailbox.zone.name(),
             mailbox.login_method == mailbox::LoginMethod::oauth2 ? "oauth2"
             : mailbox.password                                   ? "known"
                                                                  : "not known",
             status_words(mailbox)}
        );
    print(table(rows));
}

base::Result<int> run(const Invocation& invocation) {
    const auto runtime = open_runtime(invocation);
    if (!runtime) return base::pass_on(runtime);
    const mailbox::Listing listing = list_mailboxes(**runtime);
    if (invocation.json)
        print_json(listing);
    else
        print_text(listing);
    return 0;
}

}  // namespace

Command mailbox_list_command() {
    return {
        .path = "mailbox list",
        .summary = "show the mailboxes, without secrets",
        .help =
            "Shows every mailbox with its role, servers, zone and status, whether its password is "
            "known,\n"
            "and why warmup leaves it out, where it does. Passwords themselves are never shown.\n"
            "\n"
            "Examples:\n"
            "  pilotlight mailbox list\n"
            "  pilotlight --json mailbox list | jq -r '.mailboxes[].email'\n",
        .positionals = {},
        .options = {},
        .run = run,
    };
}

}  // namespace cli
