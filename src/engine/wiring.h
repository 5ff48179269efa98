// Turns settings into what the domain folders work with. One place, for the service and the
// commands.
#pragma once
#include <memory>
#include <string>

#include "base/random.h"
#include "campaign/context.h"
#include "config/settings.h"
#include "mailbox/connector.h"
#include "mailbox/vault.h"
#include "store/database.h"
#include "warmup/types.h"

namespace engine {

// Each folder's plain settings; `token_header` is the store's (see token_header()).
warmup::Settings warmup_settings(const config::Settings& settings, std::string token_header);

campaign::Limits campaign_limits(const config::Settings& settings, std::string token_header);

mailbox::ConnectorSettings connector_settings(const config::Settings& settings);

// PILOTLIGHT_KEY where it is set, else the key file.
base::Result<mailbox::Vault> open_vault(const config::Settings& settings);

// The store of these settings. A failure is an Error with a clear line (never a thrown StoreError).
base::Result<std::unique_ptr<store::Database>> open_store(
    const config::Settings& settings, const mailbox::Vault& vault, base::Loop& loop, bool create
);

// The name of the header that carries warmup's token: "X-" and 8 letters, drawn once when the store
// is made and kept in store_meta.
base::Task<std::string> token_header(store::Database& db, base::Random& random);

}  // namespace engine
