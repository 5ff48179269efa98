// Test support: a client written by hand over a stream of the world's dialer.
#pragma once
#include "sandbox/test_world.h"

namespace sandbox::test {

// Dials and reads in the background; `exchange` writes and gives back what came until all was
// quiet.
class Wire {
  public:
    Wire(World& world, VirtualLoop& loop, net::Endpoint endpoint) : loop_(loop) {
        auto dialed =
            base::run_to_end(loop, world.dialer().dial(std::move(endpoint), loop.in(kPatience)));
        if (!dialed) {
            error = dialed.error();
            return;
        }
        stream_ = std::move(*dialed);
        base::start(read_all(*this), [](std::exception_ptr) {});
        loop_.advance(std::chrono::seconds(0));
    }
    Wire(const Wire&) = delete;
    Wire& operator=(const Wire&) = delete;
    ~Wire() {
        if (stream_) stream_->close();
        loop_.advance(std::chrono::seconds(0));  // the reader ends
    }

    std::string exchange(std::string bytes) {
        received.clear();
        (void)base::run_to_end(loop_, stream_->write_all(std::move(bytes), loop_.in(kPatience)));
        loop_.advance(std::chrono::seconds(0));
        return received;
    }
    std::string say(std::string_view line) { return exchange(std::string(line) + "\r\n"); }
    bool start_tls() {
        return base::run_to_end(loop_, stream_->start_tls(loop_.in(kPatience))).has_value();
    }
    void hang_up() { stream_->close(); }

    std::string received;
    bool closed = false;  // by the server
    std::optional<base::Error> error;

  private:
    static constexpr base::Duration kPatience = std::chrono::seconds(30);

    static base::Task<> read_all(Wire& wire) {
        std::vector<char> buffer(4096);
        while (true) {
            const auto count = co_await wire.stream_->read_some(buffer, base::MonotonicTime::max());
            if (!count || *count == 0) break;
            wire.received.append(buffer.data(), *count);
        }
        wire.closed = true;
    }

    VirtualLoop& loop_;
    std::unique_ptr<net::Stream> stream_;
};

struct TestWorld {
    explicit TestWorld(std::uint64_t seed = 1, std::string kind = "kind")
        : world({seed, std::move(kind), kStart}, loop) {
        for (AccountSpec& spec : accounts()) world.add_account(std::move(spec));
    }
    VirtualLoop loop{kStart};
    World world;

    // A Zoho-like session, logged in.
    std::unique_ptr<Wire> submission() {
        auto wire = std::make_unique<Wire>(world, loop, smtp_endpoint("zoho"));
        wire->say("EHLO [127.0.0.1]");
        wire->say("STARTTLS");
        wire->start_tls();
        wire->say("EHLO [127.0.0.1]");
        wire->say("AUTH PLAIN " + plain_login(kSender.str(), "secret"));
        return wire;
    }
    std::string send(const base::Email& to, std::string_view id) {
        const auto wire = submission();
        wire->say("MAIL FROM:<" + kSender.str() + ">");
        wire->say("RCPT TO:<" + to.str() + ">");
        wire->say("DATA");
        return wire->exchange(message(kSender, to, id) + ".\r\n");
    }
};

}  // namespace sandbox::test
