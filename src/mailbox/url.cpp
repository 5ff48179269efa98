#include <array>

#include "base/text.h"
#include "mailbox/mailboxes.h"

namespace mailbox {

namespace {

struct Scheme {
    std::string_view name;
    net::Tls tls;
    std::uint16_t port;
};
constexpr std::array<Scheme, 4> kSchemes = {{
    {"smtps", net::Tls::implicit, 465},
    {"smtp+starttls", net::Tls::starttls, 587},
    {"imaps", net::Tls::implicit, 993},
    {"imap+starttls", net::Tls::starttls, 143},
}};

std::unexpected<base::Error> refuse(std::string_view url, const std::string& why) {
    return base::fail(
        base::ErrorCode::invalid_input,
        "url",
        "'" + base::printable(url, 120) + "' " + why +
            "; use smtps://host:465, smtp+starttls://host:587, imaps://host:993 or "
            "imap+starttls://host:143"
    );
}

bool is_host(std::string_view host) {
    return !host.empty() && host.size() <= 255 &&
           host.find_first_not_of(
               "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-.:"
           ) == std::string_view::npos;
}

}  // namespace

base::Result<net::Endpoint> parse_url(std::string_view url) {
    const std::size_t mark = url.find("://");
    if (mark == std::string_view::npos) return refuse(url, "is not a server URL");
    for (const Scheme& scheme : kSchemes) {
        if (!base::equals_ignoring_case(url.substr(0, mark), scheme.name)) continue;
        std::string_view rest = url.substr(mark + 3);
        if (rest.ends_with('/')) rest.remove_suffix(1);
        net::Endpoint endpoint{"", scheme.port, scheme.tls};
        std::string_view port;
        if (rest.starts_with('[')) {  // an IPv6 literal
            const std::size_t end = rest.find(']');
            if (end == std::string_view::npos) return refuse(url, "has an unclosed address");
            endpoint.host = std::string(rest.substr(1, end - 1));
            port = rest.substr(end + 1);
        } else {
            const std::size_t colon = rest.find(':');
            endpoint.host = std::string(rest.substr(0, colon));
            port = colon == std::string_view::npos ? std::string_view() : rest.substr(colon);
        }
        if (!is_host(endpoint.host)) return refuse(url, "has no valid host");
        if (!port.empty()) {
            const auto number = base::parse_int(port.substr(1));
            if (port[0] != ':' || !number || *number < 1 || *number > 65535)
                return refuse(url, "has no valid port");
            endpoint.port = static_cast<std::uint16_t>(*number);
        }
        return endpoint;
    }
    return refuse(url, "is of a kind that is not known (unencrypted ones are never used)");
}

std::string to_url(const net::Endpoint& endpoint, std::string_view protocol) {
    const bool literal = endpoint.host.find(':') != std::string::npos;
    const std::string host = literal ? "[" + endpoint.host + "]" : endpoint.host;
    return std::string(protocol) + (endpoint.tls == net::Tls::implicit ? "s" : "+starttls") +
           "://" + host + ":" + std::to_string(endpoint.port);
}

}  // namespace mailbox
