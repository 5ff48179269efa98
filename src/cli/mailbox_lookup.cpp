#include "cli/mailbox_lookup.h"

#include <fmt/format.h>

#include "base/log.h"
#include "base/text.h"
#include "net/ares_dns_client.h"
#include "net/asio_loop.h"

namespace cli {

namespace {

constexpr std::chrono::seconds kDnsPatience{15};

net::Endpoint laid_over(net::Endpoint endpoint, const std::string& host, int port) {
    if (!host.empty()) endpoint.host = host;
    if (port != 0) endpoint.port = static_cast<std::uint16_t>(port);
    if (port == 465 || port == 993) endpoint.tls = net::Tls::implicit;
    if (port == 25 || port == 587 || port == 143) endpoint.tls = net::Tls::starttls;
    return endpoint;
}

}  // namespace

base::Result<std::unique_ptr<engine::Runtime>> open_runtime(const Invocation& invocation) {
    base::Result<config::Settings> settings = invocation.settings();
    if (!settings) return base::pass_on(settings);
    return engine::Runtime::open(std::move(*settings));
}

mailbox::Listing list_mailboxes(engine::Runtime& runtime) {
    const mailbox::Vault& vault = runtime.vault();
    const base::TimeZone zone = runtime.settings().sending.timezone;
    mailbox::Listing listing =
        runtime.job(store::Role::operator_, [&vault, zone](store::Connection& connection) {
            return mailbox::list(connection, vault, zone);
        });
    for (const std::string& problem : listing.problems) base::log::warn("mailbox", "{}", problem);
    return listing;
}

base::Result<mailbox::Mailbox> pick_mailbox(
    const std::vector<mailbox::Mailbox>& mailboxes, std::string_view address
) {
    const base::Result<base::Email> email = base::Email::parse(base::trim(address));
    if (!email) return base::pass_on(email);
    for (const mailbox::Mailbox& mailbox : mailboxes)
        if (mailbox.email.same_mailbox(*email)) return mailbox;
    return base::fail(
        base::ErrorCode::not_found,
        "mailbox",
        email->str() + " is not one of the mailboxes; see `pilotlight mailbox list`"
    );
}

base::Result<std::vector<mailbox::Mailbox>> pick_mailboxes(
    const std::vector<mailbox::Mailbox>& mailboxes, const std::vector<std::string>& addresses
) {
    if (addresses.empty()) return mailboxes;
    std::vector<mailbox::Mailbox> picked;
    for (const std::string& address : addresses) {
        base::Result<mailbox::Mailbox> mailbox = pick_mailbox(mailboxes, address);
        if (!mailbox) return base::pass_on(mailbox);
        const bool twice = std::ranges::any_of(picked, [&](const mailbox::Mailbox& other) {
            return other.id == mailbox->id;
        });
        if (!twice) picked.push_back(std::move(*mailbox));
    }
    return picked;
}

Servers servers_of(const mailbox::Preset& preset, const config::ProviderHosts& hosts) {
    return {
        mailbox::to_url(laid_over(preset.smtp, hosts.smtp_host, hosts.smtp_port), "smtp"),
        mailbox::to_url(laid_over(preset.imap, hosts.imap_host, hosts.imap_port), "imap")
    };
}

base::Result<mailbox::Discovery> discover_servers(
    const config::Settings& settings, const base::Email& email
) {
    net::AsioLoop loop;
    net::AresDnsClient dns(loop, loop, {settings.dns.server});
    const base::MonotonicTime deadline = loop.in(kDnsPatience);
    return base::run_to_end(loop, mailbox::discover(dns, email, deadline));
}

std::string preset_names() {
    std::vector<std::string> names;
    for (const mailbox::Preset& preset : mailbox::presets()) names.push_back(preset.name);
    return base::join(names, ", ");
}

}  // namespace cli
