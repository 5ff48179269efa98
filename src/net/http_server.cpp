#include "net/http_server.h"

#include <list>

#include "base/log.h"
#include "base/text.h"
#include "net/address.h"
#include "net/late.h"

namespace net {

namespace {

struct Connection {
    std::unique_ptr<Stream> stream;
    std::string peer;
    bool started = false;  // something was asked
};

std::string http_date(base::Timestamp now) {
    const std::string date = base::to_rfc5322(now, std::chrono::minutes(0));
    return date.substr(0, date.rfind(' ')) + " GMT";
}

ServerReply short_reply(int status, std::string words, HeaderList headers = {}) {
    ServerReply reply;
    reply.status = status;
    reply.body = std::move(words) + "\n";
    reply.headers = std::move(headers);
    return reply;
}

ServerReply failure_reply(int status) {
    switch (status) {
        case 408:
            return short_reply(status, "The request took too long.");
        case 413:
        case 431:
            return short_reply(status, "The request is too large.");
        default:
            return short_reply(status, "This is no request that we understand.");
    }
}

}  // namespace

struct HttpServer::State {
    State(base::Clock& its_clock, HttpServerSettings its_settings, ServerHandler its_handler)
        : clock(its_clock),
          settings(its_settings),
          handler(std::move(its_handler)),
          rates(its_settings.rate) {}

    bool has_room(const std::string& peer) const {
        if (stopping || connections.size() >= settings.connections_max) return false;
        if (!is_public(peer)) return true;
        const auto same = std::ranges::count_if(connections, [&](const auto& connection) {
            return connection->peer == peer;
        });
        return static_cast<std::size_t>(same) < settings.connections_per_peer;
    }
    void ended(const Connection* connection) {
        std::erase_if(connections, [&](const auto& one) { return one.get() == connection; });
        if (connections.empty() && all_ended) all_ended->give({});
    }

    base::Clock& clock;
    HttpServerSettings settings;
    ServerHandler handler;
    RateLimiter rates;
    std::list<std::unique_ptr<Connection>> connections;
    bool stopping = false;
    std::shared_ptr<Late<base::Unit>> all_ended;
};

namespace {

using State = HttpServer::State;

// Reads until the request is complete, failed or cut off; the status of what went wrong with the
// connection itself (408), else 0.
base::Task<int> read_request(State& state, Connection& connection, HttpRequestParser& parser) {
    const base::MonotonicTime deadline = state.clock.in(state.settings.request_time);
    std::array<char, 4096> chunk{};
    bool continued = false;
    while (parser.state() == HttpRequestParser::State::reading) {
        const auto count = co_await connection.stream->read_some(chunk, deadline);
        if (!count && count.error().code == base::ErrorCode::timed_out) co_return 408;
        if (!count || *count == 0) {
            parser.on_closed();
            break;
        }
        connection.started = true;
        parser.on_bytes(std::string_view(chunk.data(), *count));
        if (continued || !parser.expects_continue()) continue;
        continued = true;
        const auto told =
            co_await connection.stream->write_all("HTTP/1.1 100 Continue\r\n\r\n", deadline);
        if (!told) parser.on_closed();
    }
    co_return 0;
}

base::Task<ServerReply> ask_handler(State& state, ServerRequest request) {
    try {
        co_return co_await state.handler(std::move(request));
    } catch (const std::exception& problem) {
        base::log::error("http", "a request was not answered: {}", problem.what());
    }
    co_return short_reply(503, "Not now. Please try again.", {{"Retry-After", "60"}});
}

base::Task<ServerReply> answer(State& state, ServerRequest request) {
    if (request.method != "GET" && request.method != "HEAD" && request.method != "POST")
        co_return short_reply(405, "GET, HEAD or POST.", {{"Allow", "GET, HEAD, POST"}});
    if (!state.rates.allow(rate_key(request.peer), state.clock.monotonic()))
        co_return short_reply(429, "Too many requests.", {{"Retry-After", "10"}});
    co_return co_await ask_handler(state, std::move(request));
}

base::Task<> serve(std::shared_ptr<State> state, Connection* connection) {
    HttpRequestParser parser(state->settings.limits);
    const int broken = co_await read_request(*state, *connection, parser);
    bool head_only = false;
    ServerReply reply;
    if (parser.state() == HttpRequestParser::State::done) {
        ServerRequest request = parser.take();
        request.peer = asking_peer(request, connection->peer);
        head_only = request.method == "HEAD";
        reply = co_await answer(*state, std::move(request));
    } else {
        reply = failure_reply(broken != 0 ? broken : parser.status());
    }
    // To one that never asked anything there is nothing to say.
    if (parser.started()) {
        std::string bytes = to_bytes(reply, head_only, http_date(state->clock.now()));
        const base::MonotonicTime deadline = state->clock.in(state->settings.request_time);
        // Whoever does not wait for the answer does not get it.
        (void)co_await connection->stream->write_all(std::move(bytes), deadline);
    }
    connection->stream->close();
}

}  // namespace

HttpServer::HttpServer(base::Clock& clock, HttpServerSettings settings, ServerHandler handler)
    : state_(std::make_shared<State>(clock, settings, std::move(handler))) {}

HttpServer::~HttpServer() = default;

void HttpServer::accept(std::unique_ptr<Stream> stream, std::string peer) {
    if (!state_->has_room(peer)) return;  // destroyed, so closed
    auto made = std::make_unique<Connection>(std::move(stream), std::move(peer));
    Connection* const connection = made.get();
    state_->connections.push_back(std::move(made));
    base::start(
        serve(state_, connection),
        [state = state_, connection](std::exception_ptr problem) {
            if (problem) base::log::error("http", "a connection ended by a bug of ours");
            state->ended(connection);
        }
    );
}

std::size_t HttpServer::open_connections() const { return state_->connections.size(); }

base::Task<> HttpServer::stop(base::MonotonicTime deadline) {
    const std::shared_ptr<State> state = state_;
    state->stopping = true;
    std::vector<Stream*> idle;
    for (const auto& connection : state->connections)
        if (!connection->started) idle.push_back(connection->stream.get());
    for (Stream* const stream : idle) stream->close();
    for (const base::MonotonicTime until : {deadline, base::MonotonicTime::max()}) {
        if (state->connections.empty()) co_return;
        state->all_ended = std::make_shared<Late<base::Unit>>();
        LateWait<base::Unit> wait(state->all_ended, state->clock, until);
        const std::optional<base::Unit> ended = co_await wait;
        if (ended) co_return;
        for (const auto& connection : state->connections) connection->stream->close();
    }
}

std::string asking_peer(const ServerRequest& request, const std::string& connected) {
    if (is_public(connected)) return connected;
    std::string last;
    for (const auto& [name, value] : request.headers)
        if (base::equals_ignoring_case(name, "X-Forwarded-For")) last = value;
    const std::string named(base::trim(last.substr(last.rfind(',') + 1)));
    return is_numeric(named) ? named : connected;
}

}  // namespace net
