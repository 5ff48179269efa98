#include "engine/oauth_clients.h"

namespace {

mailbox::Mailbox at(const std::string& provider) {
    mailbox::Mailbox box;
    box.email = *base::Email::parse("ann@example.com");
    box.provider = provider;
    return box;
}

config::OAuthSettings configured() {
    config::OAuthSettings settings;
    settings.google.client_id = "g-id";
    settings.google.client_secret = config::Secret("g-secret");
    settings.microsoft.client_id = "m-id";
    return settings;
}

}  // namespace

TEST(OAuthClients, GoogleAndMicrosoftComeFromThePresets) {
    for (const char* provider : {"gmail", "workspace"}) {
        const auto google = engine::oauth_client(configured(), at(provider));
        ASSERT_TRUE(google) << google.error().describe();
        EXPECT_EQ(google->issuer, "google");
        EXPECT_EQ(google->client_secret, "g-secret");
        EXPECT_EQ(google->token_url, "https://oauth2.googleapis.com/token");
        EXPECT_EQ(google->scopes, std::vector<std::string>{"https://mail.google.com/"});
        EXPECT_EQ(google->redirect_host, "127.0.0.1");
        EXPECT_EQ(google->device_url, "");
        EXPECT_FALSE(google->allow_private_addresses);
    }
    const auto personal = engine::oauth_client(configured(), at("outlook"));
    ASSERT_TRUE(personal);
    EXPECT_EQ(personal->issuer, "microsoft");
    EXPECT_EQ(personal->redirect_host, "localhost");
    EXPECT_NE(personal->device_url.find("/consumers/"), std::string::npos);
    const auto company = engine::oauth_client(configured(), at("microsoft365"));
    EXPECT_NE(company->token_url.find("/organizations/"), std::string::npos);
}

TEST(OAuthClients, TheOwnersTenantWins) {
    config::OAuthSettings settings = configured();
    settings.microsoft.tenant = "example.com";
    const auto company = engine::oauth_client(settings, at("microsoft365"));
    EXPECT_NE(company->token_url.find("/example.com/"), std::string::npos);
}

TEST(OAuthClients, WhatIsMissingIsNamed) {
    config::OAuthSettings settings = configured();
    settings.google.client_secret = config::Secret();
    settings.microsoft.client_id.clear();
    const auto google = engine::oauth_client(settings, at("gmail"));
    EXPECT_EQ(google.error().code, base::ErrorCode::invalid_input);
    EXPECT_NE(google.error().message.find("GOOGLE_CLIENT_SECRET"), std::string::npos);
    const auto microsoft = engine::oauth_client(settings, at("outlook"));
    EXPECT_NE(microsoft.error().message.find("[oauth.microsoft] client_id"), std::string::npos);
    for (const char* provider : {"", "zoho", "icloud", "nobody"})
        EXPECT_EQ(
            engine::oauth_client(configured(), at(provider)).error().code,
            base::ErrorCode::unsupported
        ) << provider;
}

TEST(OAuthClients, OwnAddressesMayBePrivateButNeverUnencrypted) {
    config::OAuthSettings settings = configured();
    settings.microsoft.token_url = "http://127.0.0.1:4711/token";
    const auto local = engine::oauth_client(settings, at("outlook"));
    ASSERT_TRUE(local);
    EXPECT_TRUE(local->allow_private_addresses);
    EXPECT_EQ(local->token_url, "http://127.0.0.1:4711/token");
    settings.microsoft.token_url = "https://proxy.example.com/token";
    EXPECT_TRUE(engine::oauth_client(settings, at("outlook")));
    settings.microsoft.token_url = "http://proxy.example.com/token";
    EXPECT_EQ(
        engine::oauth_client(settings, at("outlook")).error().code, base::ErrorCode::invalid_input
    );
}
