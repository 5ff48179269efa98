// `campaign start` asks the public address of the unsubscribe pages: what is taken for ours, and
// what is not. In front of `serve` stands what a proxy is, with TLS.
#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>

#include "net/loopback_server.h"
#include "tests/e2e/program.h"

namespace e2e {
namespace {

using ::testing::HasSubstr;

// What the plain server on `port` answers.
std::string relayed(std::uint16_t port, const std::string& request) {
    const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(port);
    std::string answer;
    if (::connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0) {
        net::send_text(fd, request);
        ::shutdown(fd, SHUT_WR);
        answer = net::receive_rest(fd);
    }
    ::close(fd);
    return answer;
}

std::string page(const std::string& body) {
    return "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: " +
           std::to_string(body.size()) + "\r\nConnection: close\r\n\r\n" + body;
}

class CampaignStart : public Program {
  protected:
    using Answer = std::function<std::string(const std::string& request)>;

    void SetUp() override {
        must({"init"});
        const Outcome example = run({"campaign", "create", "--example"});
        put("shops.toml", example.out);
        must({"campaign", "create", "shops", "--file", "shops.toml"});
        edit("pilotlight.toml", "# listen = \"\"", "listen = \"127.0.0.1:0\"");
        edit("pilotlight.toml", "[tls]\n", "[tls]\nca_file = \"" + authority_.file() + "\"\n");
        const std::string address = "https://127.0.0.1:" + std::to_string(front_.port());
        edit("pilotlight.toml", "[unsubscribe]\n", "[unsubscribe]\nurl = \"" + address + "\"\n");
    }
    // What `campaign start` says where this server stands at the public address.
    std::string refusal(Answer answer) {
        answer_ = std::move(answer);
        const Outcome outcome = run({"campaign", "start", "shops"});
        EXPECT_EQ(outcome.exit_code, 2) << outcome.out;
        EXPECT_THAT(everything(), ::testing::Not(HasSubstr("|active|")));
        return outcome.err;
    }
    std::uint16_t port_of_ready() {
        const std::string before = "unsubscribe pages on 127.0.0.1:";
        EXPECT_TRUE(lab::await(std::chrono::seconds(30), [&] {
            const std::size_t at = shown().find(before);
            return at != std::string::npos && shown().find('\n', at) != std::string::npos;
        })) << said();
        const std::size_t at = shown().find(before);
        if (at == std::string::npos) return 0;
        return static_cast<std::uint16_t>(std::stoi(shown().substr(at + before.size())));
    }

    Answer answer_;
    net::TestAuthority authority_;
    net::Identity identity_ = authority_.issue("IP:127.0.0.1");
    net::LoopbackServer front_{[this](int fd) {
        net::TlsPeer peer(fd, identity_);
        if (!peer.shake_hands()) return;
        const std::string request = peer.receive_until("\r\n\r\n");
        peer.send(answer_(request));
        peer.say_goodbye();
    }};
};

TEST_F(CampaignStart, TakesOurOwnListenerBehindAProxy) {
    lab::Process service = begin({"serve"});
    const std::uint16_t port = port_of_ready();
    std::vector<std::string> asked;
    answer_ = [&](const std::string& request) {
        asked.push_back(request.substr(0, request.find(' ', 4)));
        return relayed(port, request);
    };
    const Outcome outcome = run({"campaign", "start", "shops"});
    EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
    EXPECT_THAT(outcome.out, HasSubstr("\"shops\" runs"));
    ASSERT_EQ(asked.size(), 2U);
    EXPECT_THAT(asked[0], HasSubstr("GET /u/"));
    EXPECT_NE(asked[0], asked[1]);
    // To look is not to unsubscribe.
    EXPECT_THAT(everything(), ::testing::Not(HasSubstr("suppressions: ")));
    service.signal(SIGTERM);
    EXPECT_EQ(end(service).exit_code, 0);
}

TEST_F(CampaignStart, RefusesWhatAnswersButIsNotOurs) {
    EXPECT_THAT(
        refusal([](const std::string&) { return page("<h1>Welcome to nginx!</h1>"); }),
        HasSubstr("another page than the one to unsubscribe")
    );
    const std::string field =
        "<form method=\"post\"><input type=\"hidden\" name=\"List-Unsubscribe\" "
        "value=\"One-Click\"></form>";
    EXPECT_THAT(
        refusal([&](const std::string&) { return page(field); }),
        HasSubstr("answers 200 to a link that is broken")
    );
    EXPECT_THAT(
        refusal([](const std::string&) {
            return std::string("HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n");
        }),
        HasSubstr("answers 502")
    );
}

}  // namespace
}  // namespace e2e
