// `pilotlight mailbox import`: the `.env` of existing users, or a CSV file. Everything is read and
// checked first; then all is written, or nothing.
#include <fmt/format.h>

#include <boost/json.hpp>

#include "base/text.h"
#include "cli/commands.h"
#include "cli/mailbox_csv.h"
#include "cli/mailbox_import.h"
#include "cli/mailbox_lookup.h"
#include "cli/new_file.h"
#include "cli/output.h"
#include "cli/policy_consent.h"
#include "config/load.h"
#include "ledger/ledger.h"

namespace cli {

namespace {

constexpr std::size_t kFileBytesMax = 1 << 20;
constexpr std::size_t kMailboxesMax = 500;  // they are written in one job

struct Plan {
    std::vector<mailbox::NewMailbox> mailboxes;
    config::ImportedEnvironment imported;  // its accounts stand in `mailboxes`
    config::Settings settings;             // as they will be
    std::string toml;                      // the new text; empty: nothing changes
};

struct Written {
    std::int64_t id = 0;  // 0: it was there before and was left as it is
    mailbox::NewMailbox mailbox;
};

// The configuration with the file's plain settings in it, read again as the program will read it.
base::Result<> take_settings(Plan& plan, const Invocation& invocation) {
    const std::string path = plan.settings.file;
    const auto before = read_file(path, kFileBytesMax);
    if (!before) return base::pass_on(before);
    const auto after = config::with_settings(*before, plan.imported.settings);
    if (!after) return base::pass_on(after);
    if (*after == *before) return {};
    auto settings = config::load_text(*after, path, invocation.environment);
    if (!settings) return base::pass_on(settings);
    plan.settings = std::move(*settings);
    plan.toml = *after;
    return {};
}

base::Result<std::vector<ImportRow>> read_rows(
    Plan& plan, const std::string& text, const Invocation& invocation
) {
    if (is_mailbox_csv(text)) return read_mailbox_csv(text);
    auto imported = config::import_environment(text);
    if (!imported) return base::pass_on(imported);
    plan.imported = std::move(*imported);
    const base::Result<> taken = take_settings(plan, invocation);
    if (!taken) return base::pass_on(taken);
    return rows_of(plan.imported);
}

// Every line of the problem says which file it is about.
std::unexpected<base::Error> of_file(const std::string& file, base::Error error) {
    error.message =
        file + ": " + base::replace_all(std::move(error.message), "\n", "\n" + file + ": ");
    return std::unexpected(std::move(error));
}

base::Result<Plan> make_plan(const Invocation& invocation) {
    const std::string file = invocation.positional("FILE");
    const std::string provider = invocation.text("--provider");
    if (!provider.empty() && mailbox::find_preset(provider) == nullptr)
        return base::fail(
            base::ErrorCode::invalid_input,
            "import",
            fmt::format(
                "--provider {}: use one of {}", base::printable(provider, 60), preset_names()
            )
        );
    auto settings = invocation.settings();
    if (!settings) return base::pass_on(settings);
    const auto text =
        file == "-" ? read_standard_input(kFileBytesMax) : read_file(file, kFileBytesMax);
    if (!text) return base::pass_on(text);
    Plan plan;
    plan.settings = std::move(*settings);
    auto rows = read_rows(plan, *text, invocation);
    if (!rows) return of_file(file, rows.error());
    auto mailboxes =
        with_servers(std::move(*rows), plan.settings.provider, invocation.text("--provider"));
    if (!mailboxes) return of_file(file, mailboxes.error());
    if (mailboxes->size() > kMailboxesMax)
        return base::fail(
            base::ErrorCode::invalid_input,
            "import",
            fmt::format("{}: more than {} mailboxes; cut the file in two", file, kMailboxesMax)
        );
    plan.mailboxes = std::move(*mailboxes);
    return plan;
}

std::vector<Written> write(engine::Runtime& runtime, const Plan& plan, bool accept_policy) {
    const base::Timestamp now = runtime.clock().now();
    std::vector<mailbox::NewMailbox> mailboxes = plan.mailboxes;
    for (mailbox::NewMailbox& mailbox : mailboxes)
        if (accept_policy && !mailbox.provider.empty()) mailbox.policy_accepted_at = now;
    const mailbox::Vault& vault = runtime.vault();
    base::Random& random = runtime.random();
    return runtime.job(
        store::Role::operator_,
        [mailboxes, now, &vault, &random](store::Connection& connection) {
            std::vector<Written> written;
            for (const mailbox::NewMailbox& mailbox : mailboxes) {
                const auto id = mailbox::add(connection, mailbox, vault, random, now);
                // Anything else was checked before; throwing takes the whole import back.
                if (!id && id.error().code != base::ErrorCode::already_exists)
                    throw store::StoreError(
                        store::StoreError::Kind::invalid, id.error().describe()
                    );
                written.push_back({id.value_or(0), mailbox});
                if (id)
                    ledger::append(
                        connection,
                        {now, "operator", "mailbox", *id, "added", "imported from a file", "{}"}
                    );
            }
            return written;
        }
    );
}

// The presets among the new mailboxes, each once.
std::vector<const mailbox::Preset*> presets_of(const std::vector<Written>& written) {
    std::vector<const mailbox::Preset*> used;
    for (const mailbox::Preset& preset : mailbox::presets()) {
        const bool wanted = std::ranges::any_of(written, [&](const Written& one) {
            return one.id != 0 && one.mailbox.provider == preset.name;
        });
        if (wanted) used.push_back(&preset);
    }
    return used;
}

std::vector<std::string> notes_of(const Plan& plan, const std::vector<Written>& written) {
    std::vector<std::string> notes = plan.imported.notes;
    for (const Written& one : written) {
        const mailbox::Preset* preset = mailbox::find_preset(one.mailbox.provider);
        if (one.id != 0 && preset != nullptr && preset->passwords_refused)
            notes.push_back(one.mailbox.email.str() + ": " + preset->passwords_refused_words);
    }
    const auto waiting = std::ranges::count_if(written, [](const Written& one) {
        const mailbox::Preset* preset = mailbox::find_preset(one.mailbox.provider);
        return one.id != 0 && preset != nullptr && !preset->policy.empty() &&
               !one.mailbox.policy_accepted_at;
    });
    if (waiting > 0)
        notes.push_back(fmt::format(
            "warmup leaves {} of them out until you accept what their providers say: pilotlight "
            "mailbox accept",
            waiting
        ));
    return notes;
}

void print_json(const Plan& plan, const std::vector<Written>& written, const std::string& backup) {
    boost::json::array added;
    boost::json::array left;
    for (const Written& one : written) {
        const std::string& email = one.mailbox.email.str();
        if (one.id == 0)
            left.emplace_back(email);
        else
            added.push_back(
                {{"id", one.id},
                 {"email", email},
                 {"role", mailbox::to_string(one.mailbox.role)},
                 {"provider", one.mailbox.provider},
                 {"password_known", one.mailbox.password.has_value()}}
            );
    }
    boost::json::array settings;
    for (const config::PlainSetting& setting : plan.imported.settings)
        settings.push_back({{"key", setting.key}, {"value", setting.value}});
    const auto& keys = plan.imported.keys_to_export;
    const std::vector<std::string> notes = notes_of(plan, written);
    boost::json::object document = {
        {"added", added},
        {"left", left},
        {"settings", settings},
        {"config_changed", !plan.toml.empty()},
        {"config_backup", nullptr},
        {"keys_to_export", boost::json::array(keys.begin(), keys.end())},
        {"notes", boost::json::array(notes.begin(), notes.end())}
    };
    if (!backup.empty()) document["config_backup"] = backup;
    print(boost::json::serialize(document) + "\n");
}

std::string mailboxes_text(const std::vector<Written>& written) {
    std::string text;
    for (const Written& one : written)
        text += fmt::format(
            "{} {} ({}{}){}\n",
            one.id == 0 ? "left " : "added",
            one.mailbox.email.str(),
            mailbox::to_string(one.mailbox.role),
            one.mailbox.provider.empty() ? "" : ", " + one.mailbox.provider,
            one.id == 0 ? ": it is there already and stays as it is" : ""
        );
    return text.empty() ? "The file names no mailboxes.\n" : text;
}

void print_text(const Plan& plan, const std::vector<Written>& written, const std::string& backup) {
    std::string text = mailboxes_text(written);
    if (!plan.toml.empty()) {
        text += fmt::format("\nSet in {} (before: {}):\n", plan.settings.file, backup);
        for (const config::PlainSetting& setting : plan.imported.settings)
            text += fmt::format("  {} = {}\n", setting.key, base::printable(setting.value, 200));
    }
    if (!plan.imported.keys_to_export.empty())
        text += "\nExport these yourself, since keys never stand in a file of ours:\n";
    for (const std::string& key : plan.imported.keys_to_export) text += "  " + key + "\n";
    const std::vector<std::string> notes = notes_of(plan, written);
    if (!notes.empty()) text += "\nNotes:\n";
    for (const std::string& note : notes) text += "  " + note + "\n";
    const auto presets = presets_of(written);
    if (!presets.empty()) text += "\nWhat the providers say about this use:\n";
    for (const mailbox::Preset* preset : presets) text += policy_text(*preset);
    print(text + "\nNext: pilotlight mailbox check\n");
}

base::Result<int> run(const Invocation& invocation) {
    const base::Result<Plan> plan = make_plan(invocation);
    if (!plan) return base::pass_on(plan);
    const auto runtime = engine::Runtime::open(plan->settings);
    if (!runtime) return base::pass_on(runtime);
    std::string backup;
    if (!plan->toml.empty()) {
        const auto replaced = replace_file(plan->settings.file, plan->toml);
        if (!replaced) return base::pass_on(replaced);
        backup = *replaced;
    }
    const std::vector<Written> written =
        write(**runtime, *plan, invocation.flag("--accept-policy"));
    if (invocation.json)
        print_json(*plan, written, backup);
    else
        print_text(*plan, written, backup);
    return 0;
}

}  // namespace

Command mailbox_import_command() {
    return {
        .path = "mailbox import",
        .summary = "take mailboxes over from a .env or a CSV file",
        .help =
            "Reads the .env of the system that Pilotlight replaces: ZOHO_ACCOUNTS become senders,\n"
            "WARMUP_EMAILS with WARMUP_EMAILS_APP_PASSWORDS seed mailboxes (provider by domain). "
            "Plain\n"
            "settings such as TARGET_TIMEZONE go into pilotlight.toml, the old text stays as\n"
            "pilotlight.toml.bak, and API keys are named for you to export. Or it reads a CSV file "
            "whose\n"
            "first line names its columns: email, role, and any of password, name, zone, login, "
            "provider,\n"
            "smtp, imap.\n"
            "\n"
            "Everything is checked first: with one problem nothing is changed. Mailboxes that are "
            "there\n"
            "already are left as they are, so the same file can be imported again.\n"
            "\n"
            "Examples:\n"
            "  pilotlight mailbox import .env\n"
            "  pilotlight mailbox import mailboxes.csv --provider gmail\n"
            "  pilotlight --json mailbox import .env | jq .keys_to_export\n",
        .positionals = {{.name = "FILE", .help = "a .env or .csv file; - is standard input"}},
        .options =
            {{.name = "--provider",
              .value = "NAME",
              .help = "for addresses whose domain tells none: " + preset_names()},
             {.name = "--accept-policy",
              .value = "",
              .help = "you have read the providers' rules (see mailbox add --help)"}},
        .run = run,
    };
}

}  // namespace cli
