#include "engine/oauth_clients.h"

#include <fmt/format.h>

#include "config/url.h"
#include "mailbox/presets.h"

namespace engine {

namespace {

std::unexpected<base::Error> refuse(base::ErrorCode code, std::string words) {
    return base::fail(code, "oauth", std::move(words));
}

// Tokens and secrets go there: https, but for a server on this machine.
bool is_safe(const std::string& url) {
    const auto parsed = config::parse_http_url(url);
    return parsed && (parsed->scheme == "https" || config::is_loopback_host(parsed->host));
}

// An own address wins over the preset's; false where it is not safe.
bool lay_over(std::string& url, const std::string& own, bool& is_own) {
    if (own.empty()) return true;
    url = own;
    is_own = true;
    return is_safe(own);
}

base::Result<> complete(mailbox::OAuthClient& client, const config::OAuthIssuerSettings& settings) {
    if (settings.client_id.empty())
        return refuse(
            base::ErrorCode::invalid_input,
            fmt::format(
                "[oauth.{0}] client_id is not set: a login by OAuth2 needs an app of your own, "
                "docs/oauth.md",
                client.issuer
            )
        );
    client.client_id = settings.client_id;
    client.client_secret = settings.client_secret.reveal();
    if (!settings.client_secret_env.empty() && client.client_secret.empty())
        return refuse(
            base::ErrorCode::invalid_input,
            fmt::format(
                "environment variable {} is not set; [oauth.{}] client_secret_env names it",
                settings.client_secret_env,
                client.issuer
            )
        );
    bool own = false;
    const bool safe = lay_over(client.authorize_url, settings.authorize_url, own) &&
                      lay_over(client.device_url, settings.device_url, own) &&
                      lay_over(client.token_url, settings.token_url, own);
    if (!safe)
        return refuse(
            base::ErrorCode::invalid_input,
            fmt::format("[oauth.{}]: its addresses must be https", client.issuer)
        );
    client.allow_private_addresses = own;
    return {};
}

}  // namespace

base::Result<mailbox::OAuthClient> oauth_client(
    const config::OAuthSettings& settings, const mailbox::Mailbox& mailbox
) {
    const mailbox::Preset* preset = mailbox::find_preset(mailbox.provider);
    const bool google = preset != nullptr && preset->family == "gmail";
    const bool microsoft = preset != nullptr && preset->family == "outlook";
    if (preset == nullptr || !preset->oauth || (!google && !microsoft))
        return refuse(
            base::ErrorCode::unsupported,
            fmt::format(
                "{}: its provider has no login by OAuth2 here (Google and Microsoft have); use a "
                "password",
                mailbox.email.str()
            )
        );
    const config::OAuthIssuerSettings& own = google ? settings.google : settings.microsoft;
    const mailbox::OAuthPreset endpoints = preset->oauth->in_tenant(own.tenant);
    mailbox::OAuthClient client;
    client.issuer = google ? "google" : "microsoft";
    client.redirect_host = google ? "127.0.0.1" : "localhost";
    client.authorize_url = endpoints.authorize_url;
    client.device_url = endpoints.device_url;
    client.token_url = endpoints.token_url;
    client.scopes = endpoints.scopes;
    client.parameters = endpoints.parameters;
    const base::Result<> completed = complete(client, own);
    if (!completed) return base::pass_on(completed);
    return client;
}

}  // namespace engine
