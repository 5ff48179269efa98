// The table of commands as a CLI11 parser; the only file that sees CLI11.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <exception>

#include "base/log.h"
#include "base/text.h"
#include "cli/command.h"
#include "cli/output.h"
#include "config/load.h"
#include "store/connection.h"

namespace cli {

namespace {

constexpr const char* kAbout =
    "Keeps mailboxes warm, and sends outreach from a pool of drafts that warmup can never touch.\n"
    "Try `pilotlight demo`: a week of warmup in an in-memory mail world, no network, no "
    "credentials.";

// Where CLI11 writes what it parsed; lives as long as the parser.
struct Parsed {
    Invocation invocation;
    const Command* chosen = nullptr;
    std::map<std::string, std::map<std::string, std::string>> options;  // by command, then by name
    std::map<std::string, std::map<std::string, bool>> flags;
    std::map<std::string, std::map<std::string, std::vector<std::string>>> positionals;
};

CLI::App* folder_of(CLI::App& app, const std::string& name) {
    for (CLI::App* known : app.get_subcommands([](CLI::App*) { return true; }))
        if (known->get_name() == name) return known;
    CLI::App* folder = app.add_subcommand(name, "");
    folder->require_subcommand(1);
    return folder;
}

void add_command(CLI::App& app, const Command& command, Parsed& parsed) {
    const std::vector<std::string> words = base::split(command.path, ' ');
    CLI::App* parent = &app;
    for (std::size_t i = 0; i + 1 < words.size(); ++i) {
        parent = folder_of(*parent, words[i]);
        // A group is described by its verbs: "add, list, check".
        const std::string known = parent->get_description();
        const bool listed = known.ends_with(words[i + 1]);
        if (!listed) parent->description(known + (known.empty() ? "" : ", ") + words[i + 1]);
    }
    CLI::App* sub = parent->add_subcommand(words.back(), command.summary);
    sub->footer("\n" + command.help);
    for (const Positional& positional : command.positionals) {
        CLI::Option* option = sub->add_option(
            positional.name, parsed.positionals[command.path][positional.name], positional.help
        );
        option->expected(positional.many ? -1 : 1);
        option->allow_extra_args(positional.many);  // else the first takes what is the second's
        if (positional.required) option->required();
    }
    for (const Option& one : command.options) {
        if (one.value.empty()) {
            sub->add_flag(one.name, parsed.flags[command.path][one.name], one.help);
            continue;
        }
        CLI::Option* option =
            sub->add_option(one.name, parsed.options[command.path][one.name], one.help);
        option->type_name(one.value);
        if (!one.choices.empty()) option->check(CLI::IsMember(one.choices));
        if (one.required) option->required();
    }
    sub->final_callback([&parsed, &command] { parsed.chosen = &command; });
}

void collect(Parsed& parsed, const CLI::App& app) {
    const std::string& path = parsed.chosen->path;
    const CLI::App* sub = &app;
    for (const std::string& word : base::split(path, ' ')) sub = sub->get_subcommand(word);
    for (const auto& [name, value] : parsed.options[path])
        if (sub->count(name) > 0) parsed.invocation.options[name] = value;
    for (const auto& [name, set] : parsed.flags[path])
        if (set) parsed.invocation.options[name] = "true";
    parsed.invocation.positionals = parsed.positionals[path];
}

int report(const base::Error& error, bool json) {
    print_error(error, json);
    return exit_status(error);
}

int run_chosen(const Parsed& parsed) {
    const bool json = parsed.invocation.json;
    try {
        const base::Result<int> status = parsed.chosen->run(parsed.invocation);
        return status ? *status : report(status.error(), json);
    } catch (const store::StoreError& error) {
        return report({base::ErrorCode::storage, "store", error.what(), {}, 0, {}}, json);
    } catch (const std::exception& error) {
        return report({base::ErrorCode::storage, "internal error", error.what(), {}, 0, {}}, json);
    }
}

// "pilotlight mailbox add --help": the help of the command that was being typed.
std::string nearest_help(const CLI::App& app) {
    std::string words = app.get_name();
    for (const CLI::App* at = &app; !at->get_subcommands().empty();) {
        at = at->get_subcommands().front();
        words += " " + at->get_name();
    }
    return words + " --help";
}

// CLI11 says of an unknown command only that one is missing.
base::Error usage_error(const CLI::App& app, const CLI::ParseError& problem) {
    const std::vector<std::string> unknown = app.remaining(true);
    std::string message = problem.what();
    if (dynamic_cast<const CLI::RequiredError*>(&problem) != nullptr && !unknown.empty() &&
        message.find("ubcommand") != std::string::npos)
        message = fmt::format("'{}' is not a command", base::printable(unknown.front(), 60));
    message += "; see `" + nearest_help(app) + "`";
    return {base::ErrorCode::invalid_input, "usage", std::move(message), {}, 0, {}};
}

}  // namespace

int run_command_line(int argc, const char* const* argv, config::Environment environment) {
    CLI::App app(kAbout, "pilotlight");
    app.require_subcommand(1);
    app.fallthrough();
    Parsed parsed;
    parsed.invocation.environment = std::move(environment);
    bool verbose = false;
    app.add_option("--config", parsed.invocation.config_path, "pilotlight.toml to use")
        ->type_name("FILE");
    app.add_flag(
        "--json", parsed.invocation.json, "one JSON document on standard output, nothing else"
    );
    app.add_flag("--verbose", verbose, "log what is done, not only what goes wrong");
    app.set_version_flag("--version", "pilotlight " PILOTLIGHT_VERSION);
    for (const Command& command : commands()) add_command(app, command, parsed);
    try {
        app.parse(argc, argv);
    } catch (const CLI::Success& wanted) {  // --help, --version
        return app.exit(wanted);
    } catch (const CLI::ParseError& problem) {
        return report(usage_error(app, problem), parsed.invocation.json);
    }
    if (verbose) base::log::set_level(base::log::Level::info);
    collect(parsed, app);
    return run_chosen(parsed);
}

}  // namespace cli
