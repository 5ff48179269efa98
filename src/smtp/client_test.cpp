#include "smtp/client.h"

#include "base/log.h"
#include "smtp/test_server.h"

namespace smtp {
namespace {

using test::Break;
using test::run;
using test::Script;

const std::string kMessage = "Subject: hi\r\n\r\n.dotted\r\nend\r\n";
const base::MonotonicTime kLater{std::chrono::hours(1)};

Script usual_server() {
    Script script;
    script.keywords = {"STARTTLS", "PIPELINING"};
    script.keywords_tls = {"PIPELINING", "SIZE 1000000", "8BITMIME", "AUTH LOGIN PLAIN"};
    return script;
}

base::Task<base::Result<>> allow() { co_return base::Result<>{}; }
base::Task<base::Result<>> forbid() {
    co_return base::fail(base::ErrorCode::conflict, "delivery", "the lease is lost");
}
base::Task<base::Result<>> let_time_pass(test::TestClock& clock) {
    clock.time = kLater;
    co_return base::Result<>{};
}

struct World {
    explicit World(Script script, Break broken = {}, std::size_t read_bytes_max = 8192)
        : dialer(std::move(script), broken, read_bytes_max) {}

    base::Result<std::unique_ptr<Client>> connect(net::Tls tls = net::Tls::starttls) {
        return run(Client::connect(
            dialer,
            clock,
            {"mx.example.com", 587, tls},
            {"[192.0.2.1]", Credentials{"ann@example.com", "s3cret-word"}},
            kLater
        ));
    }
    SendResult send(Client& client, Client::BeforeDot before_dot = allow) {
        const Envelope envelope{
            base::Email::parse("ann@example.com").value(),
            base::Email::parse("ben@example.org").value()
        };
        return run(client.send(envelope, kMessage, std::move(before_dot), kLater));
    }

    test::TestDialer dialer;
    test::TestClock clock;
};

TEST(Client, SendsManyMessagesOverOneConnection) {
    for (const net::Tls tls : {net::Tls::implicit, net::Tls::starttls}) {
        for (const std::size_t read_bytes_max : {std::size_t{1}, std::size_t{8192}}) {
            World world(usual_server(), {}, read_bytes_max);
            base::Result<std::unique_ptr<Client>> client = world.connect(tls);
            ASSERT_TRUE(client.has_value()) << client.error().describe();
            for (int i = 0; i < 3; ++i) {
                const SendResult result = world.send(**client);
                EXPECT_EQ(result.outcome, Outcome::accepted) << result.error.describe();
                EXPECT_EQ(result.reply->str(), "250 2.0.0 Ok: queued as 4XyZ");
            }
            EXPECT_TRUE((*client)->usable());
            run((*client)->quit(kLater));
            EXPECT_FALSE((*client)->usable());
            const test::TestServer& server = *world.dialer.server;
            EXPECT_EQ(server.messages(), std::vector<std::string>(3, kMessage));
            EXPECT_EQ(server.count("AUTH"), 1U);
            EXPECT_EQ(server.count("QUIT"), 1U);
        }
    }
}

TEST(Client, LetsTheCallerCommitBetweenTheTextAndItsDot) {
    World world(usual_server());
    base::Result<std::unique_ptr<Client>> client = world.connect();
    ASSERT_TRUE(client.has_value());
    std::size_t calls = 0;
    const SendResult result = world.send(**client, [&] {
        ++calls;
        EXPECT_EQ(world.dialer.server->count("DATA"), 1U);
        EXPECT_TRUE(world.dialer.server->messages().empty());
        return allow();
    });
    EXPECT_EQ(result.outcome, Outcome::accepted);
    EXPECT_EQ(calls, 1U);
}

TEST(Client, DropsTheConnectionWithoutTheDotWhereTheCallerForbidsIt) {
    World world(usual_server());
    base::Result<std::unique_ptr<Client>> client = world.connect();
    ASSERT_TRUE(client.has_value());
    const SendResult result = world.send(**client, forbid);
    EXPECT_EQ(result.outcome, Outcome::not_sent);
    EXPECT_EQ(result.error.code, base::ErrorCode::conflict);
    EXPECT_EQ(result.error.message, "the lease is lost");
    EXPECT_FALSE((*client)->usable());
    EXPECT_TRUE(world.dialer.server->messages().empty());
    const SendResult again = world.send(**client);
    EXPECT_EQ(again.outcome, Outcome::not_sent);
    EXPECT_EQ(again.error.code, base::ErrorCode::closed);
}

TEST(Client, WritesNoDotAfterTheDeadline) {
    World world(usual_server());
    base::Result<std::unique_ptr<Client>> client = world.connect();
    ASSERT_TRUE(client.has_value());
    const SendResult result = world.send(**client, [&] { return let_time_pass(world.clock); });
    EXPECT_EQ(result.outcome, Outcome::not_sent);
    EXPECT_EQ(result.error.code, base::ErrorCode::timed_out);
    EXPECT_TRUE(world.dialer.server->messages().empty());
}

// What the client says is compared with what the server has, for a break at every operation.
TEST(Client, NeverMistakesWhatTheServerHas) {
    const Break::How hows[] = {
        Break::How::timed_out, Break::How::closed, Break::How::reset, Break::How::after_write
    };
    for (const Break::How how : hows) {
        std::size_t in_doubt = 0;
        for (std::size_t operation = 0; operation < 20; ++operation) {
            SCOPED_TRACE(operation);
            World world(usual_server(), {operation, how});
            base::Result<std::unique_ptr<Client>> client = world.connect();
            if (!client) {
                EXPECT_TRUE(client.error().stage.starts_with("smtp.")) << client.error().describe();
                EXPECT_EQ(world.dialer.server->count("MAIL"), 0U);
                continue;
            }
            const SendResult result = world.send(**client);
            const std::size_t arrived = world.dialer.server->messages().size();
            in_doubt += result.outcome == Outcome::in_doubt ? 1 : 0;
            if (result.outcome == Outcome::accepted) EXPECT_EQ(arrived, 1U);
            if (result.outcome == Outcome::not_sent) EXPECT_EQ(arrived, 0U);
            EXPECT_NE(result.outcome, Outcome::refused);
            EXPECT_EQ((*client)->usable(), result.outcome == Outcome::accepted);
        }
        EXPECT_EQ(in_doubt, 2U) << "the dot's write and the read of its answer";
    }
}

TEST(Client, ReportsRefusalsAndGoesOn) {
    for (const char* verb : {"MAIL", "RCPT", "DATA", "."}) {
        Script script = usual_server();
        script.replies[verb] = "550 5.7.1 not today\r\n";
        World world(script);
        base::Result<std::unique_ptr<Client>> client = world.connect();
        ASSERT_TRUE(client.has_value());
        for (int i = 0; i < 2; ++i) {
            const SendResult result = world.send(**client);
            EXPECT_EQ(result.outcome, Outcome::refused) << verb;
            EXPECT_EQ(result.error.code, base::ErrorCode::refused);
            EXPECT_EQ(result.error.enhanced, "5.7.1");
            EXPECT_EQ(result.error.server_words, "not today");
            EXPECT_EQ(result.reply->code, 550);
            EXPECT_TRUE((*client)->usable());
        }
        EXPECT_TRUE(world.dialer.server->messages().empty());
    }
}

TEST(Client, SendsNoEmptyMailWhereOnlyTheRecipientIsRefused) {
    Script script = usual_server();
    script.replies["RCPT"] = "550 5.1.1 no such user\r\n";
    script.replies["DATA"] = "354 go ahead\r\n";
    World world(script);
    base::Result<std::unique_ptr<Client>> client = world.connect();
    ASSERT_TRUE(client.has_value());
    const SendResult result = world.send(**client);
    EXPECT_EQ(result.outcome, Outcome::refused);
    EXPECT_EQ(result.reply->command, Command::rcpt);
    EXPECT_TRUE(world.dialer.server->messages().empty());
    EXPECT_TRUE((*client)->usable());
}

TEST(Client, IsInDoubtWhereNoAnswerToTheDotComes) {
    Script script = usual_server();
    script.replies["."] = "";
    World world(script);
    base::Result<std::unique_ptr<Client>> client = world.connect();
    ASSERT_TRUE(client.has_value());
    const SendResult result = world.send(**client);
    EXPECT_EQ(result.outcome, Outcome::in_doubt);
    EXPECT_EQ(result.error.code, base::ErrorCode::timed_out);
    EXPECT_EQ(result.error.stage, "smtp.dot");
    EXPECT_FALSE((*client)->usable());
}

TEST(Client, TakesAGoodbyeToTheDotForARefusal) {
    Script script = usual_server();
    script.replies["."] = "421 4.3.2 shutting down\r\n";
    World world(script);
    base::Result<std::unique_ptr<Client>> client = world.connect();
    ASSERT_TRUE(client.has_value());
    const SendResult result = world.send(**client);
    EXPECT_EQ(result.outcome, Outcome::refused);
    EXPECT_TRUE(result.error.retryable());
    EXPECT_FALSE((*client)->usable());
}

TEST(Client, RefusesABadMessageAndStaysUsable) {
    World world(usual_server());
    base::Result<std::unique_ptr<Client>> client = world.connect();
    ASSERT_TRUE(client.has_value());
    const Envelope envelope{
        base::Email::parse("ann@example.com").value(), base::Email::parse("ben@example.org").value()
    };
    std::size_t calls = 0;
    const Client::BeforeDot count = [&] {
        ++calls;
        return allow();
    };
    const SendResult result = run((*client)->send(envelope, "bare\nfeed\r\n", count, kLater));
    EXPECT_EQ(result.outcome, Outcome::not_sent);
    EXPECT_EQ(result.error.code, base::ErrorCode::invalid_input);
    EXPECT_EQ(calls, 0U);
    EXPECT_EQ(world.dialer.server->count("MAIL"), 0U);
    EXPECT_EQ(world.send(**client).outcome, Outcome::accepted);
}

TEST(Client, NamesTheStageOfAFailedConnection) {
    World refused(usual_server());
    refused.dialer.refusal = base::Error{base::ErrorCode::network, "net", "refused", {}, 0, {}};
    EXPECT_EQ(refused.connect().error().stage, "smtp.connect");
    refused.dialer.refusal->code = base::ErrorCode::tls;
    EXPECT_EQ(refused.connect().error().stage, "smtp.tls");
    Script script = usual_server();
    script.handshake_fails = true;
    World handshake(script);
    const base::Result<std::unique_ptr<Client>> client = handshake.connect();
    EXPECT_EQ(client.error().stage, "smtp.tls");
    EXPECT_EQ(client.error().code, base::ErrorCode::tls);
    EXPECT_EQ(client.error().message, "certificate has expired");
    EXPECT_EQ(handshake.dialer.server->clear_bytes(), "EHLO [192.0.2.1]\r\nSTARTTLS\r\n");
}

TEST(Client, TriesAWrongPasswordOnce) {
    for (const char* mechanism : {"AUTH PLAIN LOGIN", "AUTH LOGIN"}) {
        Script script = usual_server();
        script.keywords_tls = {mechanism};
        const bool plain = std::string_view(mechanism) == "AUTH PLAIN LOGIN";
        script.replies[plain ? "AUTH" : "PASSWORD"] = "535 5.7.8 wrong\r\n";
        World world(script);
        const base::Result<std::unique_ptr<Client>> client = world.connect();
        ASSERT_FALSE(client.has_value());
        EXPECT_EQ(client.error().code, base::ErrorCode::unauthenticated);
        EXPECT_EQ(client.error().stage, "smtp.auth");
        EXPECT_EQ(world.dialer.server->count("AUTH"), 1U);
        EXPECT_EQ(world.dialer.server->count("QUIT"), 1U);
    }
}

TEST(Client, SendsNothingSecretInClear) {
    Script script = usual_server();
    script.keywords = {"AUTH PLAIN LOGIN"};
    for (const net::Tls tls : {net::Tls::implicit, net::Tls::starttls}) {
        World world(script);
        world.dialer.implicit_is_encrypted = false;
        const base::Result<std::unique_ptr<Client>> client = world.connect(tls);
        EXPECT_EQ(client.error().code, base::ErrorCode::unsupported);
        EXPECT_EQ(world.dialer.server->clear_bytes(), "EHLO [192.0.2.1]\r\nQUIT\r\n");
    }
}

TEST(Client, LetsNoPasswordIntoErrorsAndLog) {
    std::string log;
    const base::log::Level level = base::log::level();
    base::log::set_level(base::log::Level::debug);
    base::log::set_sink([&log](const base::log::Line& line) { log += line.text + "\n"; });
    const std::string echo =
        "s3cret-word AGFubkBleGFtcGxlLmNvbQBzM2NyZXQtd29yZA== czNjcmV0LXdvcmQ=\r\n";
    for (const char* verb : {"AUTH", "MAIL", "RCPT", "DATA", ".", "RSET"}) {
        Script script = usual_server();
        script.replies[verb] = "550 5.0.0 " + echo;
        World world(script);
        base::Result<std::unique_ptr<Client>> client = world.connect();
        if (!client) {
            log += client.error().describe() + client.error().server_words;
            continue;
        }
        const SendResult result = world.send(**client);
        log += result.error.describe() + result.error.server_words;
        if (result.reply) log += result.reply->str();
    }
    base::log::set_sink(nullptr);
    base::log::set_level(level);
    EXPECT_NE(log.find("***"), std::string::npos);
    for (const char* secret : {"s3cret", "AGFubkBl", "czNjcmV0"})
        EXPECT_EQ(log.find(secret), std::string::npos) << secret;
}

}  // namespace
}  // namespace smtp
