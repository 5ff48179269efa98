// From what a file says about mailboxes to what is written: servers by provider, every problem
// named.
#pragma once
#include <string>
#include <vector>

#include "base/result.h"
#include "config/accounts.h"
#include "config/settings.h"
#include "mailbox/mailboxes.h"
#include "mailbox/presets.h"

namespace cli {

struct ImportRow {
    std::string where;     // in the file, for problems: "line 3"; empty where it is not known
    std::string provider;  // a preset's name; empty: by URLs, else by domain
    mailbox::NewMailbox mailbox;
};

// ZOHO_ACCOUNTS are Zoho's; the provider of WARMUP_EMAILS is left to their domains.
std::vector<ImportRow> rows_of(const config::ImportedEnvironment& imported);

// The mailboxes with their servers: the row's URLs, or those of its provider, else of its domain's
// provider, else of `fallback_provider` (empty: none). Zones, URLs and addresses are checked.
// Errors: invalid_input, one line for each problem, naming the address and the mend.
base::Result<std::vector<mailbox::NewMailbox>> with_servers(
    std::vector<ImportRow> rows,
    const config::ProviderSettings& overrides,
    const std::string& fallback_provider
);

}  // namespace cli
