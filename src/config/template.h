// The commented pilotlight.toml that `init` writes, made from config/keys.h.
#pragma once
#include <string>

namespace config {

// Every key with its help. Keys stand as comments with their default, except those whose `written`
// value differs from it. The text loads without a problem and changes no other default.
std::string toml_template();

}  // namespace config
