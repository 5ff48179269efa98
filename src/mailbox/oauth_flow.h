// The owner's login, once per mailbox: a code turned into tokens, and the device login (RFC 8628).
// Nothing is stored here.
//
// Errors: stage "oauth.code" or "oauth.device"; cancelled where the owner declined, timed_out where
// the code ran out or the deadline came, invalid_input where the configuration is wrong.
#pragma once
#include <functional>

#include "base/clock.h"
#include "mailbox/oauth_messages.h"

namespace mailbox {

base::Task<base::Result<Tokens>> redeem_code(
    net::HttpClient& http, OAuthClient client, std::string code, std::string redirect_uri, Pkce pkce
);

// What to do after one poll (pure).
struct DeviceStep {
    enum class Kind { done, poll_again, failed } kind = Kind::poll_again;
    std::chrono::seconds interval{5};  // before the next poll
};
// `answer`: the provider's, or none where it could not be reached, which doubles the interval
// (section 3.5), one minute at most.
DeviceStep device_step(const std::optional<TokenAnswer>& answer, std::chrono::seconds interval);

// Asks for a code, shows it, and polls until the owner has entered it.
base::Task<base::Result<Tokens>> device_login(
    net::HttpClient& http,
    base::Clock& clock,
    OAuthClient client,
    std::function<void(const DeviceCode&)> show,
    base::MonotonicTime deadline
);

// What a grant must have to be of use: a refresh token and all scopes. Else invalid_input or
// unsupported, with the mend.
base::Result<> check_grant(const OAuthClient& client, const Tokens& tokens);

}  // namespace mailbox
