#include "net/redirect_listener.h"

#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>

#include <thread>

#include "net/loopback_server.h"

namespace {

using std::chrono::seconds;

// A browser's connection, on blocking calls.
class Visitor {
  public:
    explicit Visitor(std::uint16_t port) : fd_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        address.sin_port = htons(port);
        connected_ =
            ::connect(fd_, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
    }
    ~Visitor() { ::close(fd_); }
    Visitor(const Visitor&) = delete;
    Visitor& operator=(const Visitor&) = delete;

    bool connected() const { return connected_; }
    std::string ask(std::string_view request) {
        net::send_text(fd_, request);
        return net::receive_rest(fd_);
    }
    std::string rest() { return net::receive_rest(fd_); }

  private:
    int fd_;
    bool connected_ = false;
};

net::RedirectListener::Answer judge(std::string_view target) {
    if (target == "/?code=right") return {200, "Done.", true};
    return {404, "There is nothing here.", false};
}

class RedirectListenerTest : public testing::Test {
  protected:
    // What the wait gives while `visits` goes on beside it.
    base::Result<std::string> wait(
        const std::function<void(std::uint16_t port)>& visits, base::Duration limit = seconds(30)
    ) {
        auto listener = net::RedirectListener::open(loop_);
        EXPECT_TRUE(listener);
        const std::uint16_t port = (*listener)->port();
        std::thread visitor([&] { visits(port); });
        auto target = base::run_to_end(loop_, (*listener)->wait(judge, loop_.in(limit)));
        visitor.join();
        return target;
    }

    net::AsioLoop loop_;
};

}  // namespace

TEST_F(RedirectListenerTest, GivesTheTargetThatIsTaken) {
    std::string page;
    const auto target = wait([&](std::uint16_t port) {
        page = Visitor(port).ask("GET /?code=right HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n");
    });
    ASSERT_TRUE(target) << target.error().describe();
    EXPECT_EQ(*target, "/?code=right");
    EXPECT_TRUE(page.starts_with("HTTP/1.1 200 OK\r\n")) << page;
    EXPECT_NE(page.find("default-src 'none'"), std::string::npos);
    EXPECT_NE(page.find("<p>Done.</p>"), std::string::npos);
}

TEST_F(RedirectListenerTest, AnswersOthersAndGoesOnWaiting) {
    const std::vector<std::string> others = {
        "GET /favicon.ico HTTP/1.1\r\n\r\n",
        "GET /?code=<script>alert(1)</script> HTTP/1.1\r\n\r\n",
        "POST /?code=right HTTP/1.1\r\n\r\n",
        "GET http://127.0.0.1/?code=right HTTP/1.1\r\n\r\n",
        "\x16\x03\x01 a TLS hello, perhaps\r\n\r\n",
        "GET /" + std::string(20'000, 'x'),
    };
    std::vector<std::string> pages;
    const auto target = wait([&](std::uint16_t port) {
        for (const std::string& other : others) pages.push_back(Visitor(port).ask(other));
        Visitor(port).ask("GET /?code=right HTTP/1.1\r\n\r\n");
    });
    ASSERT_TRUE(target);
    EXPECT_EQ(*target, "/?code=right");
    // The last one's page may be lost in the reset that unread bytes bring.
    pages.pop_back();
    for (const std::string& page : pages) {
        EXPECT_TRUE(page.starts_with("HTTP/1.1 404")) << page;
        EXPECT_EQ(page.find("script>"), std::string::npos);
    }
}

TEST_F(RedirectListenerTest, AConnectionThatSaysNothingHoldsNobodyUp) {
    const auto target = wait([&](std::uint16_t port) {
        Visitor silent(port);
        EXPECT_TRUE(silent.connected());
        Visitor(port).ask("GET /?code=right HTTP/1.1\r\n\r\n");
        EXPECT_EQ(silent.rest(), "");
    });
    EXPECT_TRUE(target);
}

TEST_F(RedirectListenerTest, EndsAtTheDeadline) {
    const auto target = wait([](std::uint16_t) {}, std::chrono::milliseconds(20));
    ASSERT_FALSE(target);
    EXPECT_EQ(target.error().code, base::ErrorCode::timed_out);
}
