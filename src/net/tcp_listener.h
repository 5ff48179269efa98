// Listens on an address and hands every connection over as a stream, in clear.
//
// Life cycle: listens from open() until close() or destruction; a connection that was handed over
// lives on. Where the process has no descriptor left it waits a moment instead of spinning.
// Errors: invalid_input for an address that can't be read, network where it can't be had (the
// words say why: in use, not ours).
#pragma once
#include <functional>

#include "base/result.h"
#include "net/asio_loop.h"
#include "net/stream.h"

namespace net {

class TcpListener {
  public:
    // `peer` is the other end's address without port.
    using OnConnection = std::function<void(std::unique_ptr<Stream> stream, std::string peer)>;

    // `address`: "HOST:PORT", "[::1]:8026"; port 0 takes a free one.
    static base::Result<std::unique_ptr<TcpListener>> open(
        AsioLoop& loop, const std::string& address, OnConnection on_connection
    );
    TcpListener(const TcpListener&) = delete;
    TcpListener& operator=(const TcpListener&) = delete;
    ~TcpListener();

    // Where it listens, with the port that was taken: "127.0.0.1:40123".
    const std::string& address() const { return address_; }
    std::uint16_t port() const { return port_; }
    void close();

    struct State;

  private:
    TcpListener(std::shared_ptr<State> state, std::string address, std::uint16_t port);

    std::shared_ptr<State> state_;
    std::string address_;
    std::uint16_t port_;
};

}  // namespace net
