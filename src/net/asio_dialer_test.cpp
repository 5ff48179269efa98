#include "net/asio_dialer.h"

#include <future>

#include "net/loopback_server.h"

namespace {

using net::Identity;
using net::LoopbackServer;
using net::TestAuthority;
using net::Tls;
using net::TlsPeer;
using std::chrono::milliseconds;
using std::chrono::seconds;

const TestAuthority& authority() {
    static const TestAuthority made;
    return made;
}

// A server that speaks TLS from the start, answers one line and says goodbye.
LoopbackServer::Talk tls_talk(Identity identity) {
    return [identity](int fd) {
        TlsPeer peer(fd, identity);
        if (!peer.shake_hands()) return;
        const std::string line = peer.receive_until("\r\n");
        peer.send(peer.server_name() + " " + peer.version() + " got " + line);
        peer.say_goodbye();
    };
}

class AsioDialerTest : public testing::Test {
  protected:
    using Dialed = base::Result<std::unique_ptr<net::Stream>>;

    Dialed dial(
        std::string host,
        std::uint16_t port,
        Tls tls = Tls::implicit,
        base::Duration limit = seconds(10)
    ) {
        const net::Endpoint endpoint{std::move(host), port, tls};
        return base::run_to_end(loop, dialer.dial(endpoint, loop.in(limit)));
    }
    std::string refusal(const Identity& identity, std::string host = "localhost") {
        const LoopbackServer server(tls_talk(identity));
        const Dialed dialed = dial(std::move(host), server.port());
        if (dialed) return "accepted";
        EXPECT_EQ(dialed.error().code, base::ErrorCode::tls);
        return dialed.error().message;
    }
    // Bytes, "" at the end, or the name of the error.
    std::string read(net::Stream& stream, base::Duration limit = seconds(10)) {
        std::array<char, 256> buffer;
        const auto got = base::run_to_end(loop, stream.read_some(buffer, loop.in(limit)));
        return got ? std::string(buffer.data(), *got) : std::string(to_string(got.error().code));
    }
    std::string write(net::Stream& stream, std::string bytes, base::Duration limit = seconds(10)) {
        const auto done =
            base::run_to_end(loop, stream.write_all(std::move(bytes), loop.in(limit)));
        return done ? "ok" : std::string(to_string(done.error().code));
    }

    net::AsioLoop loop;
    net::AsioDialer dialer{loop, {authority().file()}};
};

using testing::HasSubstr;

TEST_F(AsioDialerTest, SpeaksTlsFromTheFirstByte) {
    const LoopbackServer server(tls_talk(authority().issue("DNS:localhost")));
    const Dialed dialed = dial("localhost", server.port());
    ASSERT_TRUE(dialed) << dialed.error().describe();
    net::Stream& stream = **dialed;
    EXPECT_TRUE(stream.encrypted());
    EXPECT_EQ(write(stream, ""), "ok");
    EXPECT_EQ(write(stream, "hello\r\n"), "ok");
    EXPECT_EQ(read(stream), "localhost TLSv1.3 got hello\r\n");
    EXPECT_EQ(read(stream), "");
}

TEST_F(AsioDialerTest, AReadCanBeCalledOffAndTheStreamGoesOn) {
    const LoopbackServer server(tls_talk(authority().issue("DNS:localhost")));
    const Dialed dialed = dial("localhost", server.port());
    ASSERT_TRUE(dialed) << dialed.error().describe();
    net::Stream& stream = **dialed;
    stream.cancel_read();  // none is under way
    for (int i = 0; i < 3; ++i) {
        loop.call_at(loop.in(milliseconds(1)), [&] { stream.cancel_read(); });
        EXPECT_EQ(read(stream), "cancelled");
    }
    EXPECT_EQ(write(stream, "hello\r\n"), "ok");
    EXPECT_EQ(read(stream), "localhost TLSv1.3 got hello\r\n");
}

TEST_F(AsioDialerTest, VerifiesNumericHostsByTheirAddress) {
    const LoopbackServer server(tls_talk(authority().issue("IP:127.0.0.1")));
    const Dialed dialed = dial("127.0.0.1", server.port());
    ASSERT_TRUE(dialed) << dialed.error().describe();
    EXPECT_EQ(write(**dialed, "x\r\n"), "ok");
    EXPECT_EQ(read(**dialed), " TLSv1.3 got x\r\n");  // no SNI for a number (RFC 6066 section 3)
    EXPECT_THAT(
        refusal(authority().issue("DNS:localhost"), "127.0.0.1"), HasSubstr("IP address mismatch")
    );
}

TEST_F(AsioDialerTest, RefusesBadCertificatesWithReasonAndMend) {
    const std::string expired = refusal(authority().issue("DNS:localhost", -1));
    EXPECT_THAT(expired, HasSubstr("certificate has expired (have it renewed"));
    EXPECT_THAT(expired, HasSubstr("localhost:"));
    EXPECT_THAT(
        refusal(authority().issue("DNS:mx.test")), HasSubstr("hostname mismatch (use the name")
    );
    // A stranger, and one that took the trusted authority's name.
    for (const char* name : {"Other Authority", "Test Authority"}) {
        const TestAuthority stranger(name);
        const std::string words = refusal(stranger.issue("DNS:localhost"));
        EXPECT_THAT(words, HasSubstr("set [tls] ca_file for a private CA"));
    }
    EXPECT_THAT(
        refusal(TestAuthority::self_signed("DNS:localhost")), HasSubstr("set [tls] ca_file")
    );
}

TEST_F(AsioDialerTest, TrustsNoPrivateAuthorityByItself) {
    const LoopbackServer server(tls_talk(authority().issue("DNS:localhost")));
    net::AsioDialer plain(loop, {});
    const net::Endpoint endpoint{"localhost", server.port(), Tls::implicit};
    const Dialed dialed = base::run_to_end(loop, plain.dial(endpoint, loop.in(seconds(10))));
    ASSERT_FALSE(dialed);
    EXPECT_EQ(dialed.error().code, base::ErrorCode::tls);
}

TEST_F(AsioDialerTest, NamesAnUnusableCaFile) {
    const LoopbackServer server(tls_talk(authority().issue("DNS:localhost")));
    net::AsioDialer broken(loop, {"/nowhere/ca.pem"});
    const net::Endpoint endpoint{"localhost", server.port(), Tls::implicit};
    const Dialed dialed = base::run_to_end(loop, broken.dial(endpoint, loop.in(seconds(10))));
    ASSERT_FALSE(dialed);
    EXPECT_THAT(dialed.error().message, HasSubstr("ca_file = \"/nowhere/ca.pem\" cannot be used"));
}

TEST_F(AsioDialerTest, RefusesOldProtocolsAndPlainServers) {
    const Identity identity = authority().issue("DNS:localhost");
    const LoopbackServer old([identity](int fd) {
        TlsPeer peer(fd, identity, 0x0302);  // TLS 1.1
        peer.shake_hands();
    });
    const Dialed refused = dial("localhost", old.port());
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, base::ErrorCode::tls);
    const LoopbackServer plain([](int fd) {
        net::send_text(fd, "220 plain.test\r\n");
        net::receive_rest(fd);
    });
    const Dialed mistaken = dial("localhost", plain.port());
    ASSERT_FALSE(mistaken);
    EXPECT_EQ(mistaken.error().code, base::ErrorCode::tls);
    EXPECT_THAT(mistaken.error().message, HasSubstr("wrong version number"));
    const LoopbackServer silent([](int fd) { net::receive_until(fd, "\x01"); });
    const Dialed dropped = dial("localhost", silent.port());
    ASSERT_FALSE(dropped);
    EXPECT_EQ(dropped.error().code, base::ErrorCode::tls);
}

TEST_F(AsioDialerTest, TellsWhyItCannotConnect) {
    const Dialed refused = dial("127.0.0.1", net::closed_port());
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, base::ErrorCode::network);
    EXPECT_THAT(
        refused.error().message, HasSubstr("cannot connect to 127.0.0.1: Connection refused")
    );
    const Dialed nowhere = dial("no..such..host.test", 25);
    ASSERT_FALSE(nowhere);
    EXPECT_EQ(nowhere.error().code, base::ErrorCode::network);
    EXPECT_THAT(nowhere.error().message, HasSubstr("cannot resolve no..such..host.test"));
}

TEST_F(AsioDialerTest, ASilentHandshakeTimesOut) {
    const LoopbackServer server([](int fd) { net::receive_rest(fd); });
    const Dialed dialed = dial("localhost", server.port(), Tls::implicit, milliseconds(50));
    ASSERT_FALSE(dialed);
    EXPECT_EQ(dialed.error().code, base::ErrorCode::timed_out);
    const Dialed late = dial("localhost", server.port(), Tls::implicit, milliseconds(-1));
    ASSERT_FALSE(late);
    EXPECT_EQ(late.error().code, base::ErrorCode::timed_out);
}

TEST_F(AsioDialerTest, UpgradesByStarttls) {
    const Identity identity = authority().issue("DNS:localhost");
    const LoopbackServer server([identity](int fd) {
        net::send_text(fd, "220 hi\r\n");
        net::receive_until(fd, "STARTTLS\r\n");
        net::send_text(fd, "220 go\r\n");
        TlsPeer peer(fd, identity);
        if (!peer.shake_hands()) return;
        peer.send(peer.receive_until("\r\n"));
    });
    const Dialed dialed = dial("localhost", server.port(), Tls::starttls);
    ASSERT_TRUE(dialed) << dialed.error().describe();
    net::Stream& stream = **dialed;
    EXPECT_FALSE(stream.encrypted());
    EXPECT_EQ(read(stream), "220 hi\r\n");
    EXPECT_EQ(write(stream, "STARTTLS\r\n"), "ok");
    EXPECT_EQ(read(stream), "220 go\r\n");
    ASSERT_TRUE(base::run_to_end(loop, stream.start_tls(loop.in(seconds(10)))));
    EXPECT_TRUE(stream.encrypted());
    EXPECT_EQ(write(stream, "EHLO again\r\n"), "ok");
    EXPECT_EQ(read(stream), "EHLO again\r\n");
    EXPECT_EQ(read(stream), "");  // the server drops the line without close_notify
    const base::Result<> twice = base::run_to_end(loop, stream.start_tls(loop.in(seconds(10))));
    ASSERT_FALSE(twice);
    EXPECT_EQ(twice.error().code, base::ErrorCode::tls);
}

TEST_F(AsioDialerTest, PlainTextInjectedBeforeTheHandshakeBreaksIt) {
    const LoopbackServer server([](int fd) {
        net::send_text(fd, "x250 injected\r\n");
        net::receive_rest(fd);
    });
    const Dialed dialed = dial("localhost", server.port(), Tls::starttls);
    ASSERT_TRUE(dialed);
    std::array<char, 1> one;
    ASSERT_TRUE(base::run_to_end(loop, (*dialed)->read_some(one, loop.in(seconds(10)))));
    const base::Result<> started =
        base::run_to_end(loop, (*dialed)->start_tls(loop.in(seconds(10))));
    ASSERT_FALSE(started);
    EXPECT_EQ(started.error().code, base::ErrorCode::tls);
    EXPECT_EQ(write(**dialed, "secret"), "closed");
}

TEST_F(AsioDialerTest, CarriesLargeWritesInClearAndEncrypted) {
    const Identity identity = authority().issue("DNS:localhost");
    for (const Tls tls : {Tls::starttls, Tls::implicit}) {
        std::size_t received = 0;
        const LoopbackServer server([&, tls](int fd) {
            TlsPeer peer(fd, identity);
            if (tls == Tls::implicit && !peer.shake_hands()) return;
            const std::string got =
                tls == Tls::implicit ? peer.receive_until("!") : net::receive_until(fd, "!");
            received = got.size();
            tls == Tls::implicit ? peer.send("ok") : net::send_text(fd, "ok");
        });
        const Dialed dialed = dial("localhost", server.port(), tls);
        ASSERT_TRUE(dialed) << dialed.error().describe();
        EXPECT_EQ(write(**dialed, std::string(8'000'000, 'a') + "!", seconds(60)), "ok");
        EXPECT_EQ(read(**dialed, seconds(60)), "ok");
        EXPECT_EQ(received, 8'000'001U);
    }
}

TEST_F(AsioDialerTest, AWriteNobodyReadsAndAReadNobodyServesTimeOut) {
    const LoopbackServer server([](int fd) { net::receive_until(fd, "x"); });
    Dialed dialed = dial("localhost", server.port(), Tls::starttls);
    ASSERT_TRUE(dialed);
    EXPECT_EQ(read(**dialed, milliseconds(20)), "timed_out");
    EXPECT_EQ(read(**dialed), "closed");  // a stream is of no use after a timeout
    std::promise<void> seen;
    const LoopbackServer stuck([&](int) { seen.get_future().wait(); });
    dialed = dial("localhost", stuck.port(), Tls::starttls);
    ASSERT_TRUE(dialed);
    EXPECT_EQ(write(**dialed, std::string(32'000'000, 'a'), milliseconds(50)), "timed_out");
    seen.set_value();
}

TEST_F(AsioDialerTest, MayBeClosedOrDestroyedWithAReadPending) {
    const Identity identity = authority().issue("DNS:localhost");
    const LoopbackServer server([identity](int fd) {
        TlsPeer peer(fd, identity);
        if (peer.shake_hands()) peer.receive_until("never");
    });
    for (const bool destroy : {false, true}) {
        Dialed dialed = dial("localhost", server.port());
        ASSERT_TRUE(dialed) << dialed.error().describe();
        net::Stream* stream = dialed->get();
        loop.post([&] { destroy ? dialed->reset() : stream->close(); });
        EXPECT_EQ(read(*stream), "closed") << destroy;
    }
}

TEST_F(AsioDialerTest, ADestroyedReaderIsForgotten) {
    const LoopbackServer server([](int fd) {
        net::receive_until(fd, "go");
        net::send_text(fd, "late");
        net::receive_rest(fd);
    });
    const Dialed dialed = dial("localhost", server.port(), Tls::starttls);
    ASSERT_TRUE(dialed);
    std::array<char, 16> buffer;
    {
        auto reader = (*dialed)->read_some(buffer, loop.in(seconds(10)));
        auto awaiter = std::move(reader).operator co_await();
        awaiter.await_suspend(std::noop_coroutine()).resume();
    }
    EXPECT_EQ(write(**dialed, "go"), "ok");
    EXPECT_EQ(read(**dialed), "late");
}

}  // namespace
