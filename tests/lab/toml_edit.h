// Sets one key of a commented pilotlight.toml as a person with an editor would: in its section, in
// place of the line that sets it or shows it commented; the section is added where it is missing.
#pragma once
#include <string>

namespace lab {

// `value` is TOML: `"text"`, `3`. Keys and sections are plain names, `[a.b]` in one piece.
std::string set_toml_key(
    const std::string& text,
    const std::string& section,
    const std::string& key,
    const std::string& value
);

}  // namespace lab
