// For tests: a server on 127.0.0.1 that plays `talk` on each connection, one after another, on a
// thread of its own with blocking calls; and the server's side of TLS with certificates made on the
// spot.
//
// Life cycle: listens from construction on; the destructor breaks the connection at hand and joins.
#pragma once
#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <thread>

struct ssl_ctx_st;
struct ssl_st;

namespace net {

class LoopbackServer {
  public:
    using Talk = std::function<void(int fd)>;
    explicit LoopbackServer(Talk talk);
    LoopbackServer(const LoopbackServer&) = delete;
    LoopbackServer& operator=(const LoopbackServer&) = delete;
    ~LoopbackServer();

    std::uint16_t port() const { return port_; }
    // Connections accepted so far.
    int accepted() const { return accepted_; }

  private:
    void work();

    Talk talk_;
    std::uint16_t port_ = 0;
    int listener_;
    int stop_[2];  // a pipe that ends the wait for the next connection
    std::atomic<int> current_ = -1;
    std::atomic<int> accepted_ = 0;
    std::thread thread_;
};

// A port of 127.0.0.1 where nobody listens.
std::uint16_t closed_port();

// Blocking helpers for `talk`. Reading gives what came before a close, too.
void send_text(int fd, std::string_view text);
std::string receive_until(int fd, std::string_view end);
// Until the client has closed.
std::string receive_rest(int fd);

struct Identity {
    std::string certificate;  // PEM
    std::string key;          // PEM
};

// A certificate authority that lives as long as the test.
class TestAuthority {
  public:
    explicit TestAuthority(const std::string& name = "Test Authority");
    ~TestAuthority();
    TestAuthority(const TestAuthority&) = delete;
    TestAuthority& operator=(const TestAuthority&) = delete;

    // `names` as OpenSSL writes them: "DNS:localhost,IP:127.0.0.1"; valid until `days` from now.
    Identity issue(const std::string& names, int days = 1) const;
    static Identity self_signed(const std::string& names);
    // A PEM file with this authority's certificate, removed at the end.
    const std::string& file() const { return file_; }

  private:
    Identity own_;
    std::string file_;
};

// The server's side of TLS on a connection.
class TlsPeer {
  public:
    // `version_max` as in TLS1_2_VERSION; 0: the newest.
    TlsPeer(int fd, const Identity& identity, int version_max = 0);
    TlsPeer(const TlsPeer&) = delete;
    TlsPeer& operator=(const TlsPeer&) = delete;
    ~TlsPeer();

    bool shake_hands();
    void send(std::string_view text);
    std::string receive_until(std::string_view end);
    void say_goodbye();               // close_notify
    std::string server_name() const;  // what SNI asked for
    std::string version() const;

  private:
    ssl_ctx_st* context_;
    ssl_st* ssl_;
};

}  // namespace net
