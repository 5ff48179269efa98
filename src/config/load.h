// Reads pilotlight.toml and lays the environment over it.
//
//   auto settings = config::load("pilotlight.toml", config::environment_of_process());
//
// All problems are found at once: the Error's message has one line for each, naming file:line (or
// the environment variable), key, value and mend. Values that may be secret are not repeated.
// Unknown keys are errors with the nearest known key. Limits: files up to 1 MiB. Errors: not_found
// (no file; the mend is `pilotlight init`), permission (unreadable), invalid_input.
#pragma once
#include <string>
#include <string_view>

#include "base/result.h"
#include "config/environment.h"
#include "config/settings.h"

namespace config {

base::Result<Settings> load(const std::string& path, const Environment& environment);

// The same from a text; `path` names it in errors, and its folder is where relative paths start.
base::Result<Settings> load_text(
    std::string_view text, const std::string& path, const Environment& environment
);

}  // namespace config
