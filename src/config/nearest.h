// The known key that a misspelt one most likely meant.
#pragma once
#include <string_view>

namespace config {

// By edit distance over the whole dotted name, the last part counting most; the first of equals in
// the order of keys.h. Never empty.
std::string_view nearest_key(std::string_view name);

}  // namespace config
