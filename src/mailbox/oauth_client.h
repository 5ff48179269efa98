// The owner's own application at an OAuth2 provider (RFC 6749 section 2; none is shipped), with the
// addresses it speaks to. Made from the preset's data and the configuration by engine/wiring.
#pragma once
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "base/result.h"
#include "mailbox/mailbox.h"

namespace mailbox {

struct OAuthClient {
    std::string issuer;  // "google" or "microsoft": its section in the configuration
    std::string client_id;
    std::string client_secret;  // empty: a public client
    std::string authorize_url;
    std::string device_url;  // empty: the provider has no device login for these scopes
    std::string token_url;
    std::vector<std::string> scopes;
    std::vector<std::pair<std::string, std::string>> parameters;  // of the authorize request
    // How the provider wants the loopback written: Google "127.0.0.1" (RFC 8252 section 7.3),
    // Microsoft "localhost", whose port it leaves open.
    std::string redirect_host = "127.0.0.1";
    // The addresses stand in the owner's own configuration.
    bool allow_private_addresses = false;
};

// The client of a mailbox. invalid_input names the key of the configuration that is missing;
// unsupported: its provider has no OAuth2 login that we know.
using OAuthClientOf = std::function<base::Result<OAuthClient>(const Mailbox&)>;

}  // namespace mailbox
