// Passwords in the address of a store on a server: "postgresql://user:PASSWORD@host/database" and
// "…?password=PASSWORD", read as libpq reads them (PostgreSQL documentation, 34.1.1.2). Only `init`
// needs one; later commands log in with the roles' own. Any text is taken as it is: what has no
// password stays.
#pragma once
#include <string>
#include <vector>

namespace config {

// As they stand in the address, for the log to mask.
std::vector<std::string> passwords_in(const std::string& url);
// The address to keep.
std::string without_password(std::string url);
// The address to show: "***" for each password.
std::string with_password_hidden(std::string url);

}  // namespace config
