// Test support: sessions of one owner, and dialogues with them.
#pragma once
#include "base/text.h"
#include "imap/session.h"
#include "tests/support/dialogue.h"

namespace imap {

inline constexpr net::Tls kImplicit = net::Tls::implicit;
inline constexpr net::Tls kStartTls = net::Tls::starttls;

inline std::unique_ptr<Session> session(net::Tls tls = kImplicit) {
    return std::make_unique<Session>(
        Credentials{"me@example.com", "hunter2"}, tls, tls == kImplicit
    );
}
inline std::string token() {
    return base::base64_encode(std::string_view("\0me@example.com\0hunter2", 23));
}

// Plays it in whole pieces and byte by byte.
inline void expect_follows(const support::Dialogue& dialogue, net::Tls tls = kImplicit) {
    EXPECT_EQ(dialogue.run(*session(tls)), "");
    EXPECT_EQ(dialogue.run_bytewise(*session(tls)), "");
}

inline support::Dialogue::Call give(Command command) {
    return [command](net::Session& session) { static_cast<Session&>(session).command(command); };
}
inline support::Dialogue::Call list() {
    return [](net::Session& session) { static_cast<Session&>(session).list(); };
}
inline support::Dialogue::Call check(std::function<void(Session&)> look) {
    return [look](net::Session& session) { look(static_cast<Session&>(session)); };
}
// Looks at the reply to the last command and gives the next one.
inline support::Dialogue::Call then(std::function<void(base::Result<Reply>)> look, Command next) {
    return [look, next](net::Session& session) {
        auto& imap = static_cast<Session&>(session);
        look(imap.take_reply());
        imap.command(next);
    };
}

// Logged in by LOGIN, with nothing special on offer.
inline support::Dialogue plain_server() {
    return support::Dialogue()
        .server("* OK [CAPABILITY IMAP4rev1] hi\r\n")
        .client("A001 LOGIN \"me@example.com\" \"hunter2\"\r\n")
        .server("A001 OK [CAPABILITY IMAP4rev1] in\r\n");
}

// What any failure of a step leaves behind.
inline void expect_ended(Session& imap, const support::Failure& failure) {
    SCOPED_TRACE(failure.str());
    EXPECT_EQ(imap.state(), State::over);
    EXPECT_FALSE(imap.usable());
    ASSERT_TRUE(imap.error());
    using Kind = support::Failure::Kind;
    const auto expected = failure.kind == Kind::closed      ? base::ErrorCode::closed
                          : failure.kind == Kind::timed_out ? base::ErrorCode::timed_out
                                                            : base::ErrorCode::network;
    EXPECT_EQ(imap.error()->code, expected);
    EXPECT_TRUE(imap.error()->stage.starts_with("imap."));
    EXPECT_EQ(imap.error()->describe().find("hunter2"), std::string::npos);
    const base::Result<Reply> reply = imap.take_reply();
    ASSERT_FALSE(reply);
    EXPECT_EQ(reply.error().code, expected);
}

// The dialogue as it stands, byte by byte, and with each of its steps failing in turn.
inline void expect_follows_and_fails(const support::Dialogue& dialogue) {
    expect_follows(dialogue);
    EXPECT_EQ(dialogue.fail_at_each_step([] { return session(); }, expect_ended), "");
}

// Logged in by LOGIN, with these capabilities.
inline support::Dialogue server_with(const std::string& capabilities) {
    return support::Dialogue()
        .server("* OK [CAPABILITY IMAP4rev1] hi\r\n")
        .client("A001 LOGIN \"me@example.com\" \"hunter2\"\r\n")
        .server("A001 OK [CAPABILITY IMAP4rev1 " + capabilities + "] in\r\n");
}

// The error that ends the dialogue, the same in whole pieces and byte by byte.
inline base::Error error_of(const support::Dialogue& dialogue, net::Tls tls) {
    auto whole = session(tls);
    EXPECT_EQ(dialogue.run(*whole), "");
    auto bytewise = session(tls);
    EXPECT_EQ(dialogue.run_bytewise(*bytewise), "");
    if (!whole->error() || !bytewise->error()) {
        ADD_FAILURE() << "no error";
        return {};
    }
    EXPECT_EQ(whole->error()->describe(), bytewise->error()->describe());
    EXPECT_FALSE(whole->usable());
    return *whole->error();
}

}  // namespace imap
