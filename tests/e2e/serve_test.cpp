// The service as systemd and the world see it: the program itself, signals, real sockets.
#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>

#include <boost/json.hpp>

#include "config/load.h"
#include "engine/runtime.h"
#include "net/loopback_server.h"
#include "tests/e2e/notified.h"
#include "tests/e2e/program.h"

namespace e2e {
namespace {

using std::chrono::seconds;
using ::testing::HasSubstr;
using ::testing::Not;

class Serve : public Program {
  protected:
    void SetUp() override {
        must({"init"});
        edit("pilotlight.toml", "# listen = \"\"", "listen = \"127.0.0.1:0\"");
    }
    std::string token(const std::string& to) {
        auto settings = config::load(path("pilotlight.toml"), {});
        EXPECT_TRUE(settings);
        const auto runtime = engine::Runtime::open(std::move(*settings));
        EXPECT_TRUE(runtime);
        const auto key = (*runtime)->unsubscribe_key();
        EXPECT_TRUE(key);
        return key->make_token(base::Email::parse(to).value(), 7, (*runtime)->clock().now());
    }
    // Waits for the line that says that it serves; where the pages are.
    std::uint16_t port_of_ready() {
        const std::string before = "unsubscribe pages on 127.0.0.1:";
        EXPECT_TRUE(lab::await(
            seconds(30),
            [&] {
                const std::size_t at = shown().find(before);
                return at != std::string::npos && shown().find('\n', at) != std::string::npos;
            }
        )) << shown()
           << said();
        const std::size_t at = shown().find(before);
        if (at == std::string::npos) return 0;
        return static_cast<std::uint16_t>(std::stoi(shown().substr(at + before.size())));
    }
    static std::string ask(std::uint16_t port, const std::string& request) {
        const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        address.sin_port = htons(port);
        std::string answer = "refused";
        if (::connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0) {
            net::send_text(fd, request);
            answer = net::receive_rest(fd);
        }
        ::close(fd);
        return answer;
    }
    static std::string post(const std::string& path) {
        return "POST " + path +
               " HTTP/1.1\r\nHost: u.example.com\r\nContent-Type: "
               "application/x-www-form-urlencoded\r\nContent-Length: 26\r\n\r\n"
               "List-Unsubscribe=One-Click";
    }
};

TEST_F(Serve, TakesAnUnsubscriptionAndEndsOnSigterm) {
    const std::string path = "/u/" + token("Lea@Example.com");
    Notified manager(this->path("notify"));
    environment["NOTIFY_SOCKET"] = this->path("notify");
    lab::Process service = begin({"serve"});
    const std::uint16_t port = port_of_ready();
    EXPECT_TRUE(manager.hears("READY=1"));
    EXPECT_TRUE(manager.hears("WATCHDOG=1"));
    EXPECT_THAT(
        ask(port, "GET " + path + " HTTP/1.1\r\n\r\n"), HasSubstr("<form method=\"post\">")
    );
    EXPECT_THAT(everything(), Not(HasSubstr("suppressions: ")));
    EXPECT_THAT(ask(port, post(path)), HasSubstr("HTTP/1.1 200 OK\r\n"));
    EXPECT_THAT(everything(), HasSubstr("|address|lea@example.com|unsubscribe|active|"));
    EXPECT_THAT(ask(port, post(path)), HasSubstr("HTTP/1.1 200 OK\r\n"));
    EXPECT_THAT(ask(port, post(path + "x")), HasSubstr("HTTP/1.1 404 Not Found\r\n"));
    EXPECT_THAT(ask(port, "GET / HTTP/1.1\r\n\r\n"), HasSubstr("HTTP/1.1 404 Not Found\r\n"));
    service.signal(SIGTERM);
    const Outcome outcome = end(service);
    EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
    EXPECT_TRUE(manager.hears("STOPPING=1"));
    EXPECT_THAT(outcome.err, HasSubstr("stopped by SIGTERM"));
    // Neither tokens nor addresses of strangers get into the log.
    EXPECT_THAT(outcome.err, Not(HasSubstr(path)));
    EXPECT_THAT(outcome.err, Not(HasSubstr("example.com")));
    EXPECT_EQ(ask(port, post(path)), "refused");
}

TEST_F(Serve, ASecondOneRefusesAndOthersAreToldWhoServes) {
    lab::Process service = begin({"serve"});
    (void)port_of_ready();
    const std::string pid = std::to_string(service.pid());
    const Outcome second = run({"serve"});
    EXPECT_EQ(second.exit_code, 1);
    EXPECT_THAT(second.err, HasSubstr("another pilotlight (process " + pid + ")"));
    const Outcome cycle = run({"warmup", "run", "--wait", "0"});
    EXPECT_THAT(cycle.err, HasSubstr("another pilotlight (process " + pid + ")"));
    EXPECT_THAT(json({"status"}), HasSubstr("\"process\":\"" + pid + "\""));
    service.signal(SIGINT);
    EXPECT_EQ(end(service).exit_code, 0);
    EXPECT_THAT(json({"status"}), HasSubstr("\"process\":null"));
}

TEST_F(Serve, ARestartDoesNotRepeatWhatRan) {
    for (int round = 0; round < 2; ++round) {
        lab::Process service = begin({"serve"});
        (void)port_of_ready();
        EXPECT_TRUE(lab::await(seconds(20), [&] {
            return everything().find("service_runs: warmup|") != std::string::npos;
        }));
        service.signal(SIGTERM);
        EXPECT_EQ(end(service).exit_code, 0);
    }
    const std::string all = everything();
    const std::size_t first = all.find("service_runs: warmup|");
    ASSERT_NE(first, std::string::npos);
    EXPECT_EQ(all.find("service_runs: warmup|", first + 1), std::string::npos);
    EXPECT_THAT(all.substr(first, 200), HasSubstr("|done|"));
}

TEST_F(Serve, StopAllIsSeenByTheServiceAndHoldsUntilResume) {
    must({"stop", "--all", "--reason", "a complaint"});
    EXPECT_THAT(run({"warmup", "run", "--wait", "0"}).out, HasSubstr("nothing is sent: "));
    lab::Process service = begin({"serve"});
    EXPECT_TRUE(lab::await(seconds(20), [&] {
        return said().find("(a complaint)") != std::string::npos;
    })) << said();
    EXPECT_THAT(everything(), Not(HasSubstr("service_runs: warmup|")));
    const auto resumed = boost::json::parse(json({"resume", "--all"}));
    EXPECT_EQ(resumed.at("changed").as_bool(), true);
    EXPECT_TRUE(lab::await(seconds(5), [&] {
        return everything().find("service_runs: warmup|") != std::string::npos;
    }));
    service.signal(SIGTERM);
    EXPECT_EQ(end(service).exit_code, 0);
}

TEST_F(Serve, SaysWhyItCannotListen) {
    edit("pilotlight.toml", "listen = \"127.0.0.1:0\"", "listen = \"192.0.2.1:80\"");
    const Outcome outcome = run({"serve"});
    EXPECT_EQ(outcome.exit_code, 1);
    EXPECT_THAT(outcome.err, HasSubstr("can't listen on 192.0.2.1:80"));
}

}  // namespace
}  // namespace e2e
