// TCP without TLS that claims to be encrypted, so that the whole client can be measured beside
// programs that speak in clear. It exists in bench/ only: the product has no way to send in clear.
#pragma once
#include "net/dialer.h"

namespace bench {

class PlainDialer : public net::Dialer {
  public:
    // `dialer` opens the TCP connections and outlives this one.
    explicit PlainDialer(net::Dialer& dialer) : dialer_(dialer) {}

    base::Task<base::Result<std::unique_ptr<net::Stream>>> dial(
        net::Endpoint endpoint, base::MonotonicTime deadline
    ) override;

  private:
    net::Dialer& dialer_;
};

}  // namespace bench
