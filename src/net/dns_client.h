// DNS questions other than addresses (those are net/resolver.h): who takes a domain's mail, where
// its services are, what its texts say. The real client is net/ares_dns_client.cpp.
//
// Answers come from anyone who can reach our resolver: nothing in them is proven, and callers treat
// a host name from here as a hint. Names in answers are lower case, without the last dot, and made
// of letters, digits, hyphens, underscores and dots; records with others are left out.
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/task.h"
#include "base/time.h"

namespace net {

struct MxRecord {
    int preference = 0;
    std::string host;
    auto operator<=>(const MxRecord&) const = default;
};

struct SrvRecord {
    int priority = 0;
    int weight = 0;
    std::uint16_t port = 0;
    std::string target;
    auto operator<=>(const SrvRecord&) const = default;
};

class DnsClient {
  public:
    virtual ~DnsClient() = default;
    // Errors of all: not_found (no such name, or none of these records), invalid_input (the
    // name cannot be asked for), timed_out, network (no server can be reached, or all of them fail
    // or refuse), protocol (an answer makes no sense), cancelled (the program is stopping). At most
    // kRecordsMax records.
    //
    // By preference, then by name. A null MX (RFC 7505) is not_found too, with the enhanced code
    // 5.1.10 (kNullMx); a name that does not exist has 5.1.2 (kNoSuchDomain).
    virtual base::Task<base::Result<std::vector<MxRecord>>> mx(
        std::string domain, base::MonotonicTime deadline
    ) = 0;
    // `name` is "_imaps._tcp.example.com" (RFC 2782). By priority, then by weight, the heavier
    // first, then by name; a target of "." (not available here) is not_found.
    virtual base::Task<base::Result<std::vector<SrvRecord>>> srv(
        std::string name, base::MonotonicTime deadline
    ) = 0;
    // The strings of each record joined (RFC 7208 section 3.3), sorted.
    virtual base::Task<base::Result<std::vector<std::string>>> txt(
        std::string name, base::MonotonicTime deadline
    ) = 0;
    // Whether it has an IPv4 or IPv6 address; a name that does not exist has none.
    virtual base::Task<base::Result<bool>> has_address(
        std::string name, base::MonotonicTime deadline
    ) = 0;
};

inline constexpr std::size_t kRecordsMax = 100;
inline constexpr const char* kNullMx = "5.1.10";       // RFC 7505 section 4.3
inline constexpr const char* kNoSuchDomain = "5.1.2";  // RFC 3463

}  // namespace net
