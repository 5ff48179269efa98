#include "engine/runtime.h"

#include "base/random.h"
#include "engine/clock.h"
#include "engine/oauth_clients.h"
#include "engine/wiring.h"
#include "llm/campaign_model.h"
#include "llm/warmup_model.h"
#include "mailbox/oauth_token_source.h"
#include "net/asio_dialer.h"
#include "net/asio_loop.h"
#include "net/curl_http_client.h"

namespace engine {

struct Runtime::World {
    explicit World(const config::Settings& settings)
        : dialer(loop, {settings.tls.ca_file}), http(loop, {settings.tls.ca_file}) {}

    net::AsioLoop loop;
    std::unique_ptr<base::Clock> work_clock = make_clock(loop, ClockFor::work);
    std::unique_ptr<base::Clock> server_clock = make_clock(loop, ClockFor::network);
    base::Clock& clock = work_clock ? *work_clock : loop;
    base::Clock& network_clock = server_clock ? *server_clock : loop;
    base::SystemRandom random;
    net::AsioDialer dialer;
    net::CurlHttpClient http;
    std::unique_ptr<store::Database> db;
    std::unique_ptr<mailbox::OAuthTokenSource> tokens;
    std::unique_ptr<mailbox::Connector> connector;
    std::unique_ptr<llm::ChatModel> warmup_model;
    std::unique_ptr<llm::ChatModel> campaign_model;
};

Runtime::Runtime(config::Settings settings, mailbox::Vault vault)
    : settings_(std::move(settings)),
      vault_(std::move(vault)),
      mint_(vault_.derive("token")),
      world_(std::make_unique<World>(settings_)) {}

Runtime::~Runtime() = default;

base::Result<std::unique_ptr<Runtime>> Runtime::open(config::Settings settings, bool create) {
    base::Result<mailbox::Vault> vault = open_vault(settings);
    if (!vault) return base::pass_on(vault);
    std::unique_ptr<Runtime> runtime(new Runtime(std::move(settings), std::move(*vault)));
    World& world = *runtime->world_;
    base::Result<std::unique_ptr<store::Database>> db =
        open_store(runtime->settings_, runtime->vault_, world.loop, create);
    if (!db) return base::pass_on(db);
    world.db = std::move(*db);
    runtime->make_connector();
    runtime->token_header_ = runtime->run(engine::token_header(*world.db, world.random));
    world.warmup_model = llm::make_warmup_model(
        runtime->settings_, world.http, world.clock, world.random, world.db.get()
    );
    world.campaign_model = llm::make_campaign_model(
        runtime->settings_, world.http, world.clock, world.random, world.db.get()
    );
    return runtime;
}

void Runtime::make_connector() {
    World& world = *world_;
    const auto client_of = [this](const mailbox::Mailbox& mailbox) {
        return oauth_client(mailbox);
    };
    // As operator: one connector serves both sides.
    world.tokens = std::make_unique<mailbox::OAuthTokenSource>(
        *world.db,
        world.http,
        world.network_clock,
        world.random,
        mailbox::OAuthTokenSettings{vault_, client_of, store::Role::operator_}
    );
    world.connector = std::make_unique<mailbox::Connector>(
        world.dialer,
        world.network_clock,
        connector_settings(settings_),
        world.tokens.get(),
        &world.random
    );
    world.connector->persist_pauses(*world.db);
}

base::Loop& Runtime::loop() { return world_->loop; }
base::Clock& Runtime::clock() { return world_->clock; }
base::Random& Runtime::random() { return world_->random; }
store::Database& Runtime::db() { return *world_->db; }
net::Dialer& Runtime::dialer() { return world_->dialer; }
net::HttpClient& Runtime::http() { return world_->http; }
mailbox::Connector& Runtime::connector() { return *world_->connector; }
base::Result<mailbox::OAuthClient> Runtime::oauth_client(const mailbox::Mailbox& mailbox) const {
    return engine::oauth_client(settings_.oauth, mailbox);
}

base::Result<std::unique_ptr<net::RedirectListener>> Runtime::listen_for_redirect() {
    return net::RedirectListener::open(world_->loop);
}

base::Result<std::unique_ptr<net::TcpListener>> Runtime::listen(
    const std::string& address, net::TcpListener::OnConnection on_connection
) {
    return net::TcpListener::open(world_->loop, address, std::move(on_connection));
}

void Runtime::on_signal(int signal, std::function<void()> work) {
    world_->loop.on_signal(signal, std::move(work));
}

base::Result<campaign::UnsubscribeKey> Runtime::unsubscribe_key() {
    return run(campaign::UnsubscribeKey::load(db(), vault_, random()));
}

llm::ChatModel& Runtime::warmup_model() { return *world_->warmup_model; }
llm::ChatModel& Runtime::campaign_model() { return *world_->campaign_model; }

warmup::Context Runtime::warmup_context() {
    return {
        db(),
        connector(),
        warmup_model(),
        clock(),
        random(),
        vault_,
        mint_,
        warmup_settings(settings_, token_header_)
    };
}

campaign::Context Runtime::campaign_context() {
    return {
        db(),
        connector(),
        campaign_model(),
        clock(),
        random(),
        vault_,
        mint_,
        campaign_limits(settings_, token_header_)
    };
}

}  // namespace engine
