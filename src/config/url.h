// The URLs that stand in a configuration: http or https, a host, perhaps a port and a path.
#pragma once
#include <string>
#include <string_view>

#include "base/result.h"

namespace config {

struct HttpUrl {
    std::string scheme;  // "http" or "https"
    std::string host;    // lower case; an IPv6 address without its brackets
    int port = 0;        // the scheme's own where none was written
    std::string path;    // "" or "/…", without a slash at the end
};

// RFC 3986 without user, query and fragment, since none belongs into a base URL.
// invalid_input: the message is the reason alone ("it has no host"); it never repeats the text.
base::Result<HttpUrl> parse_http_url(std::string_view text);

// A DNS name or an IPv4 address as a certificate or a dialer takes it.
bool is_host(std::string_view text);
// localhost, 127.0.0.0/8 or ::1.
bool is_loopback_host(std::string_view host);

}  // namespace config
