// `pilotlight mailbox accept`: what providers say about warmup, accepted after the mailbox was
// added, as for imported ones.
#include <fmt/format.h>

#include <boost/json.hpp>

#include "cli/commands.h"
#include "cli/mailbox_lookup.h"
#include "cli/output.h"
#include "cli/policy_consent.h"
#include "ledger/ledger.h"

namespace cli {

namespace {

void write(engine::Runtime& runtime, const mailbox::Mailbox& mailbox) {
    const base::Timestamp now = runtime.clock().now();
    const std::int64_t id = mailbox.id;
    runtime.job(store::Role::operator_, [id, now](store::Connection& connection) {
        mailbox::accept_policy(connection, id, now);
        ledger::append(
            connection,
            {now,
             "operator",
             "mailbox",
             id,
             "policy accepted",
             "the owner accepted the provider's policy",
             "{}"}
        );
    });
}

// Those of the named ones (or of all) that wait for it.
std::vector<mailbox::Mailbox> waiting_among(const std::vector<mailbox::Mailbox>& mailboxes) {
    std::vector<mailbox::Mailbox> waiting;
    for (const mailbox::Mailbox& mailbox : mailboxes)
        if (!mailbox.policy_settled()) waiting.push_back(mailbox);
    return waiting;
}

void print_result(const Invocation& invocation, const Consent& consent, std::size_t asked) {
    if (invocation.json) {
        boost::json::array emails;
        for (const mailbox::Mailbox& mailbox : consent.accepted)
            emails.emplace_back(mailbox.email.str());
        print(boost::json::serialize(boost::json::object{{"accepted", emails}}) + "\n");
        return;
    }
    std::string text;
    for (const mailbox::Mailbox& mailbox : consent.accepted)
        text += mailbox.email.str() + ": accepted; it takes part in warmup from now on\n";
    for (const mailbox::Mailbox& mailbox : consent.declined)
        text += mailbox.email.str() + ": not accepted; warmup goes on leaving it out\n";
    if (text.empty())
        text = asked == 0 ? "No mailbox waits for that.\n" : "There is nothing left to accept.\n";
    print(text);
}

base::Result<int> run(const Invocation& invocation) {
    const auto runtime = open_runtime(invocation);
    if (!runtime) return base::pass_on(runtime);
    const mailbox::Listing listing = list_mailboxes(**runtime);
    const auto found = invocation.positionals.find("EMAIL");
    const auto named =
        found == invocation.positionals.end() ? std::vector<std::string>() : found->second;
    const auto mailboxes = pick_mailboxes(listing.mailboxes, named);
    if (!mailboxes) return base::pass_on(mailboxes);
    const Consent consent = ask_each_provider(
        waiting_among(*mailboxes),
        [&](const mailbox::Preset& preset) { return accept_policy(invocation, preset); },
        [&](const mailbox::Mailbox& mailbox) { write(**runtime, mailbox); }
    );
    if (consent.accepted.empty() && consent.refusal) return std::unexpected(*consent.refusal);
    print_result(invocation, consent, named.size());
    return 0;
}

}  // namespace

Command mailbox_accept_command() {
    return {
        .path = "mailbox accept",
        .summary = "accept what a mailbox's provider says about warmup",
        .help =
            "Shows the provider's rules that bear on warmup, asks, and keeps the date of your "
            "answer. Until\n"
            "then warmup leaves the mailbox out: `mailbox import` adds mailboxes that way. Without "
            "EMAIL it\n"
            "is about all that wait. In a script --accept-policy answers.\n"
            "\n"
            "Examples:\n"
            "  pilotlight mailbox accept ann@example.com\n"
            "  pilotlight mailbox accept --accept-policy\n",
        .positionals =
            {{.name = "EMAIL", .help = "mailboxes to accept for", .required = false, .many = true}},
        .options =
            {{.name = "--accept-policy", .value = "", .help = "you have read the provider's rules"}
            },
        .run = run,
    };
}

}  // namespace cli
