#include "config/template.h"

#include <fmt/format.h>

#include "base/text.h"
#include "config/keys.h"

namespace config {

namespace {

constexpr std::size_t kColumns = 96;

constexpr std::string_view kHead =
    "# Pilotlight's configuration. Keys that stand behind a '#' show their default.\n"
    "# Environment variables win over this file. Paths are relative to this file's folder.\n"
    "# Passwords and API keys never stand here: mailboxes live in the store, sealed with the key\n"
    "# file, and API keys come from the environment.\n";

std::string commented(std::string_view text) {
    std::string out;
    std::string line = "#";
    for (const std::string& word : base::split(text, ' ')) {
        if (line.size() + 1 + word.size() > kColumns) {
            out += line + '\n';
            line = "#";
        }
        line += ' ' + word;
    }
    return out + line + '\n';
}

std::string lines_of(const Key& key) {
    const std::string_view name = key.name.substr(key.name.rfind('.') + 1);
    std::string help(key.help);
    if (!key.environment.empty()) help += fmt::format(" (environment: {})", key.environment);
    const std::string assignment = key.written.empty()
                                       ? fmt::format("# {} = {}\n", name, key.default_text)
                                       : fmt::format("{} = {}\n", name, key.written);
    return commented(help) + assignment;
}

}  // namespace

std::string toml_template() {
    std::string out(kHead);
    std::string_view section;
    for (const Key& key : kKeys) {
        const std::string_view its = key.name.substr(0, key.name.rfind('.'));
        if (its != section) out += fmt::format("\n[{}]\n", its);
        section = its;
        out += lines_of(key);
    }
    for (const std::string_view name : kEmptySections) out += fmt::format("\n[{}]\n", name);
    return out;
}

}  // namespace config
