#include "tests/lab/toml_edit.h"

#include <algorithm>
#include <vector>

#include "base/text.h"

namespace lab {

namespace {

// What a line sets: "key" for `key = 1`, and for `# key = 1` too.
std::string key_of(std::string_view line) {
    line = base::trim(line);
    while (line.starts_with('#')) line = base::trim(line.substr(1));
    const std::size_t equals = line.find('=');
    return equals == std::string_view::npos ? "" : std::string(base::trim(line.substr(0, equals)));
}

bool is_comment(std::string_view line) { return base::trim(line).starts_with('#'); }

}  // namespace

std::string set_toml_key(
    const std::string& text,
    const std::string& section,
    const std::string& key,
    const std::string& value
) {
    std::vector<std::string> lines = base::split(text, '\n');
    const auto is_section = [](const std::string& line) {
        return base::trim(line).starts_with('[');
    };
    const auto header = std::ranges::find_if(lines, [&](const std::string& line) {
        return base::trim(line).starts_with("[" + section + "]");
    });
    const std::string wanted = key + " = " + value;
    if (header == lines.end()) return text + "\n[" + section + "]\n" + wanted + "\n";

    const auto begin = header + 1;
    const auto end = std::find_if(begin, lines.end(), is_section);
    const auto sets = [&](const std::string& line) { return key_of(line) == key; };
    // A line in force goes before one that is a comment.
    auto place = std::find_if(begin, end, [&](const std::string& line) {
        return sets(line) && !is_comment(line);
    });
    if (place == end) place = std::find_if(begin, end, sets);
    if (place == end)
        lines.insert(begin, wanted);
    else
        *place = wanted;
    return base::join(lines, "\n");
}

}  // namespace lab
