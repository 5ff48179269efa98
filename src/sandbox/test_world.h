// Test support: a small world's accounts, hand-written dialogues with a server session, and a hand
// client over a stream.
#pragma once
#include <gtest/gtest.h>

#include "base/text.h"
#include "sandbox/imap_server.h"
#include "sandbox/smtp_server.h"
#include "sandbox/world.h"

namespace sandbox::test {

inline constexpr base::Timestamp kStart{1'780'300'800'000'000};  // 2026-06-01T08:00:00Z

inline base::Email mailbox(std::string_view text) { return base::Email::parse(text).value(); }

inline const base::Email kSender = mailbox("anna@co-one.test");
inline const base::Email kGmail = mailbox("seed.one@gmail-like.test");
inline const base::Email kOutlook = mailbox("seed.two@outlook-like.test");

inline std::vector<AccountSpec> accounts() {
    return {
        {kSender, "secret", "zoho", kStart},
        {kGmail, "app password", "gmail", kStart},
        {kOutlook, "pass\"word", "outlook", kStart},
        {mailbox("seed.de@gmail-like.test"), "app password", "gmail", kStart},
        {mailbox("seed.fr@gmail-like.test"), "app password", "gmail", kStart},
        {mailbox("seed.bare@outlook-like.test"), "pass\"word", "outlook", kStart},
    };
}

struct TestOffice {
    explicit TestOffice(std::uint64_t seed = 1) : office({seed, "kind", kStart}, loop) {
        for (AccountSpec& spec : accounts()) office.add_account(std::move(spec));
    }
    VirtualLoop loop{kStart};
    PostOffice office;
};

// A dialogue without a stream: what the session answers to a line.
class Talk {
  public:
    explicit Talk(ServerSession& session) : session_(session) {}

    std::string say(std::string_view line) { return send(std::string(line) + "\r\n"); }
    std::string send(std::string_view bytes) {
        ServerAnswer answer = session_.on_bytes(bytes);
        then = answer.then;
        if (answer.then == Then::start_tls) session_.on_tls();
        return answer.bytes;
    }
    // The same bytes one at a time: the answers together.
    std::string send_slowly(std::string_view bytes) {
        std::string out;
        for (const char byte : bytes) out += send(std::string_view(&byte, 1));
        return out;
    }
    Then then = Then::read_on;

  private:
    ServerSession& session_;
};

inline std::string plain_login(std::string_view user, std::string_view password) {
    std::string text(1, '\0');
    text += user;
    text += '\0';
    text += password;
    return base::base64_encode(text);
}

inline std::string token_login(std::string_view user, std::string_view access_token) {
    return base::base64_encode(fmt::format(
        "user={}\x01"
        "auth=Bearer {}\x01\x01",
        user,
        access_token
    ));
}

inline std::string message(
    const base::Email& from, const base::Email& to, std::string_view id, std::string_view more = {}
) {
    return fmt::format(
        "From: Anna <{}>\r\nTo: <{}>\r\nSubject: A walk on Sunday?\r\nMessage-ID: <{}>\r\n"
        "Date: Mon, 01 Jun 2026 08:00:00 +0000\r\n{}\r\nShall we go?\r\n",
        from.str(),
        to.str(),
        id,
        more
    );
}

}  // namespace sandbox::test
