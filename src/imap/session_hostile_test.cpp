// Servers, or someone on the line, that do not play fair.
#include "base/log.h"
#include "imap/test_sessions.h"

namespace imap {
namespace {

using support::Dialogue;

constexpr std::string_view kStartTlsGreeting = "* OK [CAPABILITY IMAP4rev1 STARTTLS] hi\r\n";

struct Greeting {
    std::string_view bytes;
    base::ErrorCode code;
};
class GreetingTable : public testing::TestWithParam<Greeting> {};

TEST_P(GreetingTable, EndsTheSession) {
    for (const net::Tls tls : {kImplicit, kStartTls}) {
        const base::Error error =
            error_of(Dialogue().server(std::string(GetParam().bytes)).done(), tls);
        EXPECT_EQ(error.code, GetParam().code);
        EXPECT_EQ(error.stage, "imap.connect");
    }
}

INSTANTIATE_TEST_SUITE_P(
    Greetings,
    GreetingTable,
    testing::Values(
        Greeting{"* BYE too many connections\r\n", base::ErrorCode::unavailable},
        Greeting{"* NO go away\r\n", base::ErrorCode::protocol},
        Greeting{"* BAD what\r\n", base::ErrorCode::protocol},
        Greeting{"A001 OK hi\r\n", base::ErrorCode::protocol},
        Greeting{"220 smtp.example.com ESMTP\r\n", base::ErrorCode::protocol},
        Greeting{"HTTP/1.1 400 Bad Request\r\n", base::ErrorCode::protocol},
        Greeting{"* CAPABILITY IMAP4rev1\r\n", base::ErrorCode::protocol},
        Greeting{"+ go\r\n", base::ErrorCode::protocol},
        Greeting{"\r\n", base::ErrorCode::protocol}
    )
);

TEST(HostileServer, GetsNothingFromPreauthInClear) {
    for (const std::string_view greeting :
         {"* PREAUTH hi\r\n", "* PREAUTH [CAPABILITY IMAP4rev1 STARTTLS] hi\r\n"})
        EXPECT_EQ(
            error_of(Dialogue().server(std::string(greeting)).done(), kStartTls).code,
            base::ErrorCode::tls
        );
}

TEST(HostileServer, GetsNothingWithoutStartTls) {
    const Dialogue asked = Dialogue()
                               .server("* OK [CAPABILITY IMAP4rev1 AUTH=PLAIN] hi\r\n")
                               .client("A001 CAPABILITY\r\n");
    EXPECT_EQ(
        error_of(
            Dialogue(asked).server("* CAPABILITY IMAP4rev1 AUTH=PLAIN\r\nA001 OK done\r\n").done(),
            kStartTls
        )
            .message,
        "the server does not offer STARTTLS: use its port for implicit TLS (993)"
    );
    EXPECT_EQ(
        error_of(Dialogue(asked).server("A001 OK done\r\n").done(), kStartTls).code,
        base::ErrorCode::protocol
    );
    EXPECT_EQ(
        error_of(Dialogue(asked).server("A001 BAD what\r\n").done(), kStartTls).code,
        base::ErrorCode::protocol
    );
}

TEST(HostileServer, CannotRefuseStartTls) {
    for (const std::string_view answer : {"A001 NO not now\r\n", "A001 BAD unknown\r\n"}) {
        const base::Error error = error_of(
            Dialogue()
                .server(std::string(kStartTlsGreeting))
                .client("A001 STARTTLS\r\n")
                .server(std::string(answer))
                .done(),
            kStartTls
        );
        EXPECT_EQ(error.code, base::ErrorCode::tls);
        EXPECT_EQ(error.stage, "imap.tls");
    }
}

TEST(HostileServer, CannotInjectBehindStartTls) {
    for (const std::string_view injected :
         {"* CAPABILITY EVIL\r\n",
          "A002 OK fine\r\n",
          "* OK [ALERT] pay here\r\n",
          "x",
          "\r\n",
          "\x16\x03"}) {
        auto imap = session(kStartTls);
        const std::string problem =
            Dialogue()
                .server(std::string(kStartTlsGreeting))
                .client("A001 STARTTLS\r\n")
                .server("* LIST () \"/\" evil\r\nA001 OK go\r\n" + std::string(injected))
                .done()
                .run(*imap);
        EXPECT_EQ(problem, "");
        ASSERT_TRUE(imap->error());
        EXPECT_EQ(imap->error()->code, base::ErrorCode::tls);
    }
}

TEST(HostileServer, LeavesNothingBehindFromBeforeTls) {
    std::vector<std::string> lines;
    base::log::Sink before =
        base::log::set_sink([&](const base::log::Line& line) { lines.push_back(line.text); });
    auto imap = session(kStartTls);
    const std::string problem =
        Dialogue()
            .server(
                "* OK [CAPABILITY IMAP4rev1 STARTTLS SASL-IR AUTH=PLAIN X-EVIL] hi\r\n"
                "* CAPABILITY X-WORSE STARTTLS\r\n* OK [ALERT] evil\r\n* 5 EXISTS\r\n"
            )
            .client("A001 STARTTLS\r\n")
            .server(
                "* LIST () \"/\" evil\r\n* SEARCH 6 6 6\r\n* 1 FETCH (UID 1 BODY[] {4}\r\nevil)\r\n"
                "* BYE evil\r\nA001 OK [CAPABILITY X-EVIL] go\r\n"
            )
            .tls()
            .client("A002 CAPABILITY\r\n")
            .server("* CAPABILITY IMAP4rev1\r\nA002 OK done\r\n")
            .client("A003 LOGIN \"me@example.com\" \"hunter2\"\r\n")
            .server("A003 OK [CAPABILITY IMAP4rev1] in\r\n")
            .ready<Session>([](Session& s) {
                EXPECT_TRUE(s.usable());
                for (const std::string_view evil : {"X-EVIL", "X-WORSE", "SASL-IR", "STARTTLS"})
                    EXPECT_FALSE(s.has(evil));
                s.list();
            })
            .client("A004 LIST \"\" \"*\"\r\n")
            .server("A004 OK done\r\n")
            .ready<Session>([](Session& s) { EXPECT_TRUE(s.take_reply()->folders.empty()); })
            .run(*imap);
    base::log::set_sink(std::move(before));
    EXPECT_EQ(problem, "");
    EXPECT_EQ(lines, std::vector<std::string>{});
}

TEST(HostileServer, CannotAnswerBeforeItIsAsked) {
    // The tags of the next commands are easy to guess.
    const base::Error error = error_of(
        Dialogue()
            .server("* OK hi\r\n")
            .client("A001 CAPABILITY\r\n")
            .server("A002 OK begin TLS now\r\n")
            .done(),
        kStartTls
    );
    EXPECT_EQ(error.code, base::ErrorCode::protocol);
    auto imap = session(kStartTls);
    EXPECT_EQ(
        Dialogue()
            .server("* OK hi\r\n")
            .client("A001 CAPABILITY\r\n")
            .server("* CAPABILITY STARTTLS\r\nA001 OK done\r\nA002 OK begin TLS now\r\n")
            .done()
            .run(*imap),
        ""
    );
    EXPECT_EQ(imap->error()->code, base::ErrorCode::protocol);
    auto early = session(kImplicit);
    EXPECT_EQ(
        Dialogue()
            .server("* OK [CAPABILITY IMAP4rev1 AUTH=PLAIN] hi\r\n+ now\r\n")
            .done()
            .run(*early),
        ""
    );
    EXPECT_EQ(early->error()->code, base::ErrorCode::protocol);
}

TEST(HostileServer, GetsNothingOverAnUnencryptedImplicitStream) {
    Session imap({"me", "hunter2"}, kImplicit, false);
    EXPECT_TRUE(std::holds_alternative<net::Done>(imap.next()));
    ASSERT_TRUE(imap.error());
    EXPECT_EQ(imap.error()->code, base::ErrorCode::tls);
}

TEST(Session, RefusesEmptyCredentials) {
    for (const Credentials& credentials :
         {Credentials{"", "pw"}, Credentials{"me", ""}, Credentials{"me", std::string("a\0b", 3)}
         }) {
        Session imap(credentials, kImplicit, true);
        EXPECT_TRUE(std::holds_alternative<net::Done>(imap.next()));
        EXPECT_EQ(imap.error()->code, base::ErrorCode::invalid_input);
    }
}

}  // namespace
}  // namespace imap
