// Reads one HTTP/1 request from bytes, without I/O (RFC 9112; Boost.Beast's parser behind it).
//
//   HttpRequestParser parser(limits);
//   while (parser.state() == State::reading) parser.on_bytes(chunk);   // any cuts
//   if (parser.state() == State::done) use(parser.take());
//
// One object reads one request; bytes after its end are dropped, since every connection serves one
// request only (which leaves nothing to smuggle). Never throws for any bytes. Failures: 400 for
// what is no HTTP, 411 for a chunked body, 413 and 431 over the limits.
#pragma once
#include <memory>
#include <optional>

#include "net/server_message.h"

namespace net {

struct HttpLimits {
    std::size_t header_bytes_max = 8 << 10;  // request line and headers together
    std::size_t body_bytes_max = 64 << 10;
};

class HttpRequestParser {
  public:
    enum class State { reading, done, failed };

    explicit HttpRequestParser(HttpLimits limits = {});
    HttpRequestParser(const HttpRequestParser&) = delete;
    HttpRequestParser& operator=(const HttpRequestParser&) = delete;
    ~HttpRequestParser();

    State on_bytes(std::string_view bytes);
    // The other side has closed: what is not complete will not be any more.
    State on_closed();

    State state() const;
    // Whether anything came at all.
    bool started() const;
    // The client waits for "100 Continue" before it sends the body (RFC 9110 section 10.1.1).
    bool expects_continue() const;
    // The status to answer after `failed`, and what is wrong in a few words.
    int status() const;
    const std::string& problem() const;
    // After `done`, once.
    ServerRequest take();

  private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace net
