// Python's own SMTP, IMAP and HTTP clients (mail_probe.py) as a second opinion on the lab's
// servers.
#pragma once
#include <string>
#include <vector>

#include "tests/lab/mail_servers.h"

namespace lab {

struct Answer {
    int exit_code = -1;
    std::string words;  // standard output, then standard error
};

// `arguments` as mail_probe.py takes them; `message` is its standard input.
Answer probe(
    const MailServers& servers, std::vector<std::string> arguments, const std::string& message = {}
);

// The rig's token server: where it is, and a test's hand in it (`form`: "action=…", "account=…").
// What it answers, as JSON; throws std::runtime_error where it refuses.
std::string token_server_url(const MailServers& servers, const std::string& path);
std::string token_control(const MailServers& servers, std::vector<std::string> form);

}  // namespace lab
