// `pilotlight mailbox rescue`: the owner's consent to moving warmup mail out of a mailbox's spam
// folder, and taking it back.
#include <fmt/format.h>

#include <boost/json.hpp>

#include "cli/commands.h"
#include "cli/mailbox_lookup.h"
#include "cli/output.h"
#include "cli/policy_consent.h"
#include "ledger/ledger.h"
#include "warmup/filing_rules.h"

namespace cli {

namespace {

constexpr const char* kWhatItMeans =
    "Moving mail out of spam tells the provider that its filter was wrong. Done for one's own "
    "mail, many\nproviders take it for getting round the filter, and may suspend the mailbox.\n";

base::Result<> may_consent(const Invocation& invocation, const mailbox::Mailbox& mailbox) {
    const auto refuse = [](std::string words) {
        return base::fail(base::ErrorCode::invalid_input, "rescue", std::move(words));
    };
    if (invocation.flag("--accept") == invocation.flag("--stop"))
        return refuse(
            "say --accept, which records that you have read the lines above and decided, or --stop"
        );
    if (invocation.flag("--stop")) return {};
    if (mailbox.role != mailbox::Role::seed)
        return refuse(mailbox.email.str() + " is no seed mailbox: nothing is rescued in it");
    if (warmup::is_google_oauth(mailbox))
        return refuse(
            mailbox.email.str() +
            " is reached by Google's OAuth, whose policy excludes it; it stays off there"
        );
    return {};
}

void write(engine::Runtime& runtime, std::int64_t id, std::optional<base::Timestamp> accepted_at) {
    const ledger::Decision decision{
        runtime.clock().now(),
        "operator",
        "mailbox",
        id,
        accepted_at ? "rescue from spam accepted" : "rescue from spam stopped",
        "the owner said so",
        "{}"
    };
    runtime.job(store::Role::operator_, [id, accepted_at, decision](store::Connection& connection) {
        mailbox::set_rescue_accepted(connection, id, accepted_at);
        ledger::append(connection, decision);
    });
}

base::Result<int> run(const Invocation& invocation) {
    const auto runtime = open_runtime(invocation);
    if (!runtime) return base::pass_on(runtime);
    const mailbox::Listing listing = list_mailboxes(**runtime);
    const auto mailbox = pick_mailbox(listing.mailboxes, invocation.positional("EMAIL"));
    if (!mailbox) return base::pass_on(mailbox);
    if (!invocation.flag("--stop")) {
        fmt::print(stderr, "{}", kWhatItMeans);
        if (const mailbox::Preset* preset = mailbox::find_preset(mailbox->provider))
            fmt::print(stderr, "{}", policy_text(*preset));
    }
    const base::Result<> allowed = may_consent(invocation, *mailbox);
    if (!allowed) return base::pass_on(allowed);
    const bool accept = invocation.flag("--accept");
    // Said twice is done once: the first date stands.
    std::optional<base::Timestamp> accepted_at = mailbox->rescue_accepted_at;
    if (accept != accepted_at.has_value()) {
        accepted_at = accept ? std::optional((*runtime)->clock().now()) : std::nullopt;
        write(**runtime, mailbox->id, accepted_at);
    }
    const std::string email = mailbox->email.str();
    if (invocation.json) {
        boost::json::object document = {{"email", email}, {"rescue_accepted_at", nullptr}};
        if (accepted_at) document["rescue_accepted_at"] = base::to_iso(*accepted_at);
        print(boost::json::serialize(document) + "\n");
    } else if (accept) {
        print(fmt::format(
            "{}: warmup mail may be taken out of spam, one mail of a sender a day, where [warmup] "
            "rescue is true.\n",
            email
        ));
    } else {
        print(fmt::format("{}: what lies in spam stays there.\n", email));
    }
    return 0;
}

}  // namespace

Command mailbox_rescue_command() {
    return {
        .path = "mailbox rescue",
        .summary = "consent to taking warmup mail out of a mailbox's spam folder",
        .help =
            "Off unless three things hold: [warmup] rescue is true, the mailbox is a seed mailbox "
            "of which you\n"
            "have said --accept here, and it is not reached by Google's OAuth. Then one mail of a "
            "sender a day is\n"
            "moved to the inbox. Placement is not changed by it: the first sighting counts.\n"
            "\n"
            "Examples:\n"
            "  pilotlight mailbox rescue seed@example.com --accept\n"
            "  pilotlight mailbox rescue seed@example.com --stop\n",
        .positionals = {{.name = "EMAIL", .help = "the seed mailbox's address"}},
        .options =
            {{.name = "--accept", .value = "", .help = "I have read what the provider says"},
             {.name = "--stop", .value = "", .help = "take the consent back"}},
        .run = run,
    };
}

}  // namespace cli
