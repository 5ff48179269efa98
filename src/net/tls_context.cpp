#include "net/tls_context.h"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include "base/check.h"
#include "net/address.h"

namespace net {
namespace {

base::Error tls_error(std::string message) {
    return {base::ErrorCode::tls, "net.tls", std::move(message), {}, 0, {}};
}

// What the owner can do about a certificate that was not accepted.
std::string_view mend(long verdict) {
    switch (verdict) {
        case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
        case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
        case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
        case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
        case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
        case X509_V_ERR_CERT_SIGNATURE_FAILURE:  // an authority that was made anew under its name
            return "set [tls] ca_file for a private CA";
        case X509_V_ERR_HOSTNAME_MISMATCH:
        case X509_V_ERR_IP_ADDRESS_MISMATCH:
            return "use the name that the certificate is for";
        case X509_V_ERR_CERT_HAS_EXPIRED:
        case X509_V_ERR_CERT_NOT_YET_VALID:
            return "have it renewed, or set this machine's clock";
        default:
            return "have the server's certificate mended";
    }
}

}  // namespace

void SslDeleter::operator()(ssl_st* ssl) const { SSL_free(ssl); }
void SslDeleter::operator()(ssl_ctx_st* context) const { SSL_CTX_free(context); }

TlsContext::TlsContext(const std::string& ca_file) : context_(SSL_CTX_new(TLS_client_method())) {
    CHECK(context_ != nullptr);
    CHECK(SSL_CTX_set_min_proto_version(context_.get(), TLS1_2_VERSION) == 1);
    SSL_CTX_set_verify(context_.get(), SSL_VERIFY_PEER, nullptr);
    SSL_CTX_set_session_cache_mode(context_.get(), SSL_SESS_CACHE_OFF);
    // Writes are cut and moved by our buffers; both protocols say themselves where an answer ends,
    // so that a close without close_notify hides nothing and is read as a close.
    SSL_CTX_set_mode(
        context_.get(),
        SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE |
            SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER
    );
    SSL_CTX_set_options(context_.get(), SSL_OP_IGNORE_UNEXPECTED_EOF | SSL_OP_NO_RENEGOTIATION);
    ERR_clear_error();
    // May fail where a machine has no authorities; then ca_file is all there is.
    SSL_CTX_set_default_verify_paths(context_.get());
    ERR_clear_error();
    if (!ca_file.empty() && SSL_CTX_load_verify_file(context_.get(), ca_file.c_str()) != 1)
        problem_ = tls_error(fmt::format(
            "[tls] ca_file = \"{}\" cannot be used: {} (name a readable PEM file)",
            ca_file,
            tls_reason()
        ));
}

base::Result<SslPtr> TlsContext::session(int fd, const std::string& host) const {
    if (problem_) return std::unexpected(*problem_);
    ERR_clear_error();
    SslPtr ssl(SSL_new(context_.get()));
    CHECK(ssl != nullptr);
    const std::string name = host.ends_with('.') ? host.substr(0, host.size() - 1) : host;
    bool set = SSL_set_fd(ssl.get(), fd) == 1;
    if (is_numeric(name)) {
        set = set && X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl.get()), name.c_str()) == 1;
    } else {
        SSL_set_hostflags(ssl.get(), X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
        set = set && SSL_set1_host(ssl.get(), name.c_str()) == 1;
        set = set && SSL_set_tlsext_host_name(ssl.get(), name.c_str()) == 1;
    }
    if (!set) return std::unexpected(tls_error(fmt::format("{}: {}", host, tls_reason())));
    SSL_set_connect_state(ssl.get());
    return ssl;
}

base::Error handshake_error(const ssl_st* ssl, const std::string& where) {
    const long verdict = SSL_get_verify_result(ssl);
    if (verdict == X509_V_OK)
        return tls_error(fmt::format("{}: TLS handshake failed: {}", where, tls_reason()));
    return tls_error(fmt::format(
        "{}: certificate refused: {} ({})",
        where,
        X509_verify_cert_error_string(verdict),
        mend(verdict)
    ));
}

std::string tls_reason() {
    const unsigned long code = ERR_peek_last_error();
    ERR_clear_error();
    if (code == 0) return "no reason given";
    if (ERR_SYSTEM_ERROR(code)) return std::generic_category().message(ERR_GET_REASON(code));
    const char* reason = ERR_reason_error_string(code);
    return reason != nullptr ? reason : fmt::format("OpenSSL error {:x}", code);
}

}  // namespace net
