// An HTTP/1 server over streams, for a handful of small pages: one request a connection, GET, HEAD
// and POST, no TLS (a proxy in front has it), no upgrade, no ranges.
//
//   net::HttpServer server(loop, {}, handler);
//   auto listener = net::TcpListener::open(loop, "127.0.0.1:8026", [&](auto stream, auto peer) {
//       server.accept(std::move(stream), std::move(peer));
//   });
//   …
//   (*listener)->close();
//   co_await server.stop(loop.in(std::chrono::seconds(10)));
//
// Life cycle: `stop` before destruction; the listener goes first. Whatever a stranger sends, the
// rest goes on: a connection over a limit is closed at once, a request that is not complete in time
// is answered by 408, one over the limits by 413 or 431, too many of one peer by 429, and what the
// handler throws by 503. Targets, headers and bodies are never logged.
#pragma once
#include <memory>

#include "base/clock.h"
#include "net/http_request_parser.h"
#include "net/rate_limiter.h"
#include "net/stream.h"

namespace net {

struct HttpServerSettings {
    HttpLimits limits = {};
    base::Duration request_time =
        std::chrono::seconds(10);  // to read it; again to write the answer
    std::size_t connections_max = 256;
    // From one public address; a proxy nearby may hold all.
    std::size_t connections_per_peer = 32;
    RateLimit rate = {};
};

class HttpServer {
  public:
    // The clock outlives the server.
    HttpServer(base::Clock& clock, HttpServerSettings settings, ServerHandler handler);
    HttpServer(const HttpServer&) = delete;
    HttpServer& operator=(const HttpServer&) = delete;
    ~HttpServer();

    // Serves a connection to its end, or closes it where there is no room.
    void accept(std::unique_ptr<Stream> stream, std::string peer);
    std::size_t open_connections() const;
    // Closes connections on which nothing was asked and waits for the rest; what is not done by the
    // deadline is cut off. Later connections are closed at once.
    base::Task<> stop(base::MonotonicTime deadline);

    struct State;  // shared with the connections

  private:
    std::shared_ptr<State> state_;
};

// Who asks: the address at the other end, or, where that is a proxy nearby (an address that is not
// public), the last one in X-Forwarded-For, which is what that proxy has seen.
std::string asking_peer(const ServerRequest& request, const std::string& connected);

}  // namespace net
