// The owner's login by OAuth2: a browser on this machine, an address pasted from another, or a code
// entered on any device. Addresses and codes to open go to standard error.
#pragma once
#include <optional>
#include <string>

#include "engine/runtime.h"
#include "mailbox/oauth_messages.h"

namespace cli {

enum class LoginWay { browser, paste, device };

struct Authorization {
    std::string issuer;   // "google"
    std::string warning;  // what ends soon; may be empty
};
// Logs in and stores the tokens; the mailbox logs in by OAuth2 from then on. Without a `way`: the
// device login where the provider has one, else the browser.
base::Result<Authorization> authorize(
    engine::Runtime& runtime, const mailbox::Mailbox& mailbox, std::optional<LoginWay> way
);

}  // namespace cli
