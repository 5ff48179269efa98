// What all TLS connections of a dialer share: protocol limits and trusted authorities.
//
// TLS 1.2 or newer, the system's authorities and those of `ca_file`, chain and host name always
// verified (RFC 9325, RFC 6125); there is no switch against it. Read buffers are released while
// idle: thousands of watched mailboxes wait most of the time. Errors: tls, worded with the mend.
#pragma once
#include <memory>
#include <optional>
#include <string>

#include "base/result.h"

struct ssl_ctx_st;
struct ssl_st;

namespace net {

struct SslDeleter {
    void operator()(ssl_st* ssl) const;
    void operator()(ssl_ctx_st* context) const;
};
using SslPtr = std::unique_ptr<ssl_st, SslDeleter>;

class TlsContext {
  public:
    // A `ca_file` that cannot be read makes every session fail with an error that names it.
    explicit TlsContext(const std::string& ca_file);

    // A client's side over this socket, set to verify `host` (a name or a number) and to send it as
    // SNI.
    base::Result<SslPtr> session(int fd, const std::string& host) const;

  private:
    std::unique_ptr<ssl_ctx_st, SslDeleter> context_;
    std::optional<base::Error> problem_;
};

// Why a handshake failed: the verification's reason with its mend, or OpenSSL's reason. `where` is
// "host:port".
base::Error handshake_error(const ssl_st* ssl, const std::string& where);
// OpenSSL's reason for the last failure on this thread, such as "wrong version number".
std::string tls_reason();

}  // namespace net
