#include "net/address.h"

#include <arpa/inet.h>
#include <netinet/in.h>

namespace net {
namespace {

struct Range {
    std::uint32_t first;
    int bits;
};

constexpr std::uint32_t ip(std::uint32_t a, std::uint32_t b, std::uint32_t c, std::uint32_t d) {
    return (a << 24) | (b << 16) | (c << 8) | d;
}

constexpr Range kNotPublic[] = {
    {ip(0, 0, 0, 0), 8},         // this network
    {ip(10, 0, 0, 0), 8},        // private
    {ip(100, 64, 0, 0), 10},     // shared (carriers; 100.100.100.200 is a metadata service)
    {ip(127, 0, 0, 0), 8},       // loopback
    {ip(168, 63, 129, 16), 32},  // a cloud's wire server
    {ip(169, 254, 0, 0), 16},    // link-local, metadata
    {ip(172, 16, 0, 0), 12},     // private
    {ip(192, 0, 0, 0), 24},      // protocol assignments
    {ip(192, 0, 2, 0), 24},      // documentation
    {ip(192, 88, 99, 0), 24},    // 6to4 relay
    {ip(192, 168, 0, 0), 16},    // private
    {ip(198, 18, 0, 0), 15},     // benchmarks
    {ip(198, 51, 100, 0), 24},   // documentation
    {ip(203, 0, 113, 0), 24},    // documentation
    {ip(224, 0, 0, 0), 4},       // multicast
    {ip(240, 0, 0, 0), 4},       // reserved, broadcast
};

bool is_public_v4(std::uint32_t address) {
    for (const Range& range : kNotPublic)
        if (((address ^ range.first) >> (32 - range.bits)) == 0) return false;
    return true;
}

std::uint32_t v4_at(const unsigned char* bytes) {
    return ip(bytes[0], bytes[1], bytes[2], bytes[3]);
}

bool starts(const in6_addr& address, std::initializer_list<unsigned> prefix) {
    std::size_t i = 0;
    for (const unsigned byte : prefix)
        if (address.s6_addr[i++] != byte) return false;
    return true;
}

bool is_public_v6(const in6_addr& address) {
    const unsigned char* bytes = address.s6_addr;
    if (IN6_IS_ADDR_V4MAPPED(&address)) return is_public_v4(v4_at(bytes + 12));
    if (starts(address, {0, 0x64, 0xff, 0x9b, 0, 0, 0, 0, 0, 0, 0, 0}))  // NAT64, RFC 6052
        return is_public_v4(v4_at(bytes + 12));
    if (starts(address, {0x20, 0x02})) return is_public_v4(v4_at(bytes + 2));  // 6to4, RFC 3056
    if (starts(address, {0x20, 0x01, 0, 0})) return false;                     // Teredo, RFC 4380
    if (starts(address, {0x20, 0x01, 0x0d, 0xb8})) return false;               // documentation
    return (bytes[0] & 0xe0) == 0x20;  // 2000::/3: all that is given out as global unicast
}

}  // namespace

std::string Address::str() const {
    char text[INET6_ADDRSTRLEN] = "";
    const void* bytes = nullptr;
    if (storage.ss_family == AF_INET)
        bytes = &reinterpret_cast<const sockaddr_in*>(&storage)->sin_addr;
    if (storage.ss_family == AF_INET6)
        bytes = &reinterpret_cast<const sockaddr_in6*>(&storage)->sin6_addr;
    if (bytes == nullptr) return "unknown address";
    return inet_ntop(storage.ss_family, bytes, text, sizeof text);
}

bool is_public(const sockaddr* address) {
    if (address->sa_family == AF_INET)
        return is_public_v4(ntohl(reinterpret_cast<const sockaddr_in*>(address)->sin_addr.s_addr));
    if (address->sa_family == AF_INET6)
        return is_public_v6(reinterpret_cast<const sockaddr_in6*>(address)->sin6_addr);
    return false;
}

bool is_public(std::string_view text) {
    const std::string bare(text.substr(0, text.find('%')));
    in_addr v4{};
    if (inet_pton(AF_INET, bare.c_str(), &v4) == 1) return is_public_v4(ntohl(v4.s_addr));
    in6_addr v6{};
    return inet_pton(AF_INET6, bare.c_str(), &v6) == 1 && is_public_v6(v6);
}

bool is_numeric(std::string_view host) {
    const std::string text(host);
    in6_addr room{};
    return inet_pton(AF_INET, text.c_str(), &room) == 1 ||
           inet_pton(AF_INET6, text.c_str(), &room) == 1;
}

}  // namespace net
