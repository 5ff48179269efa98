// Internet addresses: where a name leads, and which of them are public.
//
// `is_public` is the guard of HTTP requests to addresses that strangers chose (RFC 6890, RFC 4193,
// RFC 3927, RFC 6598): false for loopback, private, link-local (so the clouds' metadata services),
// shared, documentation, multicast and reserved ones, and for IPv6 forms that carry such an IPv4
// address (mapped, NAT64, 6to4); Teredo is refused whole. Unknown families are not public.
#pragma once
#include <sys/socket.h>

#include <string>
#include <string_view>

namespace net {

// One address with its port, ready for connect(2).
struct Address {
    sockaddr_storage storage{};
    socklen_t size = 0;
    const sockaddr* get() const { return reinterpret_cast<const sockaddr*>(&storage); }
    // "127.0.0.1", "::1": without the port.
    std::string str() const;
};

bool is_public(const sockaddr* address);
// The same for text such as "10.0.0.1" or "fe80::1%eth0"; false for what is no address.
bool is_public(std::string_view text);
// True for "192.0.2.1" and "2001:db8::1", false for names.
bool is_numeric(std::string_view host);

}  // namespace net
