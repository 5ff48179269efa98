// A Stream over a connected TCP socket, in clear at first, TLS by OpenSSL on the socket itself
// after start_tls (Asio's ssl::stream holds four times the memory per idle connection).
//
// Life cycle: as net/stream.h says; after an error or a timeout the stream has closed itself. It
// may be closed or destroyed with operations pending: those end with `closed`, through the loop. A
// close without TLS close_notify reads as a close (0).
#pragma once
#include "net/asio_loop.h"
#include "net/stream.h"
#include "net/tls_context.h"

namespace net {

// `host` is what the certificate has to be for; host and port stand in errors.
std::unique_ptr<Stream> make_socket_stream(
    AsioLoop& loop,
    std::unique_ptr<Descriptor> socket,
    std::shared_ptr<const TlsContext> tls,
    std::string host,
    std::uint16_t port
);

}  // namespace net
