// For tests: a small SMTP server that answers as it is told, a stream and a dialer to it, and a
// clock that stands. Everything completes at once; a read that could never end times out instead.
#pragma once
#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "net/dialer.h"
#include "net/stream.h"

namespace smtp::test {

// What a server answers. The keys of `replies` are upper-case verbs, "USER" and "PASSWORD" for the
// steps of AUTH, "." for the end of a message; a value is sent as it is ("" says nothing).
struct Script {
    std::string greeting = "220 mx.example.com ESMTP\r\n";
    std::vector<std::string> keywords;      // in clear
    std::vector<std::string> keywords_tls;  // over TLS
    std::map<std::string, std::string> replies;
    std::set<std::string> ignored_tls;  // verbs that get no answer over TLS
    bool handshake_fails = false;
};

class TestServer {
  public:
    struct Line {
        std::string text;
        bool encrypted;
    };

    TestServer(Script script, bool encrypted) : script_(std::move(script)), encrypted_(encrypted) {}

    // Eats what the client wrote and gives what the server says to it.
    std::string eat(std::string_view bytes);
    bool start_tls();

    const Script& script() const { return script_; }
    bool encrypted() const { return encrypted_; }
    bool hung_up() const { return hung_up_; }
    const std::vector<Line>& lines() const { return lines_; }  // commands and AUTH answers
    std::size_t count(std::string_view verb) const;
    const std::vector<std::string>& messages() const { return messages_; }  // accepted, dots undone
    const std::string& clear_bytes() const { return clear_bytes_; }  // all that came unencrypted

  private:
    enum class Mode { command, auth_user, auth_password, data };

    std::string answer(std::string line);
    std::string answer_command(const std::string& line);
    std::string answer_envelope(const std::string& verb);
    std::string answer_data(const std::string& line);
    std::string scripted(const std::string& key, const std::string& usual);
    std::string hello();

    Script script_;
    bool encrypted_;
    bool hung_up_ = false;
    Mode mode_ = Mode::command;
    bool has_sender_ = false;
    bool has_recipient_ = false;
    std::string buffer_;
    std::string message_;
    std::vector<Line> lines_;
    std::vector<std::string> messages_;
    std::string clear_bytes_;
};

// Where the connection breaks: at the n-th operation (read, write, handshake), in one of these
// ways.
struct Break {
    enum class How { never, timed_out, closed, reset, after_write };
    std::size_t operation = 0;
    How how = How::never;  // after_write: the bytes arrive, and the writer is told they did not
};

class TestStream final : public net::Stream {
  public:
    TestStream(std::shared_ptr<TestServer> server, Break broken, std::size_t read_bytes_max = 8192);

    base::Task<base::Result<std::size_t>> read_some(
        std::span<char> into, base::MonotonicTime deadline
    ) override;
    void cancel_read() override {}  // no read of it waits
    base::Task<base::Result<>> write_all(std::string bytes, base::MonotonicTime deadline) override;
    base::Task<base::Result<>> start_tls(base::MonotonicTime deadline) override;
    bool encrypted() const override { return server_->encrypted(); }
    void close() noexcept override { closed_ = true; }

  private:
    bool breaks_now();
    std::unexpected<base::Error> failure() const;

    std::shared_ptr<TestServer> server_;
    Break break_;
    std::size_t read_bytes_max_;
    std::size_t operations_ = 0;
    std::string incoming_;
    bool closed_ = false;
};

// Dials one TestServer.
class TestDialer final : public net::Dialer {
  public:
    explicit TestDialer(Script script, Break broken = {}, std::size_t read_bytes_max = 8192)
        : script_(std::move(script)), break_(broken), read_bytes_max_(read_bytes_max) {}

    base::Task<base::Result<std::unique_ptr<net::Stream>>> dial(
        net::Endpoint endpoint, base::MonotonicTime deadline
    ) override;

    std::optional<base::Error> refusal;  // dialing fails with this
    bool implicit_is_encrypted = true;   // false: a stream in clear though TLS was asked for
    std::shared_ptr<TestServer> server;  // the last one dialed

  private:
    Script script_;
    Break break_;
    std::size_t read_bytes_max_;
};

class TestClock final : public base::Clock {
  public:
    base::Timestamp now() const override { return {}; }
    base::MonotonicTime monotonic() const override { return time; }
    TimerId call_at(base::MonotonicTime, std::function<void()>) override { return 0; }
    void cancel(TimerId) override {}

    base::MonotonicTime time{};
};

// Runs a task that never really waits.
template <class T>
T run(base::Task<T> task) {
    std::optional<T> result;
    auto keep = [](base::Task<T> inner, std::optional<T>& out) -> base::Task<> {
        out.emplace(co_await std::move(inner));
    };
    std::exception_ptr problem;
    base::start(keep(std::move(task), result), [&](std::exception_ptr error) { problem = error; });
    if (problem) std::rethrow_exception(problem);
    return std::move(result).value();
}
void run(base::Task<> task);

}  // namespace smtp::test
