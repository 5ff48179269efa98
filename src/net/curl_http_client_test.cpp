#include "net/curl_http_client.h"

#include <cstdlib>

#include "net/asio_loop.h"
#include "net/loopback_server.h"

namespace {

using base::ErrorCode;
using net::HttpRequest;
using net::LoopbackServer;
using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::HasSubstr;

using Outcome = base::Result<net::HttpResponse>;

// Answers every request on every connection with the same bytes; keeps the requests.
class HttpServer {
  public:
    explicit HttpServer(std::string answer, bool keep_open = false)
        : server_([this, answer, keep_open](int fd) {
              do {
                  std::string request = net::receive_until(fd, "\r\n\r\n");
                  if (request.empty()) return;
                  if (request.starts_with("POST")) request += net::receive_until(fd, "}");
                  requests.push_back(request);
                  net::send_text(fd, answer);
              } while (keep_open);
          }) {}
    std::string url(const std::string& host = "127.0.0.1", const std::string& path = "/") const {
        return fmt::format("http://{}:{}{}", host, server_.port(), path);
    }
    int accepted() const { return server_.accepted(); }

    std::vector<std::string> requests;  // read it after an answer to the last of them

  private:
    LoopbackServer server_;
};

class CurlHttpClientTest : public testing::Test {
  protected:
    static HttpRequest get(std::string url) {
        HttpRequest request;
        request.url = std::move(url);
        request.timeout = seconds(10);
        request.allow_private_addresses = true;
        return request;
    }
    Outcome send(HttpRequest request) {
        return base::run_to_end(loop, client.send(std::move(request)));
    }
    ErrorCode error(HttpRequest request) {
        const Outcome outcome = send(std::move(request));
        EXPECT_FALSE(outcome);
        return outcome ? ErrorCode::not_found : outcome.error().code;
    }

    net::AsioLoop loop;
    net::CurlHttpClient client{loop, {}};
};

TEST_F(CurlHttpClientTest, BringsStatusHeadersAndBody) {
    HttpServer server(
        "HTTP/1.1 100 Continue\r\nX-Early: 1\r\n\r\n"
        "HTTP/1.1 429 Too Many\r\nRetry-After: 2 \r\nX-Twice: a\r\nX-Twice: b\r\n"
        "Content-Length: 5\r\n\r\nhello"
    );
    HttpRequest request = get(server.url("127.0.0.1", "/v1/chat?x=1"));
    request.method = "POST";
    request.headers = {
        {"Authorization", "Bearer k"}, {"Content-Type", "application/json"}, {"X-Empty", ""}
    };
    request.body = "{\"a\":1}";
    const Outcome outcome = send(request);
    ASSERT_TRUE(outcome) << outcome.error().describe();
    EXPECT_EQ(outcome->status, 429);
    EXPECT_EQ(outcome->header("retry-after"), "2");
    EXPECT_EQ(outcome->header("x-twice"), "a");
    EXPECT_EQ(outcome->header("x-early"), "");
    EXPECT_EQ(outcome->headers.size(), 4U);
    EXPECT_EQ(outcome->body, "hello");
    ASSERT_EQ(server.requests.size(), 1U);
    const std::string& sent = server.requests[0];
    EXPECT_TRUE(sent.starts_with("POST /v1/chat?x=1 HTTP/1.1\r\n")) << sent;
    EXPECT_THAT(sent, HasSubstr("\r\nAuthorization: Bearer k\r\n"));
    EXPECT_THAT(sent, HasSubstr("\r\nContent-Type: application/json\r\n"));
    EXPECT_THAT(sent, HasSubstr("\r\nX-Empty:\r\n"));
    EXPECT_THAT(sent, HasSubstr("\r\nContent-Length: 7\r\n"));
    EXPECT_THAT(sent, Not(HasSubstr("Expect")));
    EXPECT_TRUE(sent.ends_with("\r\n\r\n{\"a\":1}"));
}

TEST_F(CurlHttpClientTest, FollowsNoRedirect) {
    HttpServer server(
        "HTTP/1.1 302 Found\r\nLocation: /elsewhere\r\nContent-Length: 0\r\n\r\n", true
    );
    const Outcome outcome = send(get(server.url()));
    ASSERT_TRUE(outcome);
    EXPECT_EQ(outcome->status, 302);
    EXPECT_EQ(server.requests.size(), 1U);
}

TEST_F(CurlHttpClientTest, ReadsAHeadWithoutBody) {
    HttpServer server("HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n");
    HttpRequest request = get(server.url());
    request.method = "HEAD";
    const Outcome outcome = send(request);
    ASSERT_TRUE(outcome) << outcome.error().describe();
    EXPECT_EQ(outcome->header("content-length"), "500");
    EXPECT_TRUE(server.requests.at(0).starts_with("HEAD / "));
}

TEST_F(CurlHttpClientTest, CapsTheResponse) {
    HttpServer server(
        "HTTP/1.1 200 OK\r\nContent-Length: 1001\r\n\r\n" + std::string(1001, 'a'), true
    );
    HttpRequest request = get(server.url());
    request.response_bytes_max = 1000;
    EXPECT_EQ(error(request), ErrorCode::limit_exceeded);
    request.response_bytes_max = 1001;
    EXPECT_EQ(send(request)->body.size(), 1001U);
    std::string flood = "HTTP/1.1 200 OK\r\n";
    for (int i = 0; i < 200; ++i) flood += "X-Flood: " + std::string(1000, 'a') + "\r\n";
    HttpServer headers(flood + "\r\n");
    EXPECT_EQ(error(get(headers.url())), ErrorCode::limit_exceeded);
}

TEST_F(CurlHttpClientTest, TimesOut) {
    HttpServer silent("", true);
    HttpRequest request = get(silent.url());
    request.timeout = milliseconds(50);
    EXPECT_EQ(error(request), ErrorCode::timed_out);
    HttpServer slow("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\npart", true);
    request.url = slow.url();
    EXPECT_EQ(error(request), ErrorCode::timed_out);
}

TEST_F(CurlHttpClientTest, RefusesPrivateAddressesUnlessAllowed) {
    HttpServer server("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", true);
    // A kept connection of an allowed request is no way in either.
    EXPECT_EQ(send(get(server.url()))->body, "ok");
    for (const std::string host :
         {"127.0.0.1", "localhost", "[::1]", "[::ffff:127.0.0.1]", "2130706433"}) {
        HttpRequest request = get(server.url(host));
        request.allow_private_addresses = false;
        const Outcome outcome = send(request);
        ASSERT_FALSE(outcome) << host;
        EXPECT_EQ(outcome.error().code, ErrorCode::permission) << host;
    }
    EXPECT_EQ(server.requests.size(), 1U);
    EXPECT_EQ(send(get(server.url()))->body, "ok");
}

TEST_F(CurlHttpClientTest, NoticesACutResponse) {
    HttpServer body("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\npart");
    EXPECT_EQ(error(get(body.url())), ErrorCode::network);
    HttpServer chunk("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n10\r\npart");
    EXPECT_EQ(error(get(chunk.url())), ErrorCode::network);
    HttpServer nothing("");
    EXPECT_EQ(error(get(nothing.url())), ErrorCode::network);
    HttpServer other("220 mx.test ESMTP\r\n");
    EXPECT_EQ(error(get(other.url())), ErrorCode::network);
    EXPECT_EQ(
        error(get(fmt::format("http://127.0.0.1:{}/", net::closed_port()))), ErrorCode::network
    );
    EXPECT_EQ(error(get("http://no..such..host.test/")), ErrorCode::network);
}

TEST_F(CurlHttpClientTest, RefusesWhatIsNoHttpRequest) {
    for (const char* url :
         {"", "ftp://127.0.0.1/x", "file:///etc/passwd", "http://a b/", "http://a/\r\nX: y"}) {
        EXPECT_EQ(error(get(url)), ErrorCode::invalid_input) << url;
    }
    HttpRequest request = get("http://127.0.0.1/");
    request.headers = {{"X-A", "b\r\nX-C: d"}};
    EXPECT_EQ(error(request), ErrorCode::invalid_input);
    request.headers = {{"", "b"}};
    EXPECT_EQ(error(request), ErrorCode::invalid_input);
}

TEST_F(CurlHttpClientTest, ChecksCertificates) {
    const net::TestAuthority authority;
    const net::Identity identity = authority.issue("DNS:localhost");
    const LoopbackServer server([identity](int fd) {
        net::TlsPeer peer(fd, identity);
        if (!peer.shake_hands()) return;
        peer.receive_until("\r\n\r\n");
        peer.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
    });
    const auto url = [&](const char* host) {
        return fmt::format("https://{}:{}/", host, server.port());
    };
    EXPECT_EQ(error(get(url("localhost"))), ErrorCode::tls);
    net::CurlHttpClient trusting(loop, {authority.file()});
    const Outcome outcome = base::run_to_end(loop, trusting.send(get(url("localhost"))));
    ASSERT_TRUE(outcome) << outcome.error().describe();
    EXPECT_EQ(outcome->body, "ok");
    const Outcome mismatch = base::run_to_end(loop, trusting.send(get(url("127.0.0.1"))));
    ASSERT_FALSE(mismatch);
    EXPECT_EQ(mismatch.error().code, ErrorCode::tls);
    net::CurlHttpClient broken(loop, {"/nowhere/ca.pem"});
    const Outcome unusable = base::run_to_end(loop, broken.send(get(url("localhost"))));
    ASSERT_FALSE(unusable);
    EXPECT_THAT(
        unusable.error().message, HasSubstr("ca_file = \"/nowhere/ca.pem\" cannot be used")
    );
}

TEST_F(CurlHttpClientTest, TakesNoProxyFromTheEnvironment) {
    HttpServer server("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
    ::setenv("http_proxy", fmt::format("http://127.0.0.1:{}", net::closed_port()).c_str(), 1);
    const Outcome outcome = send(get(server.url()));
    ::unsetenv("http_proxy");
    ASSERT_TRUE(outcome) << outcome.error().describe();
}

TEST_F(CurlHttpClientTest, ServesManyRequestsAtOnce) {
    const LoopbackServer hanging([](int fd) { net::receive_rest(fd); });
    HttpServer server("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
    HttpRequest slow = get(fmt::format("http://127.0.0.1:{}/", hanging.port()));
    slow.timeout = milliseconds(200);
    std::vector<base::Task<Outcome>> tasks;
    for (int i = 0; i < 20; ++i) tasks.push_back(client.send(slow));
    for (int i = 0; i < 20; ++i) tasks.push_back(client.send(get(server.url())));
    const std::vector<Outcome> outcomes = base::run_to_end(loop, base::when_all(std::move(tasks)));
    for (std::size_t i = 0; i < 20; ++i) EXPECT_EQ(outcomes[i].error().code, ErrorCode::timed_out);
    for (std::size_t i = 20; i < 40; ++i) EXPECT_TRUE(outcomes[i].has_value());
}

TEST(CurlHttpClient, CancelsWhatIsUnderWayAtItsEnd) {
    net::AsioLoop loop;
    const LoopbackServer hanging([](int fd) { net::receive_rest(fd); });
    auto client = std::make_unique<net::CurlHttpClient>(loop, net::HttpClientSettings{});
    HttpRequest request;
    request.url = fmt::format("http://127.0.0.1:{}/", hanging.port());
    request.allow_private_addresses = true;
    loop.post([&] { client.reset(); });
    const Outcome outcome = base::run_to_end(loop, client->send(request));
    ASSERT_FALSE(outcome);
    EXPECT_EQ(outcome.error().code, ErrorCode::cancelled);
}

}  // namespace
