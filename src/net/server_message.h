// A request as our HTTP servers see it, and what a handler answers. What comes from outside is
// bounded by HttpLimits (http_request_parser.h) and is nothing but text: judge it before use.
#pragma once
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/task.h"

namespace net {

using HeaderList = std::vector<std::pair<std::string, std::string>>;

struct ServerRequest {
    std::string method;  // "GET", "HEAD" or "POST" where a handler sees it
    std::string target;  // as it was sent, "/u/abc?x=1"
    HeaderList headers;
    std::string body;
    std::string peer;  // who asks: an address without port, by a proxy's word where it is near

    // The first header of this name, without regard to case; "" where there is none.
    std::string_view header(std::string_view name) const;
};

struct ServerReply {
    int status = 200;
    std::string content_type = "text/plain; charset=utf-8";
    std::string body;
    HeaderList headers = {};  // further ones
};

// Called on the loop. What it throws is logged, and answered by 503.
using ServerHandler = std::function<base::Task<ServerReply>(ServerRequest request)>;

// The bytes of an answer (RFC 9112), with Content-Length, Date and `Connection: close`; to a HEAD
// request without the body. `date` is an HTTP date. A header with CR or LF is a bug (CHECKed).
std::string to_bytes(const ServerReply& reply, bool head_only, std::string_view date);

}  // namespace net
