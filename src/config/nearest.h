// The known key that a misspelt one most likely meant.
#pragma once
#include <string_view>
#include <vector>

namespace config {

// By edit distance over the whole dotted name, the last part counting most; the first of equals in
// the order of keys.h. Never empty.
std::string_view nearest_key(std::string_view name);

// The same among other names; empty where there are none.
std::string_view nearest_of(std::string_view name, const std::vector<std::string_view>& known);

}  // namespace config
