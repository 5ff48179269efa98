// The environment as a value, so that nothing below the command line asks the process for it.
#pragma once
#include <map>
#include <string>

namespace config {

// Names and values; an empty value counts as not set.
using Environment = std::map<std::string, std::string>;

// The process's own. Called once, by the command line.
Environment environment_of_process();

}  // namespace config
