// How often each peer may ask: a bucket of `burst` requests that fills again by `per_second`.
// No I/O, time comes in. It remembers at most `peers_max` peers; beyond that, those with a full
// bucket are forgotten, which changes nothing for them, and where all are in use newcomers share
// one bucket.
#pragma once
#include <map>
#include <string>
#include <string_view>

#include "base/time.h"

namespace net {

struct RateLimit {
    double burst = 200;
    double per_second = 20;
    std::size_t peers_max = 10'000;
};

class RateLimiter {
  public:
    explicit RateLimiter(RateLimit limit = {}) : limit_(limit) {}
    // Takes one request of this peer's; false where it has none left.
    bool allow(std::string_view peer, base::MonotonicTime now);
    std::size_t peers() const { return buckets_.size(); }

  private:
    struct Bucket {
        double left = 0;
        base::MonotonicTime at;
    };
    double level(const Bucket& bucket, base::MonotonicTime now) const;
    void forget_full(base::MonotonicTime now);

    RateLimit limit_;
    std::map<std::string, Bucket, std::less<>> buckets_;
};

// Whom requests from this address are counted for: an IPv4 address itself, of an IPv6 address its
// /64, which is one customer's.
std::string rate_key(std::string_view address);

}  // namespace net
