#include "sandbox/world.h"

#include <list>

#include "base/check.h"
#include "base/crypto.h"
#include "base/text.h"
#include "net/memory_stream.h"
#include "sandbox/connection.h"
#include "sandbox/imap_server.h"
#include "sandbox/post_office.h"
#include "sandbox/smtp_server.h"

namespace sandbox {

namespace {

constexpr base::Duration kConnectTime = std::chrono::milliseconds(40);
constexpr std::uint16_t kImapStartTlsPort = 143;

}  // namespace

// The way to the servers: a memory pair per connection, with a coroutine at the far end.
class World::Network final : public net::Dialer {
  public:
    Network(PostOffice& office, VirtualLoop& loop) : office_(office), loop_(loop) {}

    base::Task<base::Result<std::unique_ptr<net::Stream>>> dial(
        net::Endpoint endpoint, base::MonotonicTime deadline
    ) override {
        const base::MonotonicTime connected = loop_.in(kConnectTime);
        co_await loop_.sleep_until(std::min(connected, deadline));
        if (connected > deadline)
            co_return base::fail(
                base::ErrorCode::timed_out, "net.connect", "no connection in time"
            );
        co_return connect(endpoint);
    }

  private:
    base::Result<std::unique_ptr<net::Stream>> connect(const net::Endpoint& endpoint) {
        for (const Provider& provider : providers()) {
            const bool smtp = endpoint.host == provider.smtp.host;
            if (!smtp && endpoint.host != provider.imap.host) continue;
            if (office_.server_fault(provider.name).refuse_connections)
                return refused(endpoint, "connection refused");
            net::Endpoint listening = smtp ? provider.smtp : provider.imap;
            if (!smtp && endpoint.port == kImapStartTlsPort)
                listening = {provider.imap.host, kImapStartTlsPort, net::Tls::starttls};
            if (endpoint.port != listening.port) return refused(endpoint, "connection refused");
            if (endpoint.tls != listening.tls)
                return base::fail(
                    base::ErrorCode::tls, "net.tls", "the server expects another kind of TLS"
                );
            return open(provider, smtp, listening.tls == net::Tls::implicit);
        }
        return refused(endpoint, "host not found");
    }

    static base::Result<std::unique_ptr<net::Stream>> refused(
        const net::Endpoint& endpoint, const std::string& why
    ) {
        return base::fail(
            base::ErrorCode::network,
            "net.connect",
            fmt::format("{}:{}: {}", endpoint.host, endpoint.port, why)
        );
    }

    std::unique_ptr<net::Stream> open(const Provider& provider, bool smtp, bool encrypted) {
        connections_.remove_if([](const Connection& connection) { return connection.over(); });
        net::MemoryPair pair = net::make_memory_pair(loop_, loop_, encrypted);
        std::unique_ptr<ServerSession> session;
        Tap tap;
        if (smtp) {
            session = std::make_unique<SmtpServer>(office_, provider);
            tap = [this](std::string_view bytes) { office_.smtp_wire() += bytes; };
        } else {
            session = std::make_unique<ImapServer>(office_, provider, encrypted);
        }
        connections_.push_back(
            serve(std::move(pair.server), std::move(session), loop_, std::move(tap))
        );
        return std::move(pair.client);
    }

    PostOffice& office_;
    VirtualLoop& loop_;
    std::list<Connection> connections_;
};

net::Endpoint smtp_endpoint(std::string_view provider_name) { return provider(provider_name).smtp; }
net::Endpoint imap_endpoint(std::string_view provider_name) { return provider(provider_name).imap; }
std::vector<std::string> world_kinds() { return {"kind", "harsh"}; }

World::World(WorldSettings settings, VirtualLoop& loop)
    : office_(std::make_unique<PostOffice>(std::move(settings), loop)),
      network_(std::make_unique<Network>(*office_, loop)) {}

World::~World() = default;

void World::add_account(AccountSpec account) { office_->add_account(std::move(account)); }

net::Dialer& World::dialer() { return *network_; }

const std::vector<Delivered>& World::delivered() const { return office_->delivered(); }

std::vector<StoredMessage> World::messages(const base::Email& account) const {
    const Account* found = std::as_const(*office_).find(account);
    CHECK(found != nullptr);
    std::vector<StoredMessage> out;
    for (const StoreFolder& folder : found->mail.folders()) {
        for (const Entry& entry : folder.entries) {
            const Mail& mail = *entry.mail;
            out.push_back(
                {folder.layout.name,
                 entry.uid,
                 {mail.flags.begin(), mail.flags.end()},
                 mail.message_id,
                 mail.internal_date,
                 mail.raw}
            );
        }
    }
    return out;
}

std::string World::smtp_digest() const {
    return base::hex_encode(base::sha256(office_->smtp_wire()));
}
std::uint64_t World::smtp_bytes() const { return office_->smtp_wire().size(); }

void World::deliver_from_outside(base::Email to, std::string raw, std::string folder) {
    office_->deliver_from_outside(to, std::move(raw), folder);
}

void World::set_files_sent(const base::Email& account, bool files) {
    Account* found = office_->find(account);
    CHECK(found != nullptr);
    found->files_sent = files;
}

void World::set_fault(const base::Email& account, Fault fault) {
    Account* found = office_->find(account);
    CHECK(found != nullptr);
    found->fault = fault;
}

void World::set_access_token(const base::Email& account, std::string access_token) {
    Account* found = office_->find(account);
    CHECK(found != nullptr);
    found->spec.access_token = std::move(access_token);
}

void World::set_fault(std::string_view provider_name, ServerFault fault) {
    office_->server_fault(provider(provider_name).name) = fault;
}

}  // namespace sandbox
