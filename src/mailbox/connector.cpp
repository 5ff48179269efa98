#include "mailbox/connector.h"

#include "mailbox/presets.h"

namespace mailbox {

Connector::Connector(net::Dialer& dialer, base::Clock& clock, ConnectorSettings settings)
    : dialer_(dialer), clock_(clock), settings_(std::move(settings)) {}

Connector::~Connector() = default;

namespace {

base::Result<> may_log_in(
    const Mailbox& mailbox, const std::map<std::int64_t, base::Error>& refused
) {
    if (!mailbox.password)
        return base::fail(
            base::ErrorCode::unauthenticated, "login", "no password is known for this mailbox"
        );
    const auto before = refused.find(mailbox.id);
    if (before != refused.end()) return std::unexpected(before->second);
    return {};
}

}  // namespace

base::Task<base::Result<std::unique_ptr<smtp::Client>>> Connector::smtp(
    Mailbox mailbox, base::MonotonicTime deadline
) {
    const auto idle = idle_.find(mailbox.id);
    if (idle != idle_.end()) {
        std::unique_ptr<smtp::Client> client = std::move(idle->second);
        idle_.erase(idle);
        if (client->usable()) co_return client;
    }
    smtp::SessionSettings settings;
    if (!settings_.ehlo_name.empty()) settings.ehlo_name = settings_.ehlo_name;
    if (settings_.log_in) {
        const base::Result<> allowed = may_log_in(mailbox, refused_);
        if (!allowed) co_return base::pass_on(allowed);
        settings.credentials = smtp::Credentials{mailbox.login, *mailbox.password};
    }
    const net::Endpoint endpoint = mailbox.smtp;
    auto client =
        co_await smtp::Client::connect(dialer_, clock_, endpoint, std::move(settings), deadline);
    if (!client && client.error().code == base::ErrorCode::unauthenticated)
        refused_.emplace(mailbox.id, client.error());
    co_return client;
}

void Connector::release(const Mailbox& mailbox, std::unique_ptr<smtp::Client> client) {
    if (client && client->usable()) idle_[mailbox.id] = std::move(client);
}

base::Task<base::Result<std::unique_ptr<imap::Client>>> Connector::imap(
    Mailbox mailbox, base::MonotonicTime deadline
) {
    const base::Result<> allowed = may_log_in(mailbox, refused_);
    if (!allowed) co_return base::pass_on(allowed);
    imap::Credentials credentials{imap_login(mailbox.provider, mailbox.login), *mailbox.password};
    const net::Endpoint endpoint = mailbox.imap;
    auto client =
        co_await imap::Client::connect(dialer_, clock_, endpoint, std::move(credentials), deadline);
    if (!client && client.error().code == base::ErrorCode::unauthenticated)
        refused_.emplace(mailbox.id, client.error());
    co_return client;
}

base::Task<> Connector::close_idle(base::MonotonicTime deadline) {
    std::vector<std::unique_ptr<smtp::Client>> clients;
    for (auto& [id, client] : idle_) clients.push_back(std::move(client));
    idle_.clear();
    std::vector<base::Task<>> quits;
    for (const auto& client : clients) quits.push_back(client->quit(deadline));
    co_await base::when_all(std::move(quits));
}

void Connector::forget(std::int64_t mailbox_id) { refused_.erase(mailbox_id); }

}  // namespace mailbox
