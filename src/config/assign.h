// Puts one value into the settings, checked against its key (config/keys.h).
#pragma once
#include <optional>
#include <string>
#include <variant>

#include "config/keys.h"
#include "config/settings.h"
#include "config/toml_reader.h"

namespace config {

// Where a key lives in the settings.
using Field = std::variant<
    std::string*,
    int*,
    double*,
    bool*,
    base::Duration*,
    std::vector<std::string>*,
    base::TimeZone*>;
Field field_of(Settings& settings, std::string_view key_name);

// Checks and stores. The answer is the problem with its mend ("is not a time zone; …"), or nothing.
// `folder` is where relative paths start. Nothing is stored where there is a problem.
std::optional<std::string> assign(
    Settings& settings, const Key& key, const Value& value, const std::string& folder
);

// What an environment variable's text means for this key (integers, numbers, comma lists).
Value value_from_text(const Key& key, std::string_view text);

// The value for an error line: passwords of a store URL and things that look like API keys are
// hidden.
std::string shown(const Key& key, const Value& value);

// The key's present value in TOML's spelling; for documentation and tests.
std::string toml_of(const Settings& settings, const Key& key);

}  // namespace config
