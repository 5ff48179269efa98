#include "net/server_message.h"

#include <fmt/format.h>

#include "base/check.h"
#include "base/text.h"

namespace net {

namespace {

std::string_view reason_of(int status) {
    switch (status) {
        case 200:
            return "OK";
        case 400:
            return "Bad Request";
        case 404:
            return "Not Found";
        case 405:
            return "Method Not Allowed";
        case 408:
            return "Request Timeout";
        case 411:
            return "Length Required";
        case 413:
            return "Content Too Large";
        case 429:
            return "Too Many Requests";
        case 431:
            return "Request Header Fields Too Large";
        case 503:
            return "Service Unavailable";
        default:
            return "Status";  // the phrase means nothing (RFC 9112 section 4)
    }
}

}  // namespace

std::string_view ServerRequest::header(std::string_view name) const {
    for (const auto& [known, value] : headers)
        if (base::equals_ignoring_case(known, name)) return value;
    return {};
}

std::string to_bytes(const ServerReply& reply, bool head_only, std::string_view date) {
    std::string out = fmt::format(
        "HTTP/1.1 {} {}\r\nDate: {}\r\nContent-Type: {}\r\nContent-Length: {}\r\n"
        "Connection: close\r\n",
        reply.status,
        reason_of(reply.status),
        date,
        reply.content_type,
        reply.body.size()
    );
    for (const auto& [name, value] : reply.headers) {
        CHECK(!(name + value).contains('\r') && !(name + value).contains('\n'));
        out += fmt::format("{}: {}\r\n", name, value);
    }
    out += "\r\n";
    if (!head_only) out += reply.body;
    return out;
}

}  // namespace net
