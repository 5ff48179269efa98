#include "cli/command.h"

#include <fmt/format.h>

#include "base/log.h"
#include "base/text.h"
#include "config/load.h"

namespace cli {

std::optional<std::string> Invocation::option(const std::string& name) const {
    const auto found = options.find(name);
    return found == options.end() ? std::nullopt : std::optional(found->second);
}

std::string Invocation::text(const std::string& name, const std::string& otherwise) const {
    return option(name).value_or(otherwise);
}

base::Result<std::int64_t> Invocation::integer(
    const std::string& name, std::int64_t otherwise, std::int64_t low, std::int64_t high
) const {
    const auto given = option(name);
    if (!given) return otherwise;
    const auto number = base::parse_int(*given);
    if (number && *number >= low && *number <= high) return *number;
    return base::fail(
        base::ErrorCode::invalid_input,
        "usage",
        fmt::format(
            "{} {}: expected a whole number from {} to {}",
            name,
            base::printable(*given, 40),
            low,
            high
        )
    );
}

std::string Invocation::positional(const std::string& name) const {
    const auto found = positionals.find(name);
    return found == positionals.end() || found->second.empty() ? std::string()
                                                               : found->second.front();
}

base::Result<config::Settings> Invocation::settings() const {
    const std::string path = config_path.empty() ? "pilotlight.toml" : config_path;
    base::Result<config::Settings> settings = config::load(path, environment);
    if (settings)
        for (const std::string& note : settings->notes) base::log::warn("config", "{}", note);
    return settings;
}

int exit_status(const base::Error& error) {
    switch (error.code) {
        case base::ErrorCode::invalid_input:
        case base::ErrorCode::not_found:
        case base::ErrorCode::already_exists:
        case base::ErrorCode::permission:
            return 2;
        default:
            return error.stage == "store" ? 2 : 1;
    }
}

}  // namespace cli
