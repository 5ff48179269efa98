#include "net/socket_stream.h"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <sys/socket.h>

#include "base/check.h"

namespace net {
namespace {

// How one nonblocking call ended.
struct Attempt {
    enum class Io { done, wants_read, wants_write, failed };
    Io io = Io::done;
    std::size_t count = 0;  // of done; 0 to a read means the end
    base::Error error = {};
};
using Io = Attempt::Io;

// The socket with its TLS. Pending operations share it with the stream, so it outlives both.
class Connection {
  public:
    Connection(
        AsioLoop& loop,
        std::unique_ptr<Descriptor> socket,
        std::shared_ptr<const TlsContext> tls,
        std::string host,
        std::uint16_t port
    )
        : loop_(loop),
          socket_(std::move(socket)),
          tls_(std::move(tls)),
          host_(std::move(host)),
          where_(fmt::format("{}:{}", host_, port)) {}
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;
    ~Connection() { close(); }

    bool encrypted() const { return encrypted_; }
    Descriptor& socket() { return *socket_; }

    // Why nothing can be done any more, if so.
    std::optional<base::Error> obstacle(std::string_view stage, base::MonotonicTime deadline) {
        if (closed_) return error(base::ErrorCode::closed, stage, "the stream was closed");
        if (loop_.monotonic() < deadline) return {};
        close();
        return error(base::ErrorCode::timed_out, stage, "not done in time");
    }

    Attempt read(std::span<char> into) {
        if (encrypted_) {
            std::size_t count = 0;
            ERR_clear_error();
            const int status = SSL_read_ex(ssl_.get(), into.data(), into.size(), &count);
            return tls_attempt(status, count, "net.read");
        }
        return plain_attempt(
            ::recv(socket_->fd(), into.data(), into.size(), 0), "net.read", Io::wants_read
        );
    }

    Attempt write(std::string_view bytes) {
        if (encrypted_) {
            std::size_t count = 0;
            ERR_clear_error();
            const int status = SSL_write_ex(ssl_.get(), bytes.data(), bytes.size(), &count);
            return tls_attempt(status, count, "net.write");
        }
        const ssize_t count = ::send(socket_->fd(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
        return plain_attempt(count, "net.write", Io::wants_write);
    }

    base::Result<> begin_tls() {
        if (ssl_ != nullptr)
            return std::unexpected(error(base::ErrorCode::tls, "net.tls", "TLS was started before")
            );
        base::Result<SslPtr> made = tls_->session(socket_->fd(), host_);
        if (!made) return base::pass_on(made);
        ssl_ = std::move(*made);
        return {};
    }

    Attempt shake_hands() {
        ERR_clear_error();
        const int status = SSL_connect(ssl_.get());
        if (status == 1) {
            encrypted_ = true;
            return {};
        }
        switch (SSL_get_error(ssl_.get(), status)) {
            case SSL_ERROR_WANT_READ:
                return {Io::wants_read};
            case SSL_ERROR_WANT_WRITE:
                return {Io::wants_write};
            case SSL_ERROR_ZERO_RETURN:
            case SSL_ERROR_SYSCALL:
                return {
                    Io::failed,
                    0,
                    error(base::ErrorCode::tls, "net.tls", "closed during the TLS handshake")
                };
            default:
                return {Io::failed, 0, handshake_error(ssl_.get(), where_)};
        }
    }

    // The one read that may wait, and whether it was called off meanwhile.
    void begin_read() { reading_ = true, cancelled_ = false; }
    bool end_read() {
        reading_ = false;
        return cancelled_;
    }
    void cancel_read() {
        if (!reading_ || closed_) return;
        cancelled_ = true;
        socket_->cancel();
    }

    void close() noexcept {
        if (closed_) return;
        closed_ = true;
        // One close_notify where it fits into the socket; nobody waits for the answer.
        if (encrypted_ && !broken_) SSL_shutdown(ssl_.get());
        ERR_clear_error();
        socket_->close();
    }

    base::Error error(base::ErrorCode code, std::string_view stage, std::string_view words) const {
        return {code, std::string(stage), fmt::format("{}: {}", where_, words), {}, 0, {}};
    }

  private:
    Attempt plain_attempt(ssize_t count, std::string_view stage, Io otherwise) {
        if (count >= 0) return {Io::done, static_cast<std::size_t>(count)};
        if (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR) return {otherwise};
        return {Io::failed, 0, socket_error(stage, errno)};
    }

    Attempt tls_attempt(int status, std::size_t count, std::string_view stage) {
        if (status == 1) return {Io::done, count};
        const int number = errno;
        switch (SSL_get_error(ssl_.get(), status)) {
            case SSL_ERROR_WANT_READ:
                return {Io::wants_read};
            case SSL_ERROR_WANT_WRITE:
                return {Io::wants_write};
            case SSL_ERROR_ZERO_RETURN:
                return closed_by_peer(stage);
            case SSL_ERROR_SYSCALL:
                broken_ = true;
                if (number == 0) return closed_by_peer(stage);
                return {Io::failed, 0, socket_error(stage, number)};
            default:
                broken_ = true;
                return {Io::failed, 0, error(base::ErrorCode::tls, stage, tls_reason())};
        }
    }

    Attempt closed_by_peer(std::string_view stage) {
        if (stage == "net.read") return {};
        return {Io::failed, 0, error(base::ErrorCode::closed, stage, "the other side has closed")};
    }

    base::Error socket_error(std::string_view stage, int number) const {
        const auto code = number == EPIPE ? base::ErrorCode::closed : base::ErrorCode::network;
        return error(code, stage, std::generic_category().message(number));
    }

    AsioLoop& loop_;
    std::unique_ptr<Descriptor> socket_;
    std::shared_ptr<const TlsContext> tls_;
    std::string host_;
    std::string where_;
    SslPtr ssl_;
    bool encrypted_ = false;
    bool broken_ = false;  // no more calls of OpenSSL: the session is beyond a shutdown
    bool closed_ = false;
    bool reading_ = false;
    bool cancelled_ = false;
};

using Shared = std::shared_ptr<Connection>;

// Waits for what an attempt wants; its count where it was done, its error where it failed.
base::Task<base::Result<std::size_t>> settle(
    Shared connection, Attempt attempt, base::MonotonicTime deadline
) {
    if (attempt.io == Io::failed) {
        connection->close();
        co_return std::unexpected(std::move(attempt.error));
    }
    if (attempt.io != Io::done) {
        const auto direction = attempt.io == Io::wants_read ? Descriptor::Direction::read
                                                            : Descriptor::Direction::write;
        // A deadline that came, or a close, is found by obstacle() at the next turn.
        (void)co_await connection->socket().wait(direction, deadline);
    }
    co_return attempt.count;
}

// One try. Nothing where the socket has to be waited for, in that direction.
std::optional<base::Result<std::size_t>> try_read(
    Connection& connection,
    std::span<char> into,
    base::MonotonicTime deadline,
    Descriptor::Direction& direction
) {
    std::optional<base::Error> obstacle = connection.obstacle("net.read", deadline);
    if (obstacle) return base::Result<std::size_t>(std::unexpected(std::move(*obstacle)));
    Attempt attempt = connection.read(into);
    if (attempt.io == Io::done) return base::Result<std::size_t>(attempt.count);
    if (attempt.io == Io::failed) {
        connection.close();
        return base::Result<std::size_t>(std::unexpected(std::move(attempt.error)));
    }
    direction =
        attempt.io == Io::wants_read ? Descriptor::Direction::read : Descriptor::Direction::write;
    return std::nullopt;
}

// Errors and results live only between the waits: an idle connection keeps this frame all day.
base::Task<base::Result<std::size_t>> read(
    Shared connection, std::span<char> into, base::MonotonicTime deadline
) {
    CHECK(!into.empty());
    for (;;) {
        auto direction = Descriptor::Direction::read;
        if (auto ended = try_read(*connection, into, deadline, direction))
            co_return std::move(*ended);
        connection->begin_read();
        // A deadline that came, or a close, is found by the next try.
        (void)co_await connection->socket().wait(direction, deadline);
        if (connection->end_read())
            co_return std::unexpected(
                connection->error(base::ErrorCode::cancelled, "net.read", "the read was called off")
            );
    }
}

base::Task<base::Result<>> write(
    Shared connection, std::string bytes, base::MonotonicTime deadline
) {
    std::size_t written = 0;
    do {
        const std::optional<base::Error> obstacle = connection->obstacle("net.write", deadline);
        if (obstacle) co_return std::unexpected(*obstacle);
        if (bytes.empty()) break;
        Attempt attempt = connection->write(std::string_view(bytes).substr(written));
        const base::Result<std::size_t> count =
            co_await settle(connection, std::move(attempt), deadline);
        if (!count) co_return base::pass_on(count);
        written += *count;
    } while (written < bytes.size());
    co_return {};
}

base::Task<base::Result<>> start_tls(Shared connection, base::MonotonicTime deadline) {
    std::optional<base::Error> obstacle = connection->obstacle("net.tls", deadline);
    if (obstacle) co_return std::unexpected(*obstacle);
    const base::Result<> begun = connection->begin_tls();
    if (!begun) {
        connection->close();
        co_return begun;
    }
    while (!connection->encrypted()) {
        obstacle = connection->obstacle("net.tls", deadline);
        if (obstacle) co_return std::unexpected(*obstacle);
        Attempt attempt = connection->shake_hands();
        const base::Result<std::size_t> settled =
            co_await settle(connection, std::move(attempt), deadline);
        if (!settled) co_return base::pass_on(settled);
    }
    co_return {};
}

class SocketStream : public Stream {
  public:
    explicit SocketStream(Shared connection) : connection_(std::move(connection)) {}
    SocketStream(const SocketStream&) = delete;
    SocketStream& operator=(const SocketStream&) = delete;
    ~SocketStream() override { connection_->close(); }

    base::Task<base::Result<std::size_t>> read_some(
        std::span<char> into, base::MonotonicTime deadline
    ) override {
        return read(connection_, into, deadline);
    }
    void cancel_read() override { connection_->cancel_read(); }
    base::Task<base::Result<>> write_all(std::string bytes, base::MonotonicTime deadline) override {
        return write(connection_, std::move(bytes), deadline);
    }
    base::Task<base::Result<>> start_tls(base::MonotonicTime deadline) override {
        return net::start_tls(connection_, deadline);
    }
    bool encrypted() const override { return connection_->encrypted(); }
    void close() noexcept override { connection_->close(); }

  private:
    Shared connection_;
};

}  // namespace

std::unique_ptr<Stream> make_socket_stream(
    AsioLoop& loop,
    std::unique_ptr<Descriptor> socket,
    std::shared_ptr<const TlsContext> tls,
    std::string host,
    std::uint16_t port
) {
    return std::make_unique<SocketStream>(
        std::make_shared<Connection>(loop, std::move(socket), std::move(tls), std::move(host), port)
    );
}

}  // namespace net
