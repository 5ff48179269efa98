#include "config/edit.h"

#include "base/text.h"
#include "config/assign.h"

namespace config {

namespace {

using Lines = std::vector<std::string>;

std::string_view section_of(std::string_view key) { return key.substr(0, key.rfind('.')); }
std::string_view leaf_of(std::string_view key) { return key.substr(key.rfind('.') + 1); }

bool is_header(std::string_view line) { return base::trim(line).starts_with('['); }

bool is_header_of(std::string_view line, std::string_view section) {
    const std::string_view text = base::trim(line);
    return text.starts_with('[') && text.substr(1).starts_with(section) &&
           text.substr(1 + section.size()).starts_with(']');
}

// "leaf = …", or with `commented` "# leaf = …".
bool is_line_of(std::string_view line, std::string_view leaf, bool commented) {
    std::string_view text = base::trim(line);
    if (commented) {
        if (!text.starts_with('#')) return false;
        text = base::trim(text.substr(1));
    }
    return text.starts_with(leaf) && base::trim(text.substr(leaf.size())).starts_with('=');
}

void set_line(Lines& lines, std::string_view key, const std::string& assignment) {
    std::size_t begin = 0;
    while (begin < lines.size() && !is_header_of(lines[begin], section_of(key))) ++begin;
    if (begin == lines.size()) {
        if (!lines.empty() && !base::trim(lines.back()).empty()) lines.emplace_back();
        lines.push_back(fmt::format("[{}]", section_of(key)));
        lines.push_back(assignment);
        return;
    }
    std::size_t end = begin + 1;
    while (end < lines.size() && !is_header(lines[end])) ++end;
    for (const bool commented : {false, true}) {
        for (std::size_t i = begin + 1; i < end; ++i) {
            if (!is_line_of(lines[i], leaf_of(key), commented)) continue;
            lines[i] = assignment;
            return;
        }
    }
    while (end > begin + 1 && base::trim(lines[end - 1]).empty()) --end;
    lines.insert(lines.begin() + static_cast<std::ptrdiff_t>(end), assignment);
}

using Meaning = std::map<std::string, Value>;

base::Result<Meaning> meaning_of(std::string_view toml) {
    const auto entries = read_toml(toml);
    if (!entries) return base::pass_on(entries);
    Meaning meaning;
    for (const TomlEntry& entry : *entries)
        if (!std::holds_alternative<OtherValue>(entry.value)) meaning[entry.name] = entry.value;
    return meaning;
}

base::Result<Meaning> checked(const std::vector<PlainSetting>& settings) {
    Meaning wanted;
    for (const PlainSetting& setting : settings) {
        const Key* key = find_key(setting.key);
        if (key == nullptr)
            return base::fail(
                base::ErrorCode::invalid_input, "config", setting.key + " is not a key"
            );
        const Value value = value_from_text(*key, setting.value);
        Settings scratch;
        if (const auto problem = assign(scratch, *key, value, "/"))
            return base::fail(
                base::ErrorCode::invalid_input,
                "config",
                fmt::format("{} = {} {}", key->name, shown(*key, value), *problem)
            );
        wanted[setting.key] = value;
    }
    return wanted;
}

}  // namespace

base::Result<std::string> with_settings(
    std::string_view toml, const std::vector<PlainSetting>& settings
) {
    const auto wanted = checked(settings);
    if (!wanted) return base::pass_on(wanted);
    auto expected = meaning_of(toml);
    if (!expected) return base::pass_on(expected);
    Lines lines = base::split(toml, '\n');
    const bool ends_with_newline = toml.ends_with('\n');
    if (ends_with_newline) lines.pop_back();
    std::string by_hand;
    for (const auto& [key, value] : *wanted) {
        if (const auto present = expected->find(key);
            present != expected->end() && present->second == value)
            continue;
        set_line(lines, key, fmt::format("{} = {}", leaf_of(key), to_toml(value)));
        (*expected)[key] = value;
        by_hand += fmt::format(" {} = {};", key, to_toml(value));
    }
    std::string edited = base::join(lines, "\n") + "\n";
    const auto reread = meaning_of(edited);
    if (!reread || *reread != *expected)
        return base::fail(
            base::ErrorCode::invalid_input,
            "config",
            "the file's layout can't be edited safely; set by hand:" + by_hand
        );
    return edited;
}

}  // namespace config
