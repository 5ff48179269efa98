#include "net/loopback_server.h"

#include <arpa/inet.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/check.h"

namespace net {
namespace {

using Key = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;
using Certificate = std::unique_ptr<X509, decltype(&X509_free)>;
using Bio = std::unique_ptr<BIO, decltype(&BIO_free)>;

int listen_on_loopback(std::uint16_t& port) {
    const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    CHECK(::bind(fd, reinterpret_cast<sockaddr*>(&address), size) == 0);
    CHECK(::listen(fd, 16) == 0);
    CHECK(::getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size) == 0);
    port = ntohs(address.sin_port);
    return fd;
}

std::string text_of(const Bio& bio) {
    char* data = nullptr;
    const long size = BIO_get_mem_data(bio.get(), &data);
    return {data, static_cast<std::size_t>(size)};
}

Bio reader(const std::string& text) {
    return {BIO_new_mem_buf(text.data(), static_cast<int>(text.size())), &BIO_free};
}

void add_extension(X509* certificate, int kind, const std::string& value) {
    X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, nullptr, kind, value.c_str());
    CHECK(extension != nullptr);
    X509_add_ext(certificate, extension, -1);
    X509_EXTENSION_free(extension);
}

// A certificate of the subject `common` for `names`, or an authority's where they are empty; signed
// by `issuer`, or by itself.
Identity make_identity(
    const std::string& common, const std::string& names, int days, const Identity* issuer
) {
    const Key key(EVP_EC_gen("P-256"), &EVP_PKEY_free);
    const Certificate made(X509_new(), &X509_free);
    static std::atomic<long> serial = 1;
    X509_set_version(made.get(), X509_VERSION_3);
    ASN1_INTEGER_set(X509_get_serialNumber(made.get()), serial++);
    X509_gmtime_adj(X509_getm_notBefore(made.get()), -86'400L * 30);
    X509_gmtime_adj(X509_getm_notAfter(made.get()), 86'400L * days);
    X509_set_pubkey(made.get(), key.get());
    X509_NAME* subject = X509_get_subject_name(made.get());
    const auto* bytes = reinterpret_cast<const unsigned char*>(common.c_str());
    X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_ASC, bytes, -1, -1, 0);
    add_extension(
        made.get(), NID_basic_constraints, names.empty() ? "critical,CA:TRUE" : "CA:FALSE"
    );
    if (!names.empty()) add_extension(made.get(), NID_subject_alt_name, names);
    if (issuer != nullptr) {
        const Certificate above(
            PEM_read_bio_X509(reader(issuer->certificate).get(), nullptr, nullptr, nullptr),
            &X509_free
        );
        const Key signer(
            PEM_read_bio_PrivateKey(reader(issuer->key).get(), nullptr, nullptr, nullptr),
            &EVP_PKEY_free
        );
        X509_set_issuer_name(made.get(), X509_get_subject_name(above.get()));
        CHECK(X509_sign(made.get(), signer.get(), EVP_sha256()) > 0);
    } else {
        X509_set_issuer_name(made.get(), subject);
        CHECK(X509_sign(made.get(), key.get(), EVP_sha256()) > 0);
    }
    const Bio certificate_text(BIO_new(BIO_s_mem()), &BIO_free);
    const Bio key_text(BIO_new(BIO_s_mem()), &BIO_free);
    PEM_write_bio_X509(certificate_text.get(), made.get());
    PEM_write_bio_PrivateKey(key_text.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr);
    return {text_of(certificate_text), text_of(key_text)};
}

}  // namespace

LoopbackServer::LoopbackServer(Talk talk)
    : talk_(std::move(talk)), listener_(listen_on_loopback(port_)) {
    CHECK(::pipe(stop_) == 0);
    thread_ = std::thread([this] { work(); });
}

LoopbackServer::~LoopbackServer() {
    ::close(stop_[1]);
    const int fd = current_;
    if (fd >= 0) ::shutdown(fd, SHUT_RDWR);
    thread_.join();
    ::close(stop_[0]);
    ::close(listener_);
}

void LoopbackServer::work() {
    for (;;) {
        pollfd waits[2] = {{listener_, POLLIN, 0}, {stop_[0], POLLIN, 0}};
        if (::poll(waits, 2, -1) < 0) continue;
        if (waits[1].revents != 0) return;
        const int fd = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
        if (fd < 0) continue;
        ++accepted_;
        current_ = fd;
        talk_(fd);
        current_ = -1;
        ::close(fd);
    }
}

std::uint16_t closed_port() {
    std::uint16_t port = 0;
    ::close(listen_on_loopback(port));
    return port;
}

void send_text(int fd, std::string_view text) {
    while (!text.empty()) {
        const ssize_t sent = ::send(fd, text.data(), text.size(), MSG_NOSIGNAL);
        if (sent <= 0) return;
        text.remove_prefix(static_cast<std::size_t>(sent));
    }
}

std::string receive_until(int fd, std::string_view end) {
    std::string got;
    char chunk[4096];
    while (!got.ends_with(end)) {
        // Looked at first, so that what follows `end` stays for the next call.
        const ssize_t seen = ::recv(fd, chunk, sizeof chunk, MSG_PEEK);
        if (seen <= 0) break;
        const std::string_view piece(chunk, static_cast<std::size_t>(seen));
        const std::size_t before = got.size();
        got += piece;
        const std::size_t found = got.find(end, before - std::min(before, end.size()));
        if (found != std::string::npos) got.resize(found + end.size());
        CHECK(::recv(fd, chunk, got.size() - before, 0) > 0);
    }
    return got;
}

std::string receive_rest(int fd) {
    std::string got;
    char chunk[4096];
    for (;;) {
        const ssize_t count = ::recv(fd, chunk, sizeof chunk, 0);
        if (count <= 0) return got;
        got.append(chunk, static_cast<std::size_t>(count));
    }
}

TestAuthority::TestAuthority(const std::string& name) : own_(make_identity(name, "", 1, nullptr)) {
    char path[] = "/tmp/pilotlight_ca_XXXXXX";
    const int fd = ::mkstemp(path);
    CHECK(fd >= 0);
    CHECK(::write(fd, own_.certificate.data(), own_.certificate.size()) > 0);
    ::close(fd);
    file_ = path;
}

TestAuthority::~TestAuthority() { ::unlink(file_.c_str()); }

Identity TestAuthority::issue(const std::string& names, int days) const {
    return make_identity("Test Server", names, days, &own_);
}

Identity TestAuthority::self_signed(const std::string& names) {
    return make_identity("Test Server", names, 1, nullptr);
}

TlsPeer::TlsPeer(int fd, const Identity& identity, int version_max)
    : context_(SSL_CTX_new(TLS_server_method())) {
    const Certificate own(
        PEM_read_bio_X509(reader(identity.certificate).get(), nullptr, nullptr, nullptr), &X509_free
    );
    const Key key(
        PEM_read_bio_PrivateKey(reader(identity.key).get(), nullptr, nullptr, nullptr),
        &EVP_PKEY_free
    );
    CHECK(SSL_CTX_use_certificate(context_, own.get()) == 1);
    CHECK(SSL_CTX_use_PrivateKey(context_, key.get()) == 1);
    SSL_CTX_set_max_proto_version(context_, version_max);
    // Old protocols need the old level to be offered at all.
    if (version_max != 0) SSL_CTX_set_security_level(context_, 0);
    ssl_ = SSL_new(context_);
    SSL_set_fd(ssl_, fd);
}

TlsPeer::~TlsPeer() {
    SSL_free(ssl_);
    SSL_CTX_free(context_);
}

bool TlsPeer::shake_hands() { return SSL_accept(ssl_) == 1; }

void TlsPeer::send(std::string_view text) {
    while (!text.empty()) {
        std::size_t sent = 0;
        if (SSL_write_ex(ssl_, text.data(), text.size(), &sent) != 1) return;
        text.remove_prefix(sent);
    }
}

std::string TlsPeer::receive_until(std::string_view end) {
    std::string got;
    char byte = 0;
    while (!got.ends_with(end) && SSL_read(ssl_, &byte, 1) == 1) got += byte;
    return got;
}

void TlsPeer::say_goodbye() { SSL_shutdown(ssl_); }

std::string TlsPeer::server_name() const {
    const char* name = SSL_get_servername(ssl_, TLSEXT_NAMETYPE_host_name);
    return name != nullptr ? name : "";
}

std::string TlsPeer::version() const { return SSL_get_version(ssl_); }

}  // namespace net
