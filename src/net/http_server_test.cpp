#include "net/http_server.h"

#include "net/memory_stream.h"
#include "tests/support/manual_loop.h"

namespace net {
namespace {

using std::chrono::seconds;

const std::string kGet = "GET /hello HTTP/1.1\r\nHost: x\r\n\r\n";

class HttpServerTest : public testing::Test {
  protected:
    ~HttpServerTest() override {
        base::run_to_end(loop_, server_->stop(loop_.clock().in(seconds(1))));
    }
    // A visitor's end of a new connection.
    std::unique_ptr<Stream> connect(const std::string& peer = "127.0.0.1") {
        MemoryPair pair = make_memory_pair(loop_, loop_.clock(), false);
        server_->accept(std::move(pair.server), peer);
        return std::move(pair.client);
    }
    void say(Stream& stream, const std::string& text) {
        // One whose connection was refused finds out when it reads.
        (void)base::run_to_end(loop_, stream.write_all(text, loop_.clock().in(seconds(1))));
    }
    // All that comes until the server closes; time goes on meanwhile.
    std::string rest(Stream& stream) { return base::run_to_end(loop_, read_all(stream)); }
    std::string ask(const std::string& request, const std::string& peer = "127.0.0.1") {
        const auto stream = connect(peer);
        say(*stream, request);
        return rest(*stream);
    }
    void serve(HttpServerSettings settings = {}) {
        server_ =
            std::make_unique<HttpServer>(loop_.clock(), settings, [this](ServerRequest asked) {
                return handle(std::move(asked));
            });
    }

    support::ManualLoop loop_;
    std::vector<ServerRequest> asked_;
    base::Duration thinking_{0};
    bool broken_ = false;
    std::unique_ptr<HttpServer> server_ = std::make_unique<HttpServer>(
        loop_.clock(),
        HttpServerSettings{},
        [this](ServerRequest asked) { return handle(std::move(asked)); }
    );

  private:
    base::Task<ServerReply> handle(ServerRequest request) {
        if (thinking_ > base::Duration(0))
            co_await loop_.clock().sleep_until(loop_.clock().in(thinking_));
        if (broken_) throw std::runtime_error("the store is gone");
        asked_.push_back(request);
        ServerReply reply;
        reply.body = request.method + " " + request.target + " " + request.body;
        co_return reply;
    }
    base::Task<std::string> read_all(Stream& stream) {
        std::string all;
        std::array<char, 1000> chunk{};
        for (;;) {
            const auto count = co_await stream.read_some(chunk, loop_.clock().in(seconds(600)));
            if (!count || *count == 0) co_return all;
            all.append(chunk.data(), *count);
        }
    }
};

TEST_F(HttpServerTest, AnswersOneRequestAndCloses) {
    const std::string answer = ask(kGet + kGet);
    EXPECT_TRUE(answer.starts_with("HTTP/1.1 200 OK\r\nDate: Mon, 23 Nov 2026 13:00:00 GMT\r\n"))
        << answer;
    EXPECT_TRUE(answer.ends_with("\r\n\r\nGET /hello ")) << answer;
    EXPECT_NE(answer.find("Connection: close\r\n"), std::string::npos);
    EXPECT_EQ(asked_.size(), 1U);
    EXPECT_EQ(server_->open_connections(), 0U);
}

TEST_F(HttpServerTest, AnswersHeadWithoutTheBody) {
    const std::string answer = ask("HEAD /hello HTTP/1.1\r\n\r\n");
    EXPECT_NE(answer.find("Content-Length: 12\r\n"), std::string::npos) << answer;
    EXPECT_TRUE(answer.ends_with("\r\n\r\n"));
}

TEST_F(HttpServerTest, TakesNoOtherMethod) {
    for (const std::string method : {"PUT", "DELETE", "OPTIONS", "CONNECT", "TRACE", "BREW"})
        EXPECT_TRUE(ask(method + " /hello HTTP/1.1\r\n\r\n").starts_with("HTTP/1.1 405 "))
            << method;
    EXPECT_TRUE(asked_.empty());
}

TEST_F(HttpServerTest, TellsWhatIsTooLargeOrNoRequest) {
    EXPECT_TRUE(ask("GET /" + std::string(9000, 'x')).starts_with("HTTP/1.1 431 "));
    EXPECT_TRUE(ask("POST / HTTP/1.1\r\nContent-Length: 99999\r\n\r\n").starts_with("HTTP/1.1 413 ")
    );
    EXPECT_TRUE(ask("hello\r\n\r\n").starts_with("HTTP/1.1 400 "));
    EXPECT_TRUE(asked_.empty());
}

TEST_F(HttpServerTest, ASlowRequestEndsAfterTenSecondsHoweverItDribbles) {
    const auto stream = connect();
    const base::MonotonicTime start = loop_.clock().monotonic();
    for (int i = 0; i < 12; ++i) {
        say(*stream, std::string(1, kGet[static_cast<std::size_t>(i)]));
        loop_.advance(seconds(1));
    }
    EXPECT_TRUE(rest(*stream).starts_with("HTTP/1.1 408 "));
    EXPECT_LE(loop_.clock().monotonic() - start, seconds(12));
    EXPECT_EQ(server_->open_connections(), 0U);
}

TEST_F(HttpServerTest, OneThatSaysNothingIsClosedInSilence) {
    const auto stream = connect();
    EXPECT_EQ(rest(*stream), "");
    EXPECT_EQ(server_->open_connections(), 0U);
}

TEST_F(HttpServerTest, TellsAClientThatWaitsToGoOn) {
    const auto stream = connect();
    say(*stream, "POST /hello HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n");
    loop_.run_ready();
    say(*stream, "ok");
    const std::string answer = rest(*stream);
    EXPECT_TRUE(answer.starts_with("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n")) << answer;
    EXPECT_TRUE(answer.ends_with("POST /hello ok"));
}

TEST_F(HttpServerTest, RefusesConnectionsOverTheLimits) {
    serve({.connections_max = 6, .connections_per_peer = 2});
    std::vector<std::unique_ptr<Stream>> open;
    for (int i = 0; i < 3; ++i) open.push_back(connect("8.8.8.8"));
    EXPECT_EQ(server_->open_connections(), 2U);
    for (int i = 0; i < 9; ++i) open.push_back(connect("127.0.0.1"));
    EXPECT_EQ(server_->open_connections(), 6U);
    EXPECT_EQ(ask(kGet), "");
    loop_.advance(seconds(11));
    EXPECT_EQ(server_->open_connections(), 0U);
    EXPECT_TRUE(ask(kGet).starts_with("HTTP/1.1 200 "));
}

TEST_F(HttpServerTest, LimitsTheRateOfEachPeerBehindTheProxyToo) {
    serve({.rate = {.burst = 2, .per_second = 1}});
    const auto from = [](const std::string& peer) {
        return "GET / HTTP/1.1\r\nX-Forwarded-For: 1.2.3.4, " + peer + "\r\n\r\n";
    };
    for (int i = 0; i < 2; ++i) EXPECT_TRUE(ask(from("9.9.9.9")).starts_with("HTTP/1.1 200 "));
    const std::string refused = ask(from("9.9.9.9"));
    EXPECT_TRUE(refused.starts_with("HTTP/1.1 429 ")) << refused;
    EXPECT_NE(refused.find("Retry-After: 10\r\n"), std::string::npos);
    EXPECT_TRUE(ask(from("9.9.9.10")).starts_with("HTTP/1.1 200 "));
    EXPECT_EQ(asked_.back().peer, "9.9.9.10");
    loop_.advance(seconds(2));
    EXPECT_TRUE(ask(from("9.9.9.9")).starts_with("HTTP/1.1 200 "));
}

TEST_F(HttpServerTest, ABrokenHandlerIs503AndTheNextIsServed) {
    broken_ = true;
    const std::string answer = ask(kGet);
    EXPECT_TRUE(answer.starts_with("HTTP/1.1 503 ")) << answer;
    EXPECT_EQ(answer.find("store"), std::string::npos);
    broken_ = false;
    EXPECT_TRUE(ask(kGet).starts_with("HTTP/1.1 200 "));
}

TEST_F(HttpServerTest, AVisitorWhoLeavesHarmsNobody) {
    thinking_ = seconds(2);
    auto stream = connect();
    say(*stream, kGet);
    loop_.run_ready();
    stream.reset();
    loop_.advance(seconds(3));
    EXPECT_EQ(server_->open_connections(), 0U);
    EXPECT_EQ(asked_.size(), 1U);
}

TEST_F(HttpServerTest, StopsWhenWhatWasAskedIsAnswered) {
    thinking_ = seconds(3);
    const auto asking = connect();
    const auto idle = connect();
    say(*asking, kGet);
    loop_.run_ready();
    const base::MonotonicTime start = loop_.clock().monotonic();
    base::run_to_end(loop_, server_->stop(loop_.clock().in(seconds(20))));
    EXPECT_EQ(loop_.clock().monotonic() - start, seconds(3));
    EXPECT_TRUE(rest(*asking).starts_with("HTTP/1.1 200 "));
    EXPECT_EQ(rest(*idle), "");
    EXPECT_EQ(ask(kGet), "");
}

TEST_F(HttpServerTest, StopsAtItsDeadlineWhoeverDribbles) {
    const auto slow = connect();
    say(*slow, "GET /he");
    loop_.run_ready();
    const base::MonotonicTime start = loop_.clock().monotonic();
    base::run_to_end(loop_, server_->stop(loop_.clock().in(seconds(2))));
    EXPECT_EQ(loop_.clock().monotonic() - start, seconds(2));
}

TEST(AskingPeer, BelievesAProxyNearbyOnly) {
    ServerRequest request;
    EXPECT_EQ(asking_peer(request, "127.0.0.1"), "127.0.0.1");
    request.headers = {{"x-forwarded-for", "1.1.1.1"}, {"X-Forwarded-For", "6.6.6.6, 9.9.9.9"}};
    EXPECT_EQ(asking_peer(request, "127.0.0.1"), "9.9.9.9");
    EXPECT_EQ(asking_peer(request, "8.8.8.8"), "8.8.8.8");
    request.headers = {{"X-Forwarded-For", "<script>"}};
    EXPECT_EQ(asking_peer(request, "10.0.0.1"), "10.0.0.1");
}

}  // namespace
}  // namespace net
