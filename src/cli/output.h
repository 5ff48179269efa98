// What commands print: JSON documents, tables for people, errors.
#pragma once
#include <string>
#include <vector>

#include "base/error.h"

namespace cli {

// Writes to standard output, all of it.
void print(const std::string& text);
// {"error": {code, message, …}} with --json, else one line on standard error.
void print_error(const base::Error& error, bool json);

// Left-aligned columns, the first row as heading; cells may hold UTF-8.
std::string table(const std::vector<std::vector<std::string>>& rows);
// "12.5 %", or "–" where there is none.
std::string percent(const std::optional<double>& rate);

}  // namespace cli
