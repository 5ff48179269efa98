// `pilotlight mailbox authorize`: the owner's login by OAuth2, the first time and whenever the
// provider has ended it.
#include <fmt/format.h>

#include <boost/json.hpp>

#include "cli/authorize.h"
#include "cli/commands.h"
#include "cli/mailbox_lookup.h"
#include "cli/output.h"

namespace cli {

namespace {

base::Result<std::optional<LoginWay>> way_of(const Invocation& invocation) {
    std::optional<LoginWay> way;
    int given = 0;
    for (const auto& [flag, meant] :
         {std::pair("--browser", LoginWay::browser),
          std::pair("--paste", LoginWay::paste),
          std::pair("--device", LoginWay::device)})
        if (invocation.flag(flag)) {
            way = meant;
            ++given;
        }
    if (given > 1)
        return base::fail(
            base::ErrorCode::invalid_input,
            "usage",
            "--browser, --paste and --device are three ways to one login: give one"
        );
    return way;
}

base::Result<int> run(const Invocation& invocation) {
    const auto way = way_of(invocation);
    if (!way) return base::pass_on(way);
    const auto runtime = open_runtime(invocation);
    if (!runtime) return base::pass_on(runtime);
    const mailbox::Listing listing = list_mailboxes(**runtime);
    const auto mailbox = pick_mailbox(listing.mailboxes, invocation.positional("EMAIL"));
    if (!mailbox) return base::pass_on(mailbox);
    const base::Result<Authorization> done = authorize(**runtime, *mailbox, *way);
    if (!done) return base::pass_on(done);
    const std::string email = mailbox->email.str();
    if (invocation.json) {
        boost::json::object document = {
            {"email", email},
            {"issuer", done->issuer},
            {"login_method", "oauth2"},
            {"warning", nullptr}
        };
        if (!done->warning.empty()) document["warning"] = done->warning;
        print(boost::json::serialize(document) + "\n");
        return 0;
    }
    std::string text = fmt::format("{} logs in by OAuth2 from now on.\n", email);
    if (!done->warning.empty()) text += "Note: " + done->warning + ".\n";
    print(text + "Next: pilotlight mailbox check " + email + "\n");
    return 0;
}

}  // namespace

Command mailbox_authorize_command() {
    return {
        .path = "mailbox authorize",
        .summary = "log in to a mailbox at Google or Microsoft by OAuth2",
        .help =
            "Gets the permission to read and send for a mailbox from its provider, with an app of "
            "your\n"
            "own: its client id stands in [oauth.google] or [oauth.microsoft], docs/oauth.md walks "
            "through\n"
            "both consoles. What the provider gives is kept sealed with your key file and renewed "
            "by\n"
            "itself; run this again when a mailbox is paused because its login has ended.\n"
            "\n"
            "Without an option: at Microsoft by a code that you enter on any device, at Google by "
            "a\n"
            "browser on this machine.\n"
            "\n"
            "Examples:\n"
            "  pilotlight mailbox authorize ann@example.com\n"
            "  pilotlight mailbox authorize ann@example.com --paste    # over ssh\n"
            "  pilotlight mailbox authorize bob@example.org --device\n",
        .positionals = {{.name = "EMAIL", .help = "the mailbox's address"}},
        .options =
            {{.name = "--browser", .value = "", .help = "a browser on this machine comes back here"
             },
             {.name = "--paste",
              .value = "",
              .help = "a browser elsewhere; you paste the address it ends at"},
             {.name = "--device",
              .value = "",
              .help = "a code that you enter on any device (Microsoft)"}},
        .run = run,
    };
}

}  // namespace cli
