// Opens streams to servers. The real one is net/asio_dialer.cpp, the sandbox has its own.
#pragma once
#include <cstdint>

#include "net/stream.h"

namespace net {

enum class Tls {
    implicit,  // TLS from the first byte (RFC 8314)
    starttls,  // upgraded by the protocol; nothing secret before it
};

// Where a server listens. `host` is what its certificate must be for.
struct Endpoint {
    std::string host;
    std::uint16_t port = 0;
    Tls tls = Tls::implicit;
    auto operator<=>(const Endpoint&) const = default;
};

class Dialer {
  public:
    virtual ~Dialer() = default;
    // Resolves, connects (addresses in turn) and, for Tls::implicit, shakes hands.
    // Errors: network (DNS, refused), timed_out, tls.
    virtual base::Task<base::Result<std::unique_ptr<Stream>>> dial(
        Endpoint endpoint, base::MonotonicTime deadline
    ) = 0;
};

}  // namespace net
