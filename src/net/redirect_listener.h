// Where the owner's browser comes back to after a login: a listener for HTTP on a free port of
// 127.0.0.1 (RFC 8252 section 7.3), for as long as one login takes.
//
//   auto listener = net::RedirectListener::open(loop);
//   auto target = co_await (*listener)->wait(judge, deadline);   // "/?code=…&state=…"
//
// Limits: 16 connections at once (browsers open some that they never use), 8 KiB and 10 s a
// request, GET only; no body is read. What was asked for is never repeated in a page.
// Errors: network where no port can be had, timed_out where nothing that `judge` takes came.
#pragma once
#include <functional>

#include "base/result.h"
#include "net/asio_loop.h"

namespace net {

class RedirectListener {
  public:
    // What to do with a request for this target: the answer's status and text, and whether the
    // wait is over.
    struct Answer {
        int status = 404;
        std::string text;
        bool done = false;
    };
    using Judge = std::function<Answer(std::string_view target)>;

    static base::Result<std::unique_ptr<RedirectListener>> open(AsioLoop& loop);
    RedirectListener(const RedirectListener&) = delete;
    RedirectListener& operator=(const RedirectListener&) = delete;
    ~RedirectListener();

    std::uint16_t port() const { return port_; }
    // Once. Answers requests until one is done, and gives its target.
    base::Task<base::Result<std::string>> wait(Judge judge, base::MonotonicTime deadline);

    struct State;  // shared with the connections

  private:
    RedirectListener(AsioLoop& loop, int fd, std::uint16_t port);

    std::uint16_t port_;
    std::shared_ptr<State> state_;
};

}  // namespace net
