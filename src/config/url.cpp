#include "config/url.h"

#include "base/text.h"

namespace config {

namespace {

base::Result<HttpUrl> refuse(const char* why) {
    return base::fail(base::ErrorCode::invalid_input, "url", why);
}

bool is_alnum(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

bool is_ipv6(std::string_view text) {
    if (text.find(':') == std::string_view::npos || text.size() > 45) return false;
    return std::ranges::all_of(text, [](char c) {
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || c == ':' || c == '.';
    });
}

// Takes "host", "host:port" or "[v6]:port"; false where malformed.
bool take_authority(std::string_view authority, HttpUrl& url) {
    std::string_view port;
    if (authority.starts_with('[')) {
        const std::size_t end = authority.find(']');
        if (end == std::string_view::npos) return false;
        url.host = base::to_lower(authority.substr(1, end - 1));
        if (!is_ipv6(url.host)) return false;
        port = authority.substr(end + 1);
    } else {
        const std::size_t colon = std::min(authority.find(':'), authority.size());
        url.host = base::to_lower(authority.substr(0, colon));
        if (!is_host(url.host)) return false;
        port = authority.substr(colon);
    }
    if (port.empty()) return true;
    const auto number = base::parse_int(port.substr(1));
    if (port.front() != ':' || !number || *number < 1 || *number > 65535) return false;
    url.port = static_cast<int>(*number);
    return true;
}

}  // namespace

bool is_host(std::string_view text) {
    if (text.empty() || text.size() > 253) return false;
    for (const std::string& label : base::split(text, '.')) {
        if (label.empty() || label.size() > 63) return false;
        if (label.front() == '-' || label.back() == '-') return false;
        for (const char c : label)
            if (!is_alnum(c) && c != '-' && c != '_') return false;
    }
    return true;
}

bool is_loopback_host(std::string_view host) {
    if (host == "localhost" || host == "::1") return true;
    const std::vector<std::string> parts = base::split(host, '.');
    if (parts.size() != 4 || parts[0] != "127") return false;
    return std::ranges::all_of(parts, [](const std::string& part) {
        const auto number = base::parse_int(part);
        return number && *number <= 255;
    });
}

base::Result<HttpUrl> parse_http_url(std::string_view text) {
    HttpUrl url;
    const std::size_t mark = text.find("://");
    if (mark == std::string_view::npos) return refuse("it does not start with https:// or http://");
    url.scheme = base::to_lower(text.substr(0, mark));
    if (url.scheme != "http" && url.scheme != "https")
        return refuse("it does not start with https:// or http://");
    for (const char c : text)
        if (static_cast<unsigned char>(c) <= 0x20 || static_cast<unsigned char>(c) >= 0x7f)
            return refuse("it has a blank or a character that no URL has");
    if (text.find_first_of("?#\\\"<>") != std::string_view::npos)
        return refuse("it must end with its path (no ?, # or \\)");
    const std::string_view rest = text.substr(mark + 3);
    const std::size_t slash = std::min(rest.find('/'), rest.size());
    const std::string_view authority = rest.substr(0, slash);
    if (authority.find('@') != std::string_view::npos)
        return refuse("it has a user or password in it; keys belong into the environment");
    url.port = url.scheme == "https" ? 443 : 80;
    if (!take_authority(authority, url)) return refuse("its host or port is malformed");
    url.path = rest.substr(slash);
    while (url.path.ends_with('/')) url.path.pop_back();
    return url;
}

}  // namespace config
