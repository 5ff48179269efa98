// Everything a command or the service runs on, on the real world: loop, network, store, key, model.
//
// Life cycle: open() once a process, close by destruction. It fills each folder's plain settings
// from the configuration; the domain folders never see the configuration itself.
#pragma once
#include <memory>

#include "base/clock.h"
#include "campaign/context.h"
#include "campaign/unsubscribe_link.h"
#include "config/settings.h"
#include "delivery/token.h"
#include "llm/chat_model.h"
#include "mailbox/connector.h"
#include "mailbox/oauth_client.h"
#include "mailbox/vault.h"
#include "net/http_client.h"
#include "net/redirect_listener.h"
#include "net/tcp_listener.h"
#include "store/database.h"
#include "warmup/context.h"

namespace engine {

class Runtime {
  public:
    // Errors name what is missing and the mend (`pilotlight init`). `create` makes a missing store.
    static base::Result<std::unique_ptr<Runtime>> open(
        config::Settings settings, bool create = false
    );
    ~Runtime();

    const config::Settings& settings() const { return settings_; }
    base::Loop& loop();
    base::Clock& clock();
    base::Random& random();
    store::Database& db();
    const mailbox::Vault& vault() const { return vault_; }
    net::Dialer& dialer();
    net::HttpClient& http();
    mailbox::Connector& connector();
    // The owner's OAuth2 application for a mailbox, and where a browser comes back to.
    base::Result<mailbox::OAuthClient> oauth_client(const mailbox::Mailbox& mailbox) const;
    base::Result<std::unique_ptr<net::RedirectListener>> listen_for_redirect();
    base::Result<std::unique_ptr<net::TcpListener>> listen(
        const std::string& address, net::TcpListener::OnConnection on_connection
    );
    // Runs `work` on the loop each time the process gets this signal.
    void on_signal(int signal, std::function<void()> work);
    // What unsubscribe links are made and read with; drawn where the store has none yet.
    base::Result<campaign::UnsubscribeKey> unsubscribe_key();
    llm::ChatModel& warmup_model();
    llm::ChatModel& campaign_model();
    const delivery::TokenMint& mint() const { return mint_; }
    const std::string& token_header() const { return token_header_; }
    // What warmup works with; refers to this runtime.
    warmup::Context warmup_context();
    // What campaigns work with; refers to this runtime.
    campaign::Context campaign_context();

    // Runs a coroutine to its end on the loop.
    template <class T>
    T run(base::Task<T> task) {
        return base::run_to_end(loop(), std::move(task));
    }
    // A job of one role, run to its end.
    template <class Job>
    auto job(store::Role role, Job work) {
        return run(db().run(role, std::move(work)));
    }

  private:
    Runtime(config::Settings settings, mailbox::Vault vault);
    void make_connector();

    struct World;  // the real loop, dialer and HTTP client
    config::Settings settings_;
    mailbox::Vault vault_;
    delivery::TokenMint mint_;
    std::string token_header_;
    std::unique_ptr<World> world_;
};

}  // namespace engine
