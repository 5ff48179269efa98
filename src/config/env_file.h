// Reads the `.env` file of existing users: lines of NAME=VALUE.
//
// Taken: `export NAME=VALUE`, blanks around '=', comments (a line, or after a blank behind a
// value), 'single quotes' (literal, over many lines: JSON), "double quotes" (\n \r \t \" \\ \$ \',
// over many lines), unquoted values to the end of the line, CRLF and a byte order mark. A later
// line of the same name wins, as in the readers that such files were written for. ${…} outside
// single quotes is refused, since it would have to be expanded. Limits: 1 MiB, 1,000 variables.
// Errors: invalid_input, "line L, column C: …" with the name where there is one; values are never
// repeated, since most of them are secrets.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace config {

struct EnvVariable {
    std::string name;
    std::string value;
    int line = 0;  // where the name stands
};

// In the order of the file, each name once.
base::Result<std::vector<EnvVariable>> parse_env_file(std::string_view text);

}  // namespace config
