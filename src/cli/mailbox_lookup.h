// What the commands about mailboxes share: the opened store, mailboxes by address, a preset's
// servers.
#pragma once
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "cli/command.h"
#include "engine/runtime.h"
#include "mailbox/discovery.h"
#include "mailbox/mailboxes.h"
#include "mailbox/presets.h"

namespace cli {

// The configuration and everything on it; errors name the mend (`run pilotlight init`).
base::Result<std::unique_ptr<engine::Runtime>> open_runtime(const Invocation& invocation);

// All mailboxes, passwords opened. Rows that can't be read are named in the log.
mailbox::Listing list_mailboxes(engine::Runtime& runtime);

// The mailbox of this address, compared without case; not_found names it and where to look.
base::Result<mailbox::Mailbox> pick_mailbox(
    const std::vector<mailbox::Mailbox>& mailboxes, std::string_view address
);
// These, or all where none is named.
base::Result<std::vector<mailbox::Mailbox>> pick_mailboxes(
    const std::vector<mailbox::Mailbox>& mailboxes, const std::vector<std::string>& addresses
);

struct Servers {
    std::string smtp_url;
    std::string imap_url;
};
// The preset's servers with the owner's [provider.…] hosts and ports laid over them. A well-known
// port brings its kind of TLS along: 465 and 993 from the first byte, 25, 587 and 143 by STARTTLS.
Servers servers_of(const mailbox::Preset& preset, const config::ProviderHosts& hosts);

// mailbox::discover with the configured DNS server, on a loop of its own, within seconds.
base::Result<mailbox::Discovery> discover_servers(
    const config::Settings& settings, const base::Email& email
);

// "zoho, gmail, …".
std::string preset_names();

}  // namespace cli
