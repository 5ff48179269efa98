// The real dialer: the system's resolver, TCP on the loop, TLS by OpenSSL with verified
// certificates.
//
// Life cycle: one a process; the loop outlives it, its streams may too. Errors: network (cannot
// resolve, refused, unreachable), timed_out, tls (certificate and handshake, with the mend).
#pragma once
#include "net/asio_loop.h"
#include "net/dialer.h"
#include "net/resolver.h"
#include "net/tls_context.h"

namespace net {

struct DialerSettings {
    std::string ca_file;  // PEM, trusted besides the system's authorities; may be empty
};

class AsioDialer : public Dialer {
  public:
    AsioDialer(AsioLoop& loop, const DialerSettings& settings);

    base::Task<base::Result<std::unique_ptr<Stream>>> dial(
        Endpoint endpoint, base::MonotonicTime deadline
    ) override;

  private:
    AsioLoop& loop_;
    Resolver resolver_;
    std::shared_ptr<const TlsContext> tls_;
};

}  // namespace net
