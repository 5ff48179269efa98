#include "tests/llm/scripted_model_server.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

namespace support {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

// Says `request` on a new connection and gives all that comes back. `pieces` bytes go at a time.
std::string talk(int port, const std::string& request, std::size_t pieces = std::string::npos) {
    const int descriptor = socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<std::uint16_t>(port));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    EXPECT_EQ(connect(descriptor, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
    for (std::size_t at = 0; at < request.size(); at += std::min(pieces, request.size() - at)) {
        const std::string piece = request.substr(at, pieces);
        EXPECT_EQ(
            send(descriptor, piece.data(), piece.size(), MSG_NOSIGNAL),
            static_cast<ssize_t>(piece.size())
        );
    }
    std::string answer;
    char buffer[4096];
    for (ssize_t got = 0; (got = recv(descriptor, buffer, sizeof buffer, 0)) > 0;)
        answer.append(buffer, static_cast<std::size_t>(got));
    close(descriptor);
    return answer;
}

std::string post(const std::string& body) {
    return fmt::format(
        "POST /openai/v1/chat/completions HTTP/1.1\r\nHost: x\r\nX-Case: Kept\r\nContent-Length: "
        "{}\r\n\r\n{}",
        body.size(),
        body
    );
}

TEST(ScriptedModelServer, FollowsTheScriptThenAnswersPlausibly) {
    ScriptedModelServer server;
    ScriptedAnswer limited;
    limited.status = 429;
    limited.headers = {{"retry-after", "2"}};
    limited.body = "{\"error\":{}}";
    server.answer(limited);
    const std::string first = talk(server.port(), post("{}"));
    EXPECT_THAT(first, StartsWith("HTTP/1.1 429 "));
    EXPECT_THAT(first, HasSubstr("retry-after: 2\r\n"));
    EXPECT_THAT(first, HasSubstr("\r\n\r\n{\"error\":{}}"));
    const std::string second = talk(server.port(), post("{}"));
    EXPECT_THAT(second, StartsWith("HTTP/1.1 200 "));
    EXPECT_THAT(second, HasSubstr("\"choices\""));
    EXPECT_EQ(server.base_url(), fmt::format("http://127.0.0.1:{}/openai/v1", server.port()));
}

TEST(ScriptedModelServer, RecordsRequestsHoweverTheyArrive) {
    ScriptedModelServer server;
    const std::string request = post("{\"model\":\"m\"}");
    for (const std::size_t pieces : {std::size_t{1}, std::size_t{7}, request.size()})
        talk(server.port(), request, pieces);
    const auto requests = server.requests();
    ASSERT_EQ(requests.size(), 3u);
    for (const RecordedRequest& one : requests) {
        EXPECT_EQ(one.line, "POST /openai/v1/chat/completions HTTP/1.1");
        EXPECT_EQ(one.header("x-case"), "Kept");
        EXPECT_EQ(one.body, "{\"model\":\"m\"}");
    }
}

TEST(ScriptedModelServer, CutsAndSlams) {
    ScriptedModelServer server;
    ScriptedAnswer cut;
    cut.body = "0123456789";
    cut.cut_body = true;
    server.answer(cut);
    const std::string half = talk(server.port(), post("{}"));
    EXPECT_THAT(half, HasSubstr("Content-Length: 10\r\n"));
    EXPECT_TRUE(half.ends_with("\r\n\r\n01234"));
    ScriptedAnswer slam;
    slam.slam = true;
    server.answer(slam);
    EXPECT_EQ(talk(server.port(), post("{}")), "");
}

TEST(ScriptedModelServer, RefusesWhatIsTooLarge) {
    ScriptedModelServer server;
    EXPECT_EQ(talk(server.port(), "POST / HTTP/1.1\r\nContent-Length: 99999999\r\n\r\n"), "");
    EXPECT_TRUE(server.requests().empty());
}

TEST(ScriptedModelServer, EndsWhileARequestHangs) {
    int descriptor = -1;
    {
        ScriptedModelServer server;
        ScriptedAnswer hang;
        hang.hang = true;
        server.answer(hang);
        descriptor = socket(AF_INET, SOCK_STREAM, 0);
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_port = htons(static_cast<std::uint16_t>(server.port()));
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        ASSERT_EQ(connect(descriptor, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
        const std::string request = post("{}");
        ASSERT_GT(send(descriptor, request.data(), request.size(), MSG_NOSIGNAL), 0);
    }
    char byte = 0;
    EXPECT_LE(recv(descriptor, &byte, 1, 0), 0);
    close(descriptor);
}

}  // namespace
}  // namespace support
