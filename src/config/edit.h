// Sets keys in the text of a pilotlight.toml and leaves everything else, comments included, as it
// is.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace config {

// A known key and its value as plain text, as an environment variable would carry it.
struct PlainSetting {
    std::string key;
    std::string value;
    bool operator==(const PlainSetting&) const = default;
};

// The text with these keys set: a present line is replaced, else the commented default, else the
// line is added to its section. The result is read again, and where it says anything else than
// wanted, the text was too unusual for line-wise editing. Errors: invalid_input (an unknown key or
// bad value; or "set … by hand", with the lines to write).
base::Result<std::string> with_settings(
    std::string_view toml, const std::vector<PlainSetting>& settings
);

}  // namespace config
