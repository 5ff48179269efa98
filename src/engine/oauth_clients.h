// The owner's OAuth2 application for a mailbox: the preset's addresses and scopes with the
// configuration's client id, secret, tenant and addresses laid over them.
#pragma once
#include "config/settings.h"
#include "mailbox/oauth_client.h"

namespace engine {

// unsupported where the mailbox's provider has no OAuth2 login that we know; invalid_input names
// the key or variable that is missing, or an address that would send tokens unencrypted.
base::Result<mailbox::OAuthClient> oauth_client(
    const config::OAuthSettings& settings, const mailbox::Mailbox& mailbox
);

}  // namespace engine
