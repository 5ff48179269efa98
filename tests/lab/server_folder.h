// Writes the private folder of the lab's servers: configuration from the templates in lab/,
// certificates, the accounts, and the folders with the owners that Postfix and Dovecot ask for.
//
// Errors: std::runtime_error naming what could not be made.
#pragma once
#include <string>
#include <vector>

#include "tests/lab/mail_servers.h"

namespace lab {

// Makes an empty folder under /tmp: sockets lie in it, and their paths may have 107 bytes only.
std::string make_private_folder();
void write_server_folder(
    const std::string& folder, const Ports& ports, const std::vector<Account>& accounts
);

struct User {
    unsigned uid = 0;
    unsigned gid = 0;
};
// A system user that a package made.
User find_user(const std::string& name);

}  // namespace lab
