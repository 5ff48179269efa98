#include "smtp/client.h"

#include "base/check.h"
#include "net/drive.h"

namespace smtp {

namespace {

// Where the caller's own deadline is over the dot must not leave any more: its answer could not be
// waited for.
base::Error too_late() {
    return base::Error{
        base::ErrorCode::timed_out,
        "smtp.dot",
        "the deadline passed before the final dot was written",
        {},
        0,
        {}
    };
}

base::Error not_usable() {
    return base::Error{
        base::ErrorCode::closed, "smtp.send", "this connection is over; connect again", {}, 0, {}
    };
}

Outcome outcome_of(const Transaction& transaction) {
    switch (transaction.ending) {
        case Transaction::Ending::accepted:
            return Outcome::accepted;
        case Transaction::Ending::refused:
            return Outcome::refused;
        default:
            return transaction.dot_begun ? Outcome::in_doubt : Outcome::not_sent;
    }
}

class StreamClient final : public Client {
  public:
    StreamClient(
        std::unique_ptr<net::Stream> stream,
        base::Clock& clock,
        SessionSettings settings,
        net::Tls tls
    )
        : stream_(std::move(stream)),
          clock_(clock),
          session_(std::move(settings), tls, stream_->encrypted()) {}
    ~StreamClient() override { stream_->close(); }

    base::Task<base::Result<>> open(base::MonotonicTime deadline);
    base::Task<SendResult> send(
        Envelope envelope, std::string message, BeforeDot before_dot, base::MonotonicTime deadline
    ) override;
    base::Task<SendResult> ask(Envelope envelope, base::MonotonicTime deadline) override;
    bool usable() const override { return session_.ready(); }
    base::Task<> quit(base::MonotonicTime deadline) override;

  private:
    base::Task<> pass_barrier(BeforeDot before_dot, base::MonotonicTime deadline);

    std::unique_ptr<net::Stream> stream_;
    base::Clock& clock_;
    Session session_;
};

base::Task<base::Result<>> StreamClient::open(base::MonotonicTime deadline) {
    co_await net::drive(*stream_, session_, clock_, deadline);
    if (session_.ready()) co_return base::Result<>{};
    CHECK(session_.error().has_value());
    co_return std::unexpected(*session_.error());
}

base::Task<SendResult> StreamClient::send(
    Envelope envelope, std::string message, BeforeDot before_dot, base::MonotonicTime deadline
) {
    if (!usable()) co_return SendResult{Outcome::not_sent, std::nullopt, not_usable()};
    session_.send(std::move(envelope), std::move(message));
    const net::Stop stop = co_await net::drive(*stream_, session_, clock_, deadline);
    if (stop == net::Stop::barrier) co_await pass_barrier(std::move(before_dot), deadline);
    const Transaction& transaction = session_.last();
    CHECK(transaction.ending != Transaction::Ending::open);
    co_return SendResult{outcome_of(transaction), transaction.reply, transaction.error};
}

base::Task<SendResult> StreamClient::ask(Envelope envelope, base::MonotonicTime deadline) {
    if (!usable()) co_return SendResult{Outcome::not_sent, std::nullopt, not_usable()};
    session_.ask(std::move(envelope));
    co_await net::drive(*stream_, session_, clock_, deadline);
    const Transaction& transaction = session_.last();
    CHECK(transaction.ending != Transaction::Ending::open);
    co_return SendResult{outcome_of(transaction), transaction.reply, transaction.error};
}

base::Task<> StreamClient::pass_barrier(BeforeDot before_dot, base::MonotonicTime deadline) {
    const base::Result<> allowed = co_await before_dot();
    if (!allowed) {
        session_.abandon(allowed.error());
    } else if (clock_.monotonic() >= deadline) {
        session_.abandon(too_late());
    } else {
        session_.resume();
    }
    co_await net::drive(*stream_, session_, clock_, deadline);
}

base::Task<> StreamClient::quit(base::MonotonicTime deadline) {
    if (usable()) {
        session_.quit();
        co_await net::drive(*stream_, session_, clock_, deadline);
    }
    stream_->close();
}

}  // namespace

base::Task<base::Result<std::unique_ptr<Client>>> Client::connect(
    net::Dialer& dialer,
    base::Clock& clock,
    net::Endpoint endpoint,
    SessionSettings settings,
    base::MonotonicTime deadline
) {
    const net::Tls tls = endpoint.tls;
    base::Result<std::unique_ptr<net::Stream>> stream =
        co_await dialer.dial(std::move(endpoint), deadline);
    if (!stream) {
        base::Error error = stream.error();
        error.stage = error.code == base::ErrorCode::tls ? "smtp.tls"
                      : error.stage == "net.resolve"     ? "smtp.dns"
                                                         : "smtp.connect";
        co_return std::unexpected(std::move(error));
    }
    auto client =
        std::make_unique<StreamClient>(std::move(*stream), clock, std::move(settings), tls);
    const base::Result<> opened = co_await client->open(deadline);
    if (!opened) co_return std::unexpected(opened.error());
    co_return std::unique_ptr<Client>(std::move(client));
}

}  // namespace smtp
