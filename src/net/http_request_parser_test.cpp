#include "net/http_request_parser.h"

#include "base/random.h"
#include "tests/support/dialogue.h"

namespace net {
namespace {

using State = HttpRequestParser::State;

const std::string kPost =
    "POST /u/abc HTTP/1.1\r\nHost: u.example.com\r\nContent-Type: "
    "application/x-www-form-urlencoded\r\nContent-Length: 26\r\n\r\nList-Unsubscribe=One-Click";
const std::string kChunked =
    "POST /u/abc HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
    "10\r\nList-Unsubscribe\r\na\r\n=One-Click\r\n0\r\n\r\n";

// What is wrong with these bytes, given as one piece and cut everywhere.
struct Refused {
    std::string name;
    std::string bytes;
    int status;
};

TEST(HttpRequestParser, ReadsARequestHoweverItIsCut) {
    for (const std::string& bytes : {kPost, kPost + "GET / HTTP/1.1\r\n\r\n"})
        support::for_each_split(bytes, [&](const std::vector<std::string_view>& pieces) {
            HttpRequestParser parser;
            for (const std::string_view piece : pieces) parser.on_bytes(piece);
            ASSERT_EQ(parser.state(), State::done) << parser.problem();
            const ServerRequest request = parser.take();
            EXPECT_EQ(request.method, "POST");
            EXPECT_EQ(request.target, "/u/abc");
            EXPECT_EQ(request.body, "List-Unsubscribe=One-Click");
            EXPECT_EQ(request.header("hOST"), "u.example.com");
            EXPECT_EQ(request.header("Cookie"), "");
        });
}

TEST(HttpRequestParser, IsDoneNoSoonerThanTheLastByte) {
    for (std::size_t length = 0; length < kPost.size(); ++length) {
        HttpRequestParser parser;
        EXPECT_EQ(parser.on_bytes(kPost.substr(0, length)), State::reading) << length;
        EXPECT_EQ(parser.started(), length > 0);
        EXPECT_EQ(parser.on_closed(), State::failed);
    }
}

// A chunk's header in pieces ended the process, within the library.
TEST(HttpRequestParser, RefusesChunksHoweverTheyAreCut) {
    support::for_each_split(kChunked, [&](const std::vector<std::string_view>& pieces) {
        HttpRequestParser parser;
        for (const std::string_view piece : pieces) parser.on_bytes(piece);
        EXPECT_EQ(parser.state(), State::failed);
        EXPECT_EQ(parser.status(), 411);
    });
}

TEST(HttpRequestParser, RefusesWhatIsNoRequestOrTooLarge) {
    const std::string head = "POST / HTTP/1.1\r\nHost: x\r\n";
    const std::vector<Refused> cases = {
        {"TLS", "\x16\x03\x01\x02\x01\x01\xfc\x03\x03\r\n\r\n", 400},
        {"SMTP", "EHLO there\r\n\r\n", 400},
        {"a space in the target", "GET /a b HTTP/1.1\r\n\r\n", 400},
        {"no colon", "GET / HTTP/1.1\r\nHost\r\n\r\n", 400},
        {"blank before the colon", "GET / HTTP/1.1\r\nHost : x\r\n\r\n", 400},
        {"two lengths", head + "Content-Length: 3\r\nContent-Length: 4\r\n\r\nabcd", 400},
        {"length and chunks",
         head + "Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
         400},
        {"negative length", head + "Content-Length: -1\r\n\r\n", 400},
        {"huge length", head + "Content-Length: 99999999999999999999\r\n\r\n", 400},
        {"body over the limit", head + "Content-Length: 65537\r\n\r\n", 413},
        {"chunks", head + "Transfer-Encoding: chunked\r\n\r\n10001\r\n", 411},
        {"long target", "GET /" + std::string(9000, 'x') + " HTTP/1.1\r\n\r\n", 431},
        {"long header", "GET / HTTP/1.1\r\nX: " + std::string(9000, 'x') + "\r\n\r\n", 431},
        {"no end of line", std::string(9000, 'G'), 431},
    };
    for (const Refused& one : cases) {
        HttpRequestParser whole;
        EXPECT_EQ(whole.on_bytes(one.bytes), State::failed) << one.name;
        HttpRequestParser bytewise;
        for (const char byte : one.bytes) bytewise.on_bytes(std::string_view(&byte, 1));
        EXPECT_EQ(bytewise.state(), State::failed) << one.name;
        EXPECT_EQ(whole.status(), one.status) << one.name << ": " << whole.problem();
    }
}

TEST(HttpRequestParser, TakesWhatIsJustBelowTheLimits) {
    HttpRequestParser parser;
    parser.on_bytes(
        "POST / HTTP/1.1\r\nX: " + std::string(8000, 'x') + "\r\nContent-Length: 65536\r\n\r\n"
    );
    parser.on_bytes(std::string(65536, 'b'));
    ASSERT_EQ(parser.state(), State::done) << parser.problem();
    EXPECT_EQ(parser.take().body.size(), 65536U);
}

TEST(HttpRequestParser, SaysWhenTheClientWaits) {
    HttpRequestParser parser;
    parser.on_bytes("POST / HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 2\r\n");
    EXPECT_FALSE(parser.expects_continue());
    parser.on_bytes("\r\n");
    EXPECT_TRUE(parser.expects_continue());
    parser.on_bytes("ok");
    EXPECT_FALSE(parser.expects_continue());
    EXPECT_EQ(parser.state(), State::done);
}

// Mutations of good requests, cut at random: never a crash, never more than the limits.
TEST(HttpRequestParser, SurvivesWhatStrangersSend) {
    base::SeededRandom random(20'261'124);
    for (int round = 0; round < 20'000; ++round) {
        std::string bytes = random.chance(0.5) ? kPost : kChunked;
        for (std::uint64_t i = random.below(6); i > 0; --i) {
            const std::size_t at = random.below(bytes.size());
            if (random.chance(0.3))
                bytes.erase(at, random.below(8));
            else if (random.chance(0.5))
                bytes.insert(at, bytes.substr(random.below(bytes.size()), random.below(30)));
            else
                bytes[at] = static_cast<char>(random.below(256));
            if (bytes.empty()) bytes = "x";
        }
        HttpRequestParser parser;
        for (std::size_t at = 0; at < bytes.size();) {
            const std::size_t count = 1 + random.below(bytes.size());
            parser.on_bytes(std::string_view(bytes).substr(at, count));
            at += count;
        }
        parser.on_closed();
        ASSERT_NE(parser.state(), State::reading);
        if (parser.state() == State::done) {
            ASSERT_LE(parser.take().body.size(), 65536U);
        }
    }
}

TEST(ServerReply, IsWrittenWithItsLength) {
    ServerReply reply;
    reply.status = 404;
    reply.body = "Größe";
    reply.headers = {{"X-One", "1"}};
    EXPECT_EQ(
        to_bytes(reply, false, "D"),
        "HTTP/1.1 404 Not Found\r\nDate: D\r\nContent-Type: text/plain; charset=utf-8\r\n"
        "Content-Length: 7\r\nConnection: close\r\nX-One: 1\r\n\r\nGröße"
    );
    EXPECT_TRUE(to_bytes(reply, true, "D").ends_with("X-One: 1\r\n\r\n"));
}

}  // namespace
}  // namespace net
