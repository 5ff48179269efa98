// `pilotlight mailbox password`: a new password for a mailbox that is there.
#include <fmt/format.h>

#include <boost/json.hpp>

#include "cli/commands.h"
#include "cli/mailbox_lookup.h"
#include "cli/output.h"
#include "cli/password_option.h"
#include "ledger/ledger.h"

namespace cli {

namespace {

void write(engine::Runtime& runtime, const mailbox::Mailbox& mailbox, const std::string& password) {
    const base::Timestamp now = runtime.clock().now();
    const mailbox::Vault& vault = runtime.vault();
    base::Random& random = runtime.random();
    runtime.job(
        store::Role::operator_,
        [mailbox, password, now, &vault, &random](store::Connection& connection) {
            mailbox::set_password(connection, mailbox, password, vault, random);
            ledger::append(
                connection,
                {now,
                 "operator",
                 "mailbox",
                 mailbox.id,
                 "password changed",
                 "the owner gave a new one",
                 "{}"}
            );
        }
    );
}

base::Result<int> run(const Invocation& invocation) {
    const base::Result<std::string> password = take_password(invocation);
    if (!password) return base::pass_on(password);
    const auto runtime = open_runtime(invocation);
    if (!runtime) return base::pass_on(runtime);
    const mailbox::Listing listing = list_mailboxes(**runtime);
    const auto mailbox = pick_mailbox(listing.mailboxes, invocation.positional("EMAIL"));
    if (!mailbox) return base::pass_on(mailbox);
    const mailbox::Preset* preset = mailbox::find_preset(mailbox->provider);
    if (preset != nullptr && preset->passwords_refused)
        return base::fail(
            base::ErrorCode::invalid_input, "mailbox", preset->passwords_refused_words
        );
    write(**runtime, *mailbox, *password);
    const std::string email = mailbox->email.str();
    const bool paused = mailbox->status == mailbox::Status::paused;
    if (invocation.json) {
        const boost::json::object document = {
            {"email", email}, {"password_known", true}, {"paused", paused}
        };
        print(boost::json::serialize(document) + "\n");
        return 0;
    }
    std::string text = fmt::format("The password of {} is changed.\n", email);
    if (paused) text += "It is still paused: pilotlight mailbox resume " + email + "\n";
    print(text + "Next: pilotlight mailbox check " + email + "\n");
    return 0;
}

}  // namespace

Command mailbox_password_command() {
    return {
        .path = "mailbox password",
        .summary = "give a mailbox a new password",
        .help =
            "Reads the new password from an environment variable and keeps it sealed with your key "
            "file,\n"
            "in place of the old one; the mailbox logs in with it from now on. It is never shown.\n"
            "\n"
            "Example:\n"
            "  read -rs ANN_PASSWORD && export ANN_PASSWORD\n"
            "  pilotlight mailbox password ann@example.com --password-env ANN_PASSWORD\n",
        .positionals = {{.name = "EMAIL", .help = "the mailbox's address"}},
        .options = {password_option(true)},
        .run = run,
    };
}

}  // namespace cli
