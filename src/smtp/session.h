// The client's side of one SMTP connection, without I/O (RFC 5321; STARTTLS RFC 3207, AUTH RFC
// 4954, PIPELINING RFC 2920, SIZE RFC 1870, 8BITMIME RFC 6152, SMTPUTF8 RFC 6531).
//
//   Session session(settings, net::Tls::starttls, stream.encrypted());
//   net::drive(…)                    → Ready: logged in; or Done with error()
//   session.send(envelope, message); net::drive(…) → Barrier "before_dot", Ready (refused) or Done
//   session.resume(); net::drive(…)  → Ready or Done; session.last() says how the message fared
//   session.quit(); net::drive(…)    → Done
//
// What it promises: nothing secret over a connection that is not encrypted; with Tls::starttls not
// one command beyond EHLO and STARTTLS (and QUIT) in clear, no fallback; bytes that come with the
// answer to STARTTLS end the session, as do bytes when no answer is due; what was heard before TLS
// is forgotten; one login attempt; the password (or token) stands in no error, reply or log line,
// even where the server repeats it. The whole message is one write, up to 1 MiB (more: one write
// per MiB, each with RFC 5321's own deadline); the final dot is a write of its own, after the
// barrier.
//
// Limits: those of ReplyParser. Each read has its state's deadline (states.h); the whole is bounded
// by the deadline that drive() is given. Replies are judged by their first digit; 421 and (but to
// QUIT) 221 close the session wherever they come.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "net/dialer.h"
#include "net/sasl.h"
#include "net/session.h"
#include "smtp/capabilities.h"
#include "smtp/reply_parser.h"
#include "smtp/states.h"
#include "smtp/types.h"

namespace smtp {

// How the message of the last send() fared.
struct Transaction {
    enum class Ending {
        none,      // nothing was sent yet
        open,      // under way
        accepted,  // 2xx to the final dot
        refused,   // 4xx or 5xx, in `reply`
        failed,    // no verdict: the connection or the server broke, or we gave up
    };
    Ending ending = Ending::none;
    // The final dot may be on the wire: with Ending::failed the message is in doubt.
    bool dot_begun = false;
    std::optional<Reply> reply;  // the reply that decided it
    base::Error error;           // for refused and failed
};

class Session final : public net::Session {
  public:
    using State = smtp::State;

    // `encrypted`: the stream is so already (Tls::implicit; a starttls stream is not yet).
    Session(SessionSettings settings, net::Tls tls, bool encrypted);

    // Starts a message from Ready. Where it can't be sent here at all (bad line ends, a lacking
    // extension, over the server's SIZE), last() says so, nothing is written and the session stays
    // Ready.
    void send(Envelope envelope, std::string message);
    // Asks, from Ready, whether such a message would be taken: MAIL and RCPT, then RSET; no DATA.
    // last() says accepted or refused.
    void ask(Envelope envelope);
    // At the barrier: gives the message up. The session is over and the dot never leaves.
    void abandon(base::Error error);
    // Says goodbye, from Ready.
    void quit();

    State state() const { return state_; }
    bool ready() const { return state_ == State::ready; }
    bool encrypted() const { return encrypted_; }
    const Capabilities& capabilities() const { return capabilities_; }
    const Transaction& last() const { return transaction_; }
    // Why the session is over; nothing while it lives and after an orderly quit().
    const std::optional<base::Error>& error() const { return error_; }

    net::Action next() override;
    void on_written() override;
    void on_bytes(std::string_view bytes) override;
    void on_tls_started() override;
    void on_closed() override;
    void on_timeout() override;
    void on_failure(base::Error error) override;
    void resume() override;

  private:
    // session.cpp: what all states share
    bool awaits_reply() const;
    void on_surplus(std::string_view bytes);
    void on_reply(Reply reply);
    void on_step_reply(const Reply& reply);
    void on_farewell(const Reply& reply);
    std::string scrub(std::string words) const;
    Reply scrub(Reply reply) const;
    void fail_to_read(const base::Error& error);
    base::Error error_of(const Reply& reply) const;
    base::Error state_error(base::ErrorCode code, std::string message) const;
    void write(State state, std::string bytes);
    void fail(base::Error error);
    void leave(base::Error error);

    // session_login.cpp: from the greeting to Ready
    void on_greeting(const Reply& reply);
    void on_ehlo(const Reply& reply);
    void on_helo(const Reply& reply);
    void after_hello();
    void on_starttls(const Reply& reply);
    void login();
    void login_by_token();
    void on_auth(const Reply& reply);
    void on_challenge(const Reply& reply);

    // session_transaction.cpp: one message
    void on_mail(const Reply& reply);
    void on_rcpt(const Reply& reply);
    void on_data(const Reply& reply);
    void on_data_taken(const Reply& reply);
    void on_dot(const Reply& reply);
    void on_lone_dot(const Reply& reply);
    void on_rset(const Reply& reply);
    void refuse(const Reply& reply);

    SessionSettings settings_;
    net::Tls tls_;
    bool encrypted_;
    std::vector<std::string> secrets_;  // what the server must not be able to put into our log

    State state_ = State::greeting;
    std::string outgoing_;  // a command that is not written yet
    std::optional<net::TokenMechanism> mechanism_;
    std::string token_refusal_;  // the status in a refused token's challenge
    ReplyParser parser_;
    Capabilities capabilities_;
    std::optional<base::Error> error_;

    Transaction transaction_;
    bool pipelined_ = false;
    bool asking_ = false;  // nothing follows RCPT
    bool rcpt_accepted_ = false;
    std::string rcpt_line_;
    std::string block_;  // the message with doubled dots, without the final one
    std::size_t written_ = 0;
};

}  // namespace smtp
