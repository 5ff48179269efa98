// The protocol's own speed: no store, one message for all.
#include <stdexcept>

#include "bench/paths.h"
#include "bench/sample_mail.h"
#include "bench/stopwatch.h"
#include "smtp/client.h"

namespace bench {

namespace {

struct Wire {
    net::AsioLoop& loop;
    net::Dialer& dialer;
    const Load& load;
    smtp::Envelope envelope;
    std::string message;
    int taken = 0;
    std::int64_t accepted = 0;
};

base::Task<base::Result<>> no_barrier() { co_return base::Result<>{}; }

base::Task<> run_session(Wire& wire) {
    const base::MonotonicTime deadline = wire.loop.in(std::chrono::minutes(10));
    net::Endpoint endpoint{wire.load.host, wire.load.port, net::Tls::implicit};
    smtp::SessionSettings settings;
    auto client = co_await smtp::Client::connect(
        wire.dialer, wire.loop, std::move(endpoint), std::move(settings), deadline
    );
    if (!client) throw std::runtime_error(client.error().describe());
    while (wire.taken++ < wire.load.messages) {
        smtp::Client::BeforeDot before_dot = no_barrier;
        const smtp::SendResult result =
            co_await (*client)->send(wire.envelope, wire.message, std::move(before_dot), deadline);
        if (result.outcome != smtp::Outcome::accepted)
            throw std::runtime_error(result.error.describe());
        ++wire.accepted;
    }
    co_await (*client)->quit(deadline);
}

}  // namespace

Measured run_wire_only(net::AsioLoop& loop, net::Dialer& dialer, const Load& load) {
    base::SystemRandom random;
    const mime::Outgoing mail = sample_mail(1, kBodyBytes);
    Wire wire{loop, dialer, load, {mail.from.email, mail.to.email}, *mime::compose(mail, random)};
    Measured measured;
    measured.message_bytes = wire.message.size();
    const Stopwatch stopwatch;
    std::vector<base::Task<>> sessions;
    for (int i = 0; i < load.sessions; ++i) sessions.push_back(run_session(wire));
    base::run_to_end(loop, base::when_all(std::move(sessions)));
    stopwatch.read_into(measured);
    measured.accepted = wire.accepted;
    return measured;
}

}  // namespace bench
