// A protocol session without I/O: it eats bytes and answers what to do next (RFC 5321, RFC 3501
// live in smtp/ and imap/). `net::drive` is the one loop that serves them all.
//
//   action = session.next();      // pure, may be called again with the same answer
//   Write    → write all of it, then on_written()
//   Read     → read within `timeout`, then on_bytes() / on_closed() / on_timeout()
//   Wait     → read until bytes come, on_bytes() / on_closed(); at `until`, or when somebody wakes
//              the session, on_wake(): no failure, the session goes on (IMAP IDLE)
//   StartTls → handshake, then on_tls_started(); an error ends the session
//   Barrier  → drive() returns; the caller does its work, then session.resume() and drive() again
//   Ready    → the command that was asked for is over; drive() returns
//   Done     → the session is over, in order or with its error; drive() returns
#pragma once
#include <string>
#include <string_view>
#include <variant>

#include "base/check.h"
#include "base/result.h"
#include "base/time.h"

namespace net {

struct Write {
    std::string bytes;
    base::Duration timeout;
};
struct Read {
    base::Duration timeout;
};
struct Wait {
    base::MonotonicTime until;
};
enum class Wake { time, asked };  // what ended a Wait: its `until`, or somebody
struct StartTls {
    base::Duration timeout;
};
struct Barrier {
    std::string_view name;  // "before_dot"
};
struct Ready {};
struct Done {};
using Action = std::variant<Write, Read, Wait, StartTls, Barrier, Ready, Done>;

class Session {
  public:
    virtual ~Session() = default;
    virtual Action next() = 0;
    virtual void on_written() = 0;
    virtual void on_bytes(std::string_view bytes) = 0;
    virtual void on_tls_started() = 0;
    virtual void on_closed() = 0;
    virtual void on_timeout() = 0;
    // Ends a Wait; only sessions that ask for one are told.
    virtual void on_wake(Wake wake);
    // A failure of the stream other than a timeout or an orderly close.
    virtual void on_failure(base::Error error) = 0;
    // Goes on after a Barrier.
    virtual void resume() = 0;
};

inline void Session::on_wake(Wake) { CHECK(false && "this session waits for nobody"); }

}  // namespace net
