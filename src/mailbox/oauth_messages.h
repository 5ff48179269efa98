// OAuth2 as texts (pure): authorization requests with PKCE (RFC 6749 section 4.1, RFC 7636, RFC
// 8252), token requests and answers (sections 5 and 6), the device grant (RFC 8628).
//
// Answers come from outside: tokens are at most 16 KiB of printable ASCII, lifetimes are bounded,
// and the words of a refusal are cut, made printable, and freed of the secrets that were sent.
#pragma once
#include <chrono>
#include <expected>
#include <optional>
#include <string>
#include <string_view>

#include "base/random.h"
#include "base/result.h"
#include "mailbox/oauth_client.h"
#include "net/http_client.h"

namespace mailbox {

// "application/x-www-form-urlencoded" of pairs; everything but RFC 3986's unreserved is escaped.
using Form = std::vector<std::pair<std::string, std::string>>;
std::string form_encode(const Form& form);
// The pairs of a query or form; '+' is a blank. A bad escape is kept as it stands.
Form form_decode(std::string_view text);

struct Pkce {
    std::string verifier;   // 43 characters of 256 random bits
    std::string challenge;  // S256
};
Pkce make_pkce(base::Random& random);

// Where the owner's browser goes.
std::string authorize_url(
    const OAuthClient& client,
    const std::string& redirect_uri,
    const std::string& state,
    const Pkce& pkce,
    const std::string& login_hint
);
// The code in the address that the browser came back to: a request target ("/?code=…") or a whole
// URL. invalid_input where it is none or its state is not ours, cancelled where the owner or the
// provider said no.
base::Result<std::string> code_in_redirect(std::string_view address, std::string_view state);

net::HttpRequest code_request(
    const OAuthClient& client,
    const std::string& code,
    const std::string& redirect_uri,
    const Pkce& pkce
);
net::HttpRequest refresh_request(const OAuthClient& client, const std::string& refresh_token);
net::HttpRequest device_request(const OAuthClient& client);
net::HttpRequest device_token_request(const OAuthClient& client, const std::string& device_code);

struct Tokens {
    std::string access_token;
    std::chrono::seconds lifetime{0};
    std::optional<std::string> refresh_token;  // none: the one that was sent goes on
    std::optional<std::chrono::seconds> refresh_lifetime;
    std::string scope;  // what was granted; empty: what was asked for
};

struct TokenRefusal {
    enum class Kind {
        grant,      // the refresh token or code is of no use any more: the owner has to log in
        client,     // client id, secret or request are wrong: the configuration
        pending,    // the owner has not finished yet (RFC 8628)
        slow_down,  // the same, and asked too often
        declined,   // the owner or an administrator said no
        expired,    // the device code ran out
        later,      // the provider is in trouble
    };
    Kind kind = Kind::later;
    std::string code;   // "invalid_grant"
    std::string words;  // theirs, made safe
    int status = 0;
};
using TokenAnswer = std::expected<Tokens, TokenRefusal>;

// `secrets` are taken out of the words.
TokenAnswer read_token_answer(
    const net::HttpResponse& response, const std::vector<std::string>& secrets
);

struct DeviceCode {
    std::string device_code;  // secret
    std::string user_code;
    std::string verification_uri;
    std::chrono::seconds interval{5};
    std::chrono::seconds lifetime{0};
};
base::Result<DeviceCode> read_device_answer(const net::HttpResponse& response);

// Scopes that were asked for and not granted (Google lets the owner untick them). offline_access
// is never listed among the granted ones.
std::vector<std::string> missing_scopes(const OAuthClient& client, const Tokens& tokens);

// A refusal as an error of `stage`: unauthenticated, invalid_input, cancelled, timed_out or
// unavailable.
base::Error to_error(const TokenRefusal& refusal, const OAuthClient& client, std::string stage);

}  // namespace mailbox
