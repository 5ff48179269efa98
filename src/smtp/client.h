// The thin coroutine client over smtp::Session: one connection, many messages one after another.
//
// Life cycle: connect() → send()* → quit(). After a send that did not end with a reply to the dot,
// or after any failure of the connection, usable() is false and the client is thrown away.
#pragma once
#include <functional>
#include <memory>

#include "base/clock.h"
#include "net/dialer.h"
#include "smtp/session.h"

namespace smtp {

// How a send ended. What happened to the final dot decides what may be done next.
enum class Outcome {
    accepted,  // 2xx to the dot
    refused,   // 4xx or 5xx at any step, the dot included: the server does not have it
    not_sent,  // the connection failed, or `before_dot` refused, before the dot was written
    in_doubt,  // the dot was (perhaps) written and no reply came
};

struct SendResult {
    Outcome outcome = Outcome::not_sent;
    std::optional<Reply> reply;  // the reply that decided it
    base::Error error;           // for everything but accepted
};

class Client {
  public:
    virtual ~Client() = default;
    // Dials, greets, starts TLS, logs in. Errors keep stage "smtp.connect", "smtp.tls", "smtp.auth"
    // ….
    static base::Task<base::Result<std::unique_ptr<Client>>> connect(
        net::Dialer& dialer,
        base::Clock& clock,
        net::Endpoint endpoint,
        SessionSettings settings,
        base::MonotonicTime deadline
    );

    // Sends one message (CRLF lines, not dot-stuffed; a bare CR, LF or NUL is refused: not_sent).
    // `before_dot` runs after the 354, when all but the final dot is written: where it returns an
    // error, the connection is dropped without the dot (RFC 5321 section 4.1.1.4: nothing is
    // delivered).
    using BeforeDot = std::function<base::Task<base::Result<>>()>;
    virtual base::Task<SendResult> send(
        Envelope envelope, std::string message, BeforeDot before_dot, base::MonotonicTime deadline
    ) = 0;
    // Asks whether such a message would be taken, and sends none: accepted, refused, or not_sent.
    virtual base::Task<SendResult> ask(Envelope envelope, base::MonotonicTime deadline) = 0;
    // True where another message may be sent on this connection.
    virtual bool usable() const = 0;
    virtual base::Task<> quit(base::MonotonicTime deadline) = 0;
};

}  // namespace smtp
