// Mailbox providers as data (data/providers.json): hosts, ports, folders, what to know.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "base/email.h"
#include "net/dialer.h"

namespace mailbox {

struct Preset {
    std::string name;  // "gmail"
    std::string title;
    std::vector<std::string> domains;  // addresses of these domains are this provider's
    net::Endpoint smtp;
    net::Endpoint imap;
    std::vector<std::string> spam_folders;  // by name, where no folder is marked \Junk
    std::vector<std::string> policy;        // lines shown to the owner, with date and source
    bool passwords_refused = false;         // OAuth2 only (Outlook.com)
    std::string passwords_refused_words;
};

const std::vector<Preset>& presets();
const Preset* find_preset(std::string_view name);
const Preset* preset_for(const base::Email& email);

}  // namespace mailbox
