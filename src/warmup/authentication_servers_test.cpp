#include "warmup/authentication_servers.h"

namespace {

mime::AuthenticationServers servers_of(
    const std::string& email, const std::string& provider, const std::string& host
) {
    mailbox::Mailbox mailbox;
    mailbox.email = base::Email::parse(email).value();
    mailbox.provider = provider;
    mailbox.imap.host = host;
    return warmup::authentication_servers(mailbox);
}

bool trusts(const mime::AuthenticationServers& servers, const std::string& header) {
    const auto message = mime::read_headers("Authentication-Results: " + header + "\r\n\r\n");
    return mime::authentication_of(message, servers).spf.has_value();
}

}  // namespace

TEST(AuthenticationServers, AreTheProvidersByNameOrByHost) {
    for (const auto& gmail :
         {servers_of("a@example.com", "workspace", "imap.gmail.com"),
          servers_of("a@example.com", "", "imap.gmail.com"),
          servers_of("a@example.com", "gmail", "imap.other.test")}) {
        EXPECT_TRUE(trusts(gmail, "mx.google.com; spf=pass"));
        EXPECT_FALSE(trusts(gmail, "mx.zohomail.com; spf=pass"));
        EXPECT_FALSE(trusts(gmail, "spf=pass"));
    }
    const auto microsoft = servers_of("a@outlook.com", "", "outlook.office365.com");
    EXPECT_TRUE(trusts(microsoft, "spf=pass (sender IP is 192.0.2.1) smtp.mailfrom=b.test"));
    EXPECT_FALSE(trusts(microsoft, "mx.google.com; spf=pass"));
    EXPECT_TRUE(trusts(servers_of("a@x.test", "zoho", "imappro.zoho.eu"), "mx.zoho.eu; spf=pass"));
}

TEST(AuthenticationServers, OfAHostOfOnesOwnAreThoseOfItsDomain) {
    const auto own = servers_of("anna@Example.com", "", "IMAP.Hoster.test");
    EXPECT_TRUE(trusts(own, "mx7.hoster.test; spf=pass"));
    EXPECT_TRUE(trusts(own, "mail.example.com; spf=pass"));
    EXPECT_FALSE(trusts(own, "other.test; spf=pass"));
    EXPECT_FALSE(trusts(own, "test; spf=pass"));
    // A host without a domain vouches for nobody.
    EXPECT_FALSE(trusts(servers_of("a@b.test", "", "localhost"), "x.localhost; spf=pass"));
    EXPECT_FALSE(trusts(servers_of("a@b.test", "", "127.0.0.1"), "9.0.0.1; spf=pass"));
}
