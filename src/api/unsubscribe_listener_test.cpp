#include "api/unsubscribe_listener.h"

#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>

#include <thread>

#include "mime/compose.h"
#include "mime/message.h"
#include "net/http_server.h"
#include "net/loopback_server.h"
#include "net/tcp_listener.h"
#include "tests/support/manual_loop.h"

namespace api {
namespace {

base::Email email(std::string_view text) { return base::Email::parse(text).value(); }

constexpr std::string_view kForm = "application/x-www-form-urlencoded";

TEST(OneClick, IsTakenFromBothKindsOfForm) {
    const std::string multipart =
        "--b\r\nContent-Disposition: form-data; "
        "name=\"List-Unsubscribe\"\r\n\r\nOne-Click\r\n--b--\r\n";
    EXPECT_TRUE(is_one_click(kForm, "List-Unsubscribe=One-Click"));
    EXPECT_TRUE(is_one_click("", "List-Unsubscribe=One-Click\r\n"));
    EXPECT_TRUE(is_one_click(kForm, "x=1&List%2DUnsubscribe=One%2DClick"));
    EXPECT_TRUE(is_one_click("multipart/form-data; boundary=b", multipart));
    EXPECT_TRUE(is_one_click(
        "Multipart/Form-Data; boundary=b",
        "--b\r\nContent-Type: text/plain\r\nContent-Disposition: form-data; "
        "name=List-Unsubscribe\r\n\r\nOne-Click\r\n--b--"
    ));
    for (const std::string_view other : {
             "",
             "List-Unsubscribe",
             "List-Unsubscribe=",
             "List-Unsubscribe=Two-Clicks",
             "XList-Unsubscribe=One-Click",
             "a=List-Unsubscribe=One-Click",
         })
        EXPECT_FALSE(is_one_click(kForm, other)) << other;
    EXPECT_FALSE(is_one_click("multipart/form-data; boundary=b", "List-Unsubscribe=One-Click"));
    EXPECT_FALSE(is_one_click("multipart/form-data", "name=\"List-Unsubscribe\""));
    EXPECT_FALSE(is_one_click("multipart/form-data", "name=\"List-Unsubscribe\"\r\n\r\n"));
}

TEST(TokenOf, IsWhatFollowsThePathAndNothingElse) {
    EXPECT_EQ(token_of("/u/abc"), "abc");
    EXPECT_EQ(token_of("/u/abc?utm=1"), "abc");
    for (const std::string_view other :
         {"", "/", "/u", "/u/", "/U/abc", "u/abc", "/x/u/abc", "/u/?abc"})
        EXPECT_EQ(token_of(other), "") << other;
}

class ListenerTest : public testing::Test {
  protected:
    ListenerTest()
        : db_(store::open_database(
              {.url = "sqlite::memory:", .inline_jobs = true, .create = true}, loop_
          )),
          key_(
              base::run_to_end(loop_, campaign::UnsubscribeKey::load(*db_, vault_, random_)).value()
          ),
          token_(key_.make_token(email("lea@example.com"), 7, loop_.clock().now())),
          listener_({*db_, loop_.clock(), key_, vault_}) {}

    net::ServerReply ask(
        const std::string& method, const std::string& target, const std::string& body = {}
    ) {
        net::ServerRequest request;
        request.method = method;
        request.target = target;
        request.headers = {{"Content-Type", std::string(kForm)}, {"Accept-Language", "de"}};
        request.body = body;
        return base::run_to_end(loop_, listener_.answer(std::move(request)));
    }
    std::int64_t count(const std::string& table) {
        return base::run_to_end(
            loop_,
            db_->read(
                store::Role::operator_,
                [table](store::Connection& connection) {
                    return connection.integer("SELECT COUNT(*) FROM " + table);
                }
            )
        );
    }

    support::ManualLoop loop_;
    base::SeededRandom random_{1};
    mailbox::Vault vault_{std::string(32, 'v')};
    std::unique_ptr<store::Database> db_;
    campaign::UnsubscribeKey key_;
    std::string token_;
    UnsubscribeListener listener_;
};

TEST_F(ListenerTest, GetAndHeadShowThePageAndChangeNothing) {
    const std::int64_t ledger = count("ledger");
    for (const std::string method : {"GET", "HEAD", "GET"}) {
        const net::ServerReply page = ask(method, "/u/" + token_);
        EXPECT_EQ(page.status, 200);
        EXPECT_NE(page.body.find("<form method=\"post\">"), std::string::npos);
        EXPECT_NE(page.body.find("Abmelden"), std::string::npos);
        EXPECT_EQ(page.body.find("lea@"), std::string::npos);
    }
    EXPECT_EQ(count("suppressions"), 0);
    EXPECT_EQ(count("ledger"), ledger);
}

TEST_F(ListenerTest, PostActsAtOnceAndAgainSaysTheSame) {
    const net::ServerReply first = ask("POST", "/u/" + token_, "List-Unsubscribe=One-Click");
    EXPECT_EQ(first.status, 200);
    EXPECT_NE(first.body.find("Sie sind abgemeldet"), std::string::npos);
    const std::int64_t ledger = count("ledger");
    for (int i = 0; i < 3; ++i) {
        const net::ServerReply again = ask("POST", "/u/" + token_, "List-Unsubscribe=One-Click");
        EXPECT_EQ(again.status, 200);
        EXPECT_EQ(again.body, first.body);
    }
    EXPECT_EQ(count("suppressions"), 1);
    EXPECT_EQ(count("ledger"), ledger);
}

TEST_F(ListenerTest, APostWithoutTheWordsShowsTheButton) {
    for (const std::string body : {"", "List-Unsubscribe=Yes", "{}"}) {
        const net::ServerReply page = ask("POST", "/u/" + token_, body);
        EXPECT_EQ(page.status, 400);
        EXPECT_NE(page.body.find("<form method=\"post\">"), std::string::npos);
    }
    EXPECT_EQ(count("suppressions"), 0);
}

TEST_F(ListenerTest, EverythingElseIsTheSame404) {
    std::string changed = token_;
    changed[40] = changed[40] == 'A' ? 'B' : 'A';
    const net::ServerReply nothing = ask("GET", "/");
    EXPECT_EQ(nothing.status, 404);
    for (const std::string& target : {
             "/u/" + changed,
             std::string("/u/"),
             "/u/" + token_ + "A",
             "/u/" + token_ + "/",
             std::string("/u/../u/" + token_),
             std::string("/index.html"),
             std::string("/metrics"),
             std::string("*"),
             "http://x/u/" + token_,
             "/u/" + std::string(7000, 'A'),
         })
        for (const std::string method : {"GET", "HEAD", "POST"}) {
            const net::ServerReply reply = ask(method, target, "List-Unsubscribe=One-Click");
            EXPECT_EQ(reply.status, 404) << target;
            EXPECT_EQ(reply.body, nothing.body);
            EXPECT_EQ(reply.headers, nothing.headers);
        }
    EXPECT_EQ(count("suppressions"), 0);
}

TEST_F(ListenerTest, ATokenWorksTenYearsLater) {
    loop_.advance(std::chrono::hours(24 * 3650));
    EXPECT_EQ(ask("POST", "/u/" + token_, "List-Unsubscribe=One-Click").status, 200);
    EXPECT_EQ(count("suppressions"), 1);
}

// The whole way on real sockets: the URL is taken out of the header of a composed mail.
std::string visit(std::uint16_t port, const std::string& request) {
    const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(port);
    EXPECT_EQ(::connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
    net::send_text(fd, request);
    const std::string answer = net::receive_rest(fd);
    ::close(fd);
    return answer;
}

// "/u/…" of the https form in a mail's List-Unsubscribe.
std::string path_in(const std::string& mail) {
    const mime::Message message = mime::read_message(mail);
    EXPECT_EQ(message.header("List-Unsubscribe-Post"), campaign::kOneClick);
    const std::string header(message.header("List-Unsubscribe"));
    const std::string before = "<https://u.example.com";
    const std::size_t at = header.find(before);
    if (at == std::string::npos) return {};
    return header.substr(at + before.size(), header.find('>', at) - at - before.size());
}

std::string mail_with_link(const campaign::UnsubscribeKey& key, base::Timestamp now) {
    mime::Outgoing mail;
    mail.from = {"Anna", email("anna@co.test")};
    mail.to = {"Lea", email("Lea@example.com")};
    mail.subject = "Hello";
    mail.text = "Hello Lea";
    mail.message_id = base::MessageId::parse("1@co.test").value();
    mail.extra_headers = campaign::unsubscribe_headers(
        mail.from.email,
        "c0123456789abcdef",
        key.make_link("https://u.example.com", mail.to.email, 7, now)
    );
    base::SeededRandom random(1);
    return mime::compose(mail, random).value();
}

// The listener's frame ends on the loop, after close().
void run_what_is_left(net::AsioLoop& loop) {
    bool done = false;
    loop.post([&] { done = true; });
    loop.run_until(done);
}

// Visits on a thread of its own, since the server needs this one.
std::string visit_beside(net::AsioLoop& loop, std::uint16_t port, const std::string& request) {
    bool done = false;
    std::string answer;
    std::thread visitor([&] {
        answer = visit(port, request);
        loop.post([&] { done = true; });
    });
    loop.run_until(done);
    visitor.join();
    return answer;
}

TEST(UnsubscribeOverLoopback, TheLinkOfADeliveredMailWorks) {
    net::AsioLoop loop;
    base::SystemRandom random;
    const mailbox::Vault vault{std::string(32, 'v')};
    const auto db = store::open_database({.url = "sqlite::memory:", .create = true}, loop);
    const auto key = base::run_to_end(loop, campaign::UnsubscribeKey::load(*db, vault, random));
    ASSERT_TRUE(key);
    UnsubscribeListener listener({*db, loop, *key, vault});
    net::HttpServer server(loop, {}, [&](net::ServerRequest request) {
        return listener.answer(std::move(request));
    });
    const auto door = net::TcpListener::open(loop, "127.0.0.1:0", [&](auto stream, auto peer) {
        server.accept(std::move(stream), std::move(peer));
    });
    ASSERT_TRUE(door);
    const std::uint16_t port = (*door)->port();
    const std::string path = path_in(mail_with_link(*key, loop.now()));
    ASSERT_TRUE(path.starts_with("/u/")) << path;
    const auto suppressed = [&] {
        return base::run_to_end(
            loop,
            db->read(
                store::Role::operator_,
                [](store::Connection& connection) {
                    return connection.text(
                        "SELECT value || ' ' || reason FROM suppressions ORDER BY id"
                    );
                }
            )
        );
    };
    const std::string end = path + " HTTP/1.1\r\nHost: x\r\n";
    EXPECT_TRUE(visit_beside(loop, port, "GET " + end + "\r\n").starts_with("HTTP/1.1 200 "));
    EXPECT_TRUE(visit_beside(loop, port, "HEAD " + end + "\r\n").ends_with("\r\n\r\n"));
    EXPECT_EQ(suppressed(), std::nullopt);
    const std::string post =
        "POST " + end + "Content-Length: 26\r\n\r\n" + std::string(campaign::kOneClick);
    for (int i = 0; i < 2; ++i)
        EXPECT_TRUE(visit_beside(loop, port, post).starts_with("HTTP/1.1 200 OK\r\n"));
    EXPECT_EQ(suppressed(), "lea@example.com unsubscribe");
    (*door)->close();
    base::run_to_end(loop, server.stop(loop.in(std::chrono::seconds(5))));
    run_what_is_left(loop);
}

}  // namespace
}  // namespace api
