// The command line as a table: one Command for each, in its own file; parse.cpp turns the table
// into a parser and help texts, main.cpp runs it.
//
// A command returns its exit status or an Error; `exit_status` says which status an error has: 2
// for what the owner wrote (usage, configuration, values), 1 for everything else. With --json
// standard output is one JSON document and nothing else; logs and progress go to standard error.
#pragma once
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "config/environment.h"
#include "config/settings.h"

namespace cli {

struct Option {
    std::string name;   // "--role"
    std::string value;  // "sender|seed"; empty: a flag
    std::string help;
    bool required = false;
    std::vector<std::string> choices = {};  // where only these are allowed
};

struct Positional {
    std::string name;  // "EMAIL"
    std::string help;
    bool required = true;
    bool many = false;
};

// What was typed, checked against the table.
class Invocation {
  public:
    std::string config_path;
    bool json = false;
    config::Environment environment;
    std::map<std::string, std::string> options;  // "--role" → "seed"; flags → "true"
    std::map<std::string, std::vector<std::string>> positionals;

    bool flag(const std::string& name) const { return options.contains(name); }
    std::optional<std::string> option(const std::string& name) const;
    std::string text(const std::string& name, const std::string& otherwise = {}) const;
    // invalid_input where it is no whole number in [low, high]; names option, value and range.
    base::Result<std::int64_t> integer(
        const std::string& name, std::int64_t otherwise, std::int64_t low, std::int64_t high
    ) const;
    std::string positional(const std::string& name) const;

    // The configuration: --config, or pilotlight.toml here. not_found says `run pilotlight init`.
    // Its notes go to the log.
    base::Result<config::Settings> settings() const;
};

struct Command {
    std::string path;     // "mailbox add"
    std::string summary;  // one line, for the list
    std::string help;     // what it does, with an example; shown by --help
    std::vector<Positional> positionals;
    std::vector<Option> options;
    base::Result<int> (*run)(const Invocation& invocation);
};

// All commands, in the order of the help page.
const std::vector<Command>& commands();

// Parses and runs; prints help, results and errors. The process's exit status.
int run_command_line(int argc, const char* const* argv, config::Environment environment);

int exit_status(const base::Error& error);

}  // namespace cli
