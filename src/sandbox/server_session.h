// A server's side of one connection, without I/O: it eats bytes and answers what to send and what
// to do then. `serve` (connection.h) runs it over a stream.
#pragma once
#include <functional>
#include <string>
#include <string_view>

#include "base/time.h"

namespace sandbox {

enum class Then {
    read_on,
    start_tls,    // after the bytes are sent; then on_tls() is called
    close,        // after the bytes are sent
    fall_silent,  // read on, answer nothing any more
};

struct ServerAnswer {
    std::string bytes;
    Then then = Then::read_on;
};

class ServerSession {
  public:
    virtual ~ServerSession() = default;
    virtual ServerAnswer greet() = 0;
    virtual ServerAnswer on_bytes(std::string_view bytes) = 0;
    virtual void on_tls() = 0;
    // What it says when the client was silent for too long; the connection is closed then.
    virtual std::string on_idle() = 0;
    virtual base::Duration idle_limit() const = 0;
    // What it has to say unasked, or nothing. While the client is silent it asks for this to be
    // called by `nudge` (set by serve).
    virtual std::string take_news() { return {}; }
    std::function<void()> nudge = [] {};
};

}  // namespace sandbox
