// TOML as a flat list of entries with their lines (toml++ behind it).
#pragma once
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/result.h"

namespace config {

// A TOML value of a kind that no key takes: "a date", "a table", "a mixed array".
struct OtherValue {
    std::string kind;
    bool operator==(const OtherValue&) const = default;
};
using Value =
    std::variant<std::string, std::int64_t, double, bool, std::vector<std::string>, OtherValue>;

struct TomlEntry {
    std::string name;  // dotted: "llm.warmup.model"; an empty table has its own entry; the
                       // tables of an array are counted: "step[0].subject"
    Value value;
    int line = 0;
    bool operator==(const TomlEntry&) const = default;
};

// All leaves in the order of their lines, then names. invalid_input: message "LINE: what is wrong"
// for a syntax error.
base::Result<std::vector<TomlEntry>> read_toml(std::string_view text);

// The value in TOML's spelling, as `"text"`, `0.4` or `["a", "b"]`.
std::string to_toml(const Value& value);

}  // namespace config
