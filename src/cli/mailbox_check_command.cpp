// `pilotlight mailbox check`: logs in on both sides of every mailbox, concurrently.
#include <fmt/format.h>

#include <boost/json.hpp>

#include "base/text.h"
#include "cli/commands.h"
#include "cli/mailbox_check.h"
#include "cli/mailbox_lookup.h"
#include "cli/output.h"

namespace cli {

namespace {

boost::json::object object_of(const Step& step) {
    boost::json::object object = {
        {"step", step.name}, {"state", to_string(step.state)}, {"error", nullptr}
    };
    if (step.error) {
        object["error"] = {
            {"code", base::to_string(step.error->code)},
            {"stage", step.error->stage},
            {"message", step.error->message},
            {"server_words", base::printable(step.error->server_words, 500)}
        };
        object["what_to_do"] = step.what_to_do;
    }
    return object;
}

std::string note_of(const CheckedMailbox& checked) {
    if (checked.mailbox.policy_settled()) return checked.note;
    const std::string left_out =
        "warmup leaves it out until you accept what the provider says: pilotlight mailbox accept " +
        checked.mailbox.email.str();
    return checked.note.empty() ? left_out : checked.note + "; " + left_out;
}

boost::json::object object_of(const CheckedMailbox& checked) {
    boost::json::array steps;
    for (const Step& step : checked.steps) steps.push_back(object_of(step));
    boost::json::array folders;
    for (const inbound::WatchedFolder& folder : checked.folders)
        folders.push_back(
            {{"kind", inbound::to_string(folder.kind)}, {"name", base::printable(folder.name, 200)}}
        );
    boost::json::object object = {
        {"email", checked.mailbox.email.str()},
        {"role", mailbox::to_string(checked.mailbox.role)},
        {"provider", checked.mailbox.provider},
        {"status", mailbox::to_string(checked.mailbox.status)},
        {"ok", checked.ok()},
        {"steps", steps},
        {"folders", folders},
        {"hidden_folders", checked.hidden_folders},
        {"note", nullptr}
    };
    if (const std::string note = note_of(checked); !note.empty()) object["note"] = note;
    return object;
}

std::string folders_in_words(const CheckedMailbox& checked) {
    std::vector<std::string> words;
    for (const inbound::WatchedFolder& folder : checked.folders)
        words.push_back(fmt::format(
            "{} \"{}\"", inbound::to_string(folder.kind), base::printable(folder.name, 200)
        ));
    return base::join(words, ", ");
}

std::string text_of(const Step& step, const CheckedMailbox& checked) {
    switch (step.state) {
        case StepState::ok: {
            const bool folders = step.name == "imap folders";
            const std::string more = folders ? ": " + folders_in_words(checked) : "";
            return fmt::format("  {:<13} ok{}\n", step.name, more);
        }
        case StepState::not_tried:
            return fmt::format("  {:<13} not tried\n", step.name);
        case StepState::failed:
            break;
    }
    return fmt::format(
        "  {:<13} failed: {}\n  {:<13} what to do: {}\n",
        step.name,
        step.error->describe(),
        "",
        step.what_to_do
    );
}

std::string text_of(const CheckedMailbox& checked) {
    const mailbox::Mailbox& mailbox = checked.mailbox;
    std::string text = fmt::format(
        "{}  {}, {}{}\n",
        mailbox.email.str(),
        mailbox::to_string(mailbox.role),
        mailbox.provider.empty() ? mailbox.smtp.host : mailbox.provider,
        mailbox.status == mailbox::Status::paused ? ", paused" : ""
    );
    for (const Step& step : checked.steps) text += text_of(step, checked);
    if (const std::string note = note_of(checked); !note.empty())
        text += "  note          " + note + "\n";
    return text;
}

void print_text(const std::vector<CheckedMailbox>& all) {
    if (all.empty()) return print("No mailboxes yet. Add one: pilotlight mailbox add --help\n");
    std::string text;
    for (const CheckedMailbox& checked : all) text += text_of(checked) + "\n";
    const auto good =
        std::ranges::count_if(all, [](const CheckedMailbox& one) { return one.ok(); });
    print(text + fmt::format("{} of {} mailboxes work.\n", good, all.size()));
}

void print_json(
    const std::vector<CheckedMailbox>& all, const std::vector<std::string>& unreadable, bool ok
) {
    boost::json::array mailboxes;
    for (const CheckedMailbox& checked : all) mailboxes.push_back(object_of(checked));
    boost::json::array problems;
    for (const std::string& problem : unreadable) problems.emplace_back(problem);
    const boost::json::object document = {
        {"ok", ok}, {"mailboxes", mailboxes}, {"problems", problems}
    };
    print(boost::json::serialize(document) + "\n");
}

// What is hidden counts from now on, and what is shown again does, too.
void note_hidden_folders(engine::Runtime& runtime, const std::vector<CheckedMailbox>& all) {
    for (const CheckedMailbox& checked : all) {
        if (!checked.folders_listed || checked.hidden_folders == checked.mailbox.hidden_folders)
            continue;
        const std::int64_t id = checked.mailbox.id;
        const std::string hidden = checked.hidden_folders;
        runtime.job(store::Role::operator_, [id, hidden](store::Connection& connection) {
            mailbox::set_hidden_folders(connection, id, hidden);
        });
    }
}

base::Result<int> run(const Invocation& invocation) {
    const auto runtime = open_runtime(invocation);
    if (!runtime) return base::pass_on(runtime);
    engine::Runtime& world = **runtime;
    const mailbox::Listing listing = list_mailboxes(world);
    const auto found = invocation.positionals.find("EMAIL");
    const auto named =
        found == invocation.positionals.end() ? std::vector<std::string>() : found->second;
    const auto mailboxes = pick_mailboxes(listing.mailboxes, named);
    if (!mailboxes) return base::pass_on(mailboxes);
    std::vector<base::Task<CheckedMailbox>> checks;
    for (const mailbox::Mailbox& mailbox : *mailboxes)
        checks.push_back(check_mailbox(world.connector(), world.clock(), mailbox));
    const std::vector<CheckedMailbox> all = world.run(base::when_all(std::move(checks)));
    note_hidden_folders(world, all);
    // Rows that can't be read (the log names them) are mailboxes that do not work.
    const bool readable = !named.empty() || listing.problems.empty();
    const bool ok =
        readable && std::ranges::all_of(all, [](const CheckedMailbox& one) { return one.ok(); });
    if (invocation.json)
        print_json(all, listing.problems, ok);
    else
        print_text(all);
    return ok ? 0 : 1;
}

}  // namespace

Command mailbox_check_command() {
    return {
        .path = "mailbox check",
        .summary = "log in on both sides and say what is wrong and what to do",
        .help =
            "Looks up and connects to the SMTP and the IMAP server of each mailbox (all of them "
            "where "
            "none is\n"
            "named), encrypts, logs in, asks whether a mail would be taken and lists the folders. "
            "Nothing\n"
            "is sent, and nothing is read or changed in the mailbox. Each step "
            "is ok,\n"
            "or it says what failed in the server's words and what you can do. Exit status 1 where "
            "a\n"
            "mailbox does not work.\n"
            "\n"
            "Examples:\n"
            "  pilotlight mailbox check\n"
            "  pilotlight mailbox check ann@example.com\n"
            "  pilotlight --json mailbox check | jq '.mailboxes[] | select(.ok | not) | .email'\n"
            "\n"
            "Which password a provider wants, and which take none, it says with the step that "
            "failed.\n",
        .positionals =
            {{.name = "EMAIL", .help = "mailboxes to check", .required = false, .many = true}},
        .options = {},
        .run = run,
    };
}

}  // namespace cli
