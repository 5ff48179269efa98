#include "net/tcp_listener.h"

#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>

#include <thread>

#include "net/http_server.h"
#include "net/loopback_server.h"

namespace net {
namespace {

std::string ask(std::uint16_t port, std::string_view request) {
    const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(port);
    if (::connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
        ::close(fd);
        return "refused";
    }
    send_text(fd, request);
    const std::string answer = receive_rest(fd);
    ::close(fd);
    return answer;
}

base::Task<ServerReply> echo(ServerRequest request) {
    ServerReply reply;
    reply.body = request.peer + " " + request.target;
    co_return reply;
}

// A listener's frame ends on the loop, after close().
void run_what_is_left(AsioLoop& loop) {
    bool done = false;
    loop.post([&] { done = true; });
    loop.run_until(done);
}

TEST(TcpListener, BringsRealConnectionsToTheServer) {
    AsioLoop loop;
    HttpServer server(loop, {}, echo);
    auto listener = TcpListener::open(loop, "127.0.0.1:0", [&](auto stream, auto peer) {
        server.accept(std::move(stream), std::move(peer));
    });
    ASSERT_TRUE(listener) << listener.error().describe();
    const std::uint16_t port = (*listener)->port();
    EXPECT_EQ((*listener)->address(), "127.0.0.1:" + std::to_string(port));
    bool done = false;
    std::vector<std::string> answers;
    std::thread visitor([&] {
        for (int i = 0; i < 20; ++i) answers.push_back(ask(port, "GET /x HTTP/1.1\r\n\r\n"));
        loop.post([&] { done = true; });
    });
    loop.run_until(done);
    visitor.join();
    for (const std::string& answer : answers)
        EXPECT_TRUE(answer.ends_with("\r\n\r\n127.0.0.1 /x")) << answer;
    (*listener)->close();
    EXPECT_EQ(ask(port, "x"), "refused");
    base::run_to_end(loop, server.stop(loop.in(std::chrono::seconds(5))));
    run_what_is_left(loop);
}

TEST(TcpListener, SaysWhyAnAddressCannotBeHad) {
    AsioLoop loop;
    const auto ignore = [](auto, auto) {};
    const auto first = TcpListener::open(loop, "127.0.0.1:0", ignore);
    ASSERT_TRUE(first);
    const auto second = TcpListener::open(loop, (*first)->address(), ignore);
    ASSERT_FALSE(second);
    EXPECT_NE(second.error().message.find("in use"), std::string::npos) << second.error().message;
    const auto foreign = TcpListener::open(loop, "192.0.2.1:0", ignore);
    ASSERT_FALSE(foreign);
    EXPECT_EQ(foreign.error().code, base::ErrorCode::network);
    for (const char* address : {"", "127.0.0.1", ":80", "127.0.0.1:"})
        EXPECT_FALSE(TcpListener::open(loop, address, ignore)) << address;
    const auto six = TcpListener::open(loop, "[::1]:0", ignore);
    if (six) {
        EXPECT_TRUE((*six)->address().starts_with("[::1]:"));
        (*six)->close();
    }
    (*first)->close();
    run_what_is_left(loop);
}

}  // namespace
}  // namespace net
