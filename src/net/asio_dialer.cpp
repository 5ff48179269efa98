#include "net/asio_dialer.h"

#include "net/socket_stream.h"
#include "net/tcp_connect.h"

namespace net {

AsioDialer::AsioDialer(AsioLoop& loop, const DialerSettings& settings)
    : loop_(loop),
      resolver_(loop, loop),
      tls_(std::make_shared<const TlsContext>(settings.ca_file)) {}

base::Task<base::Result<std::unique_ptr<Stream>>> AsioDialer::dial(
    Endpoint endpoint, base::MonotonicTime deadline
) {
    base::Result<std::vector<Address>> addresses =
        co_await resolver_.resolve(endpoint.host, endpoint.port, deadline);
    if (!addresses) co_return base::pass_on(addresses);
    const std::string name = fmt::format("{}:{}", endpoint.host, endpoint.port);
    base::Result<std::unique_ptr<Descriptor>> socket =
        co_await connect_tcp(loop_, std::move(*addresses), name, deadline);
    if (!socket) co_return base::pass_on(socket);
    std::unique_ptr<Stream> stream =
        make_socket_stream(loop_, std::move(*socket), tls_, endpoint.host, endpoint.port);
    if (endpoint.tls == Tls::implicit) {
        const base::Result<> started = co_await stream->start_tls(deadline);
        if (!started) co_return base::pass_on(started);
    }
    co_return stream;
}

}  // namespace net
