#include "imap/client.h"

#include "imap/session.h"
#include "net/drive.h"

namespace imap {
namespace {

constexpr std::size_t kSetBytesMax = 4000;

class SessionClient : public Client {
  public:
    SessionClient(
        std::unique_ptr<net::Stream> stream,
        base::Clock& clock,
        Credentials credentials,
        net::Tls tls
    )
        : stream_(std::move(stream)),
          clock_(clock),
          session_(std::move(credentials), tls, stream_->encrypted()) {}

    // Up to Ready.
    base::Task<base::Result<>> open(base::MonotonicTime deadline) {
        (void)co_await net::drive(*stream_, session_, clock_, deadline);
        if (session_.error()) co_return std::unexpected(*session_.error());
        co_return base::Result<>();
    }

    bool has(std::string_view capability) const override { return session_.has(capability); }

    base::Task<base::Result<std::vector<Folder>>> list(base::MonotonicTime deadline) override {
        if (!usable()) co_return dead();
        session_.list();
        base::Result<Reply> reply = co_await finish(deadline);
        if (!reply) co_return base::pass_on(reply);
        co_return std::move(reply->folders);
    }

    base::Task<base::Result<Selected>> select(
        std::string name, bool read_only, base::MonotonicTime deadline
    ) override {
        if (!usable()) co_return dead();
        session_.select(name, read_only);
        base::Result<Reply> reply = co_await finish(deadline);
        if (!reply) co_return base::pass_on(reply);
        co_return reply->selected;
    }

    base::Task<base::Result<std::vector<std::uint32_t>>> uid_search(
        std::string criteria, base::MonotonicTime deadline
    ) override {
        SearchUids search{std::move(criteria)};
        base::Result<Reply> reply = co_await run(std::move(search), deadline);
        if (!reply) co_return base::pass_on(reply);
        co_return std::move(reply->uids);
    }

    base::Task<base::Result<std::vector<Fetched>>> uid_fetch(
        std::string uid_set, std::string items, base::MonotonicTime deadline
    ) override {
        std::vector<Fetched> fetched;
        const std::vector<std::string> sets = split_uid_set(uid_set, kSetBytesMax);
        for (const std::string& set : sets) {
            FetchUids fetch{set, items};
            base::Result<Reply> reply = co_await run(std::move(fetch), deadline);
            if (!reply) co_return base::pass_on(reply);
            fetched.insert(
                fetched.end(),
                std::make_move_iterator(reply->fetched.begin()),
                std::make_move_iterator(reply->fetched.end())
            );
        }
        co_return fetched;
    }

    base::Task<base::Result<>> uid_store(
        std::string uid_set, std::string change, base::MonotonicTime deadline
    ) override {
        const std::vector<std::string> sets = split_uid_set(uid_set, kSetBytesMax);
        for (const std::string& set : sets) {
            StoreFlags store{set, change};
            base::Result<Reply> reply = co_await run(std::move(store), deadline);
            if (!reply) co_return base::pass_on(reply);
        }
        co_return base::Result<>();
    }

    bool usable() const override { return session_.usable(); }

    base::Task<> logout(base::MonotonicTime deadline) override {
        if (usable()) {
            session_.command(Logout{});
            (void)co_await net::drive(*stream_, session_, clock_, deadline);
        }
        stream_->close();
    }

  private:
    base::Task<base::Result<Reply>> run(Command command, base::MonotonicTime deadline) {
        if (!usable()) co_return dead();
        session_.command(std::move(command));
        base::Result<Reply> reply = co_await finish(deadline);
        co_return reply;
    }

    base::Task<base::Result<Reply>> finish(base::MonotonicTime deadline) {
        (void)co_await net::drive(*stream_, session_, clock_, deadline);
        co_return session_.take_reply();
    }

    std::unexpected<base::Error> dead() const {
        if (session_.error()) return std::unexpected(*session_.error());
        return base::fail(
            base::ErrorCode::closed, "imap", "the connection has ended: connect again"
        );
    }

    std::unique_ptr<net::Stream> stream_;
    base::Clock& clock_;
    Session session_;
};

}  // namespace

base::Task<base::Result<std::unique_ptr<Client>>> Client::connect(
    net::Dialer& dialer,
    base::Clock& clock,
    net::Endpoint endpoint,
    Credentials credentials,
    base::MonotonicTime deadline
) {
    base::Result<std::unique_ptr<net::Stream>> stream = co_await dialer.dial(endpoint, deadline);
    if (!stream) {
        base::Error error = stream.error();
        error.stage = error.code == base::ErrorCode::tls ? "imap.tls"
                      : error.stage == "net.resolve"     ? "imap.dns"
                                                         : "imap.connect";
        co_return std::unexpected(std::move(error));
    }
    auto client = std::make_unique<SessionClient>(
        std::move(*stream), clock, std::move(credentials), endpoint.tls
    );
    const base::Result<> opened = co_await client->open(deadline);
    if (!opened) co_return base::pass_on(opened);
    co_return std::unique_ptr<Client>(std::move(client));
}

}  // namespace imap
