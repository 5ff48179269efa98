// For tests of the connector: servers that count logins, on virtual time, and a log that is kept.
#pragma once
#include "base/log.h"
#include "base/text.h"
#include "mailbox/connector.h"
#include "tests/support/manual_loop.h"
#include "tests/support/scripted_dialer.h"

namespace mailbox {

using namespace std::chrono_literals;

inline const net::Endpoint kSmtp{"smtp.mail.test", 465, net::Tls::implicit};
inline const net::Endpoint kImap{"imap.mail.test", 993, net::Tls::implicit};

struct Servers {
    base::Clock& clock;
    std::string smtp_answer;      // to AUTH; empty: by the password
    std::string imap_answer;      // to AUTHENTICATE, without tag; empty: by the password
    std::string good_token = {};  // the one access token that they take
    int smtp_logins = 0;
    int imap_logins = 0;
    int quits = 0;
    int open = 0;  // IMAP sessions that are logged in
    int most_open = 0;
    std::vector<base::MonotonicTime> times{};
};

inline bool right(std::string_view sasl_plain) {
    return base::base64_decode(sasl_plain).value_or("").ends_with(std::string("\0right", 6));
}

inline bool right(std::string_view sasl_xoauth2, const Servers& servers) {
    return !servers.good_token.empty() && base::base64_decode(sasl_xoauth2)
                                              .value_or("")
                                              .contains("auth=Bearer " + servers.good_token + "\1");
}

inline base::Task<> serve_smtp(std::unique_ptr<net::Stream> stream, Servers& servers) {
    support::Peer peer(std::move(stream));
    co_await peer.say("220 smtp.mail.test\r\n");
    while (true) {
        const std::optional<std::string> line = co_await peer.line();
        if (!line) co_return;
        std::string answer = "250 ok\r\n";
        if (line->starts_with("EHLO")) answer = "250-smtp.mail.test\r\n250 AUTH PLAIN XOAUTH2\r\n";
        if (line->starts_with("AUTH PLAIN ")) {
            ++servers.smtp_logins;
            servers.times.push_back(servers.clock.monotonic());
            answer =
                right(line->substr(11)) ? "235 2.7.0 welcome\r\n" : "535 5.7.8 not accepted\r\n";
            if (!servers.smtp_answer.empty()) answer = servers.smtp_answer;
        }
        if (line->starts_with("AUTH XOAUTH2 ")) {
            ++servers.smtp_logins;
            answer = right(line->substr(13), servers) ? "235 2.7.0 welcome\r\n"
                                                      : "535 5.7.3 Authentication unsuccessful\r\n";
        }
        if (line->starts_with("QUIT")) {
            ++servers.quits;
            answer = "221 bye\r\n";
        }
        co_await peer.say(std::move(answer));
    }
}

inline base::Task<> serve_imap(std::unique_ptr<net::Stream> stream, Servers& servers) {
    support::Peer peer(std::move(stream));
    co_await peer.say("* OK [CAPABILITY IMAP4rev1 SASL-IR AUTH=PLAIN AUTH=XOAUTH2] ready\r\n");
    bool logged_in = false;
    while (true) {
        const std::optional<std::string> line = co_await peer.line();
        if (!line) break;
        const std::string tag = line->substr(0, line->find(' '));
        std::string answer = tag + " OK done\r\n";
        const std::size_t plain = line->find("AUTHENTICATE PLAIN ");
        if (plain != std::string::npos) {
            ++servers.imap_logins;
            servers.times.push_back(servers.clock.monotonic());
            logged_in = right(line->substr(plain + 19)) && servers.imap_answer.empty();
            answer = tag + (logged_in ? " OK [CAPABILITY IMAP4rev1] in\r\n"
                                      : " NO [AUTHENTICATIONFAILED] wrong\r\n");
            if (!servers.imap_answer.empty()) answer = tag + " " + servers.imap_answer + "\r\n";
            if (logged_in) servers.most_open = std::max(servers.most_open, ++servers.open);
        }
        const std::size_t token = line->find("AUTHENTICATE XOAUTH2 ");
        if (token != std::string::npos) {
            ++servers.imap_logins;
            logged_in = right(line->substr(token + 21), servers);
            answer = tag + (logged_in ? " OK [CAPABILITY IMAP4rev1] in\r\n"
                                      : " NO [AUTHENTICATIONFAILED] refused\r\n");
            if (logged_in) servers.most_open = std::max(servers.most_open, ++servers.open);
        }
        co_await peer.say(std::move(answer));
    }
    if (logged_in) --servers.open;
}

// Gives its tokens in order: the next one once the one before was discarded.
class ListedTokens : public TokenSource {
  public:
    explicit ListedTokens(std::vector<std::string> tokens) : tokens_(std::move(tokens)) {}
    base::Task<base::Result<std::string>> access_token(Mailbox, base::MonotonicTime) override {
        co_return tokens_.at(at_);
    }
    base::Task<> discard(Mailbox, std::string token) override {
        discarded_.push_back(token);
        if (token == tokens_.at(at_)) ++at_;
        co_return;
    }
    const std::vector<std::string>& discarded() const { return discarded_; }

  private:
    std::vector<std::string> tokens_;
    std::size_t at_ = 0;
    std::vector<std::string> discarded_;
};

class ConnectorTest : public testing::Test {
  protected:
    ConnectorTest() {
        dialer_.serve(kSmtp, [this](std::unique_ptr<net::Stream> stream) {
            return serve_smtp(std::move(stream), servers_);
        });
        dialer_.serve(kImap, [this](std::unique_ptr<net::Stream> stream) {
            return serve_imap(std::move(stream), servers_);
        });
        before_ = base::log::set_sink([this](const base::log::Line& line) {
            log_ += line.component + ": " + line.text + "\n";
        });
    }
    ~ConnectorTest() override { base::log::set_sink(std::move(before_)); }

    static Mailbox mailbox(std::int64_t id, const std::string& password = "right") {
        Mailbox mailbox;
        mailbox.id = id;
        mailbox.email = *base::Email::parse(fmt::format("m{}@mail.test", id));
        mailbox.smtp = kSmtp;
        mailbox.imap = kImap;
        mailbox.login = mailbox.email.str();
        mailbox.password = password;
        return mailbox;
    }
    auto smtp(const Mailbox& one, base::Duration patience = 90s) {
        return base::run_to_end(loop_, connector_.smtp(one, loop_.clock().in(patience)));
    }
    auto imap(const Mailbox& one, base::Duration patience = 90s) {
        return base::run_to_end(loop_, connector_.imap(one, loop_.clock().in(patience)));
    }
    int logged(std::string_view words) const {
        int count = 0;
        for (std::size_t at = log_.find(words); at != std::string::npos;
             at = log_.find(words, at + 1))
            ++count;
        return count;
    }

    support::ManualLoop loop_;
    Servers servers_{loop_.clock(), "", ""};
    support::ScriptedDialer dialer_{loop_, loop_.clock()};
    Connector connector_{dialer_, loop_.clock(), {}};
    base::log::Sink before_;
    std::string log_;
};

}  // namespace mailbox
