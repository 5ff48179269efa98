// A dialer whose servers are coroutines of the test, over memory streams.
//
//   base::Task<> greet(std::unique_ptr<net::Stream> stream) {
//       support::Peer peer(std::move(stream));
//       co_await peer.say("220 hi\r\n");
//       const std::optional<std::string> line = co_await peer.line();
//       co_await peer.say("250 ok\r\n");
//   }
//   ScriptedDialer dialer(loop, loop.clock());
//   dialer.serve({"mx.test", 465, net::Tls::implicit}, greet);
//
// Each dial starts the coroutine anew. The dialer owns what it started: servers that still wait at
// its end are destroyed. An exception in a server is kept for `problems()`. Outlived by loop and
// clock.
#pragma once
#include <functional>
#include <list>
#include <map>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/loop.h"
#include "net/dialer.h"

namespace support {

class ScriptedDialer : public net::Dialer {
  public:
    using Server = std::function<base::Task<>(std::unique_ptr<net::Stream>)>;

    ScriptedDialer(base::Loop& loop, base::Clock& clock) : loop_(loop), clock_(clock) {}
    ScriptedDialer(const ScriptedDialer&) = delete;
    ScriptedDialer& operator=(const ScriptedDialer&) = delete;

    // What a dial of this endpoint meets from now on: a server, an error, or silence until the
    // deadline. Without any of them it is refused. Captures of `server` live as long as it stands
    // here.
    void serve(const net::Endpoint& endpoint, Server server);
    void refuse(const net::Endpoint& endpoint, base::Error error);
    void hang(const net::Endpoint& endpoint);

    base::Task<base::Result<std::unique_ptr<net::Stream>>> dial(
        net::Endpoint endpoint, base::MonotonicTime deadline
    ) override;

    // All dials so far, in order.
    const std::vector<net::Endpoint>& dialed() const { return dialed_; }
    // Servers that have not ended yet.
    std::size_t serving() const;
    // What servers threw.
    std::vector<std::string> problems() const;

  private:
    struct Script {
        Server server;
        std::optional<base::Error> error;
    };
    struct Run {
        std::shared_ptr<Script> script;  // keeps a lambda's captures while its coroutine runs
        base::Task<> task;
        bool ended = false;
        std::string problem;
    };
    static base::Task<> watch(base::Task<> server, Run& run);
    std::unique_ptr<net::Stream> start(std::shared_ptr<Script> script, bool encrypted);

    base::Loop& loop_;
    base::Clock& clock_;
    std::map<net::Endpoint, std::shared_ptr<Script>> scripts_;
    std::vector<net::Endpoint> dialed_;
    std::list<Run> runs_;
};

// The server's end of a stream, in lines. Waits without a deadline (a test that hangs runs out of
// events, which run_to_end reports). Failures to write are ignored: the client is free to go.
class Peer {
  public:
    explicit Peer(std::unique_ptr<net::Stream> stream) : stream_(std::move(stream)) {}

    base::Task<> say(std::string bytes);
    // The next line without its CRLF; nothing where the client has closed.
    base::Task<std::optional<std::string>> line();
    // Exactly `count` bytes, or fewer where the client closes.
    base::Task<std::string> bytes(std::size_t count);
    // Everything until the client closes.
    base::Task<std::string> rest();
    net::Stream& stream() { return *stream_; }
    void close() { stream_->close(); }

  private:
    base::Task<bool> fill();

    std::unique_ptr<net::Stream> stream_;
    std::string buffer_;
};

}  // namespace support
