#include "net/rate_limiter.h"

#include <arpa/inet.h>

#include <algorithm>

#include "base/text.h"

namespace net {

double RateLimiter::level(const Bucket& bucket, base::MonotonicTime now) const {
    const std::chrono::duration<double> passed = std::max(now - bucket.at, base::Duration(0));
    return std::min(limit_.burst, bucket.left + passed.count() * limit_.per_second);
}

void RateLimiter::forget_full(base::MonotonicTime now) {
    std::erase_if(buckets_, [&](const auto& entry) {
        return level(entry.second, now) >= limit_.burst;
    });
}

bool RateLimiter::allow(std::string_view peer, base::MonotonicTime now) {
    auto found = buckets_.find(peer);
    if (found == buckets_.end()) {
        if (buckets_.size() >= limit_.peers_max) forget_full(now);
        const std::string_view key = buckets_.size() >= limit_.peers_max ? "others" : peer;
        found = buckets_.try_emplace(std::string(key), limit_.burst, now).first;
    }
    Bucket& bucket = found->second;
    bucket.left = level(bucket, now);
    bucket.at = std::max(bucket.at, now);
    if (bucket.left < 1) return false;
    bucket.left -= 1;
    return true;
}

std::string rate_key(std::string_view address) {
    in6_addr parsed{};
    const std::string text(address);
    if (::inet_pton(AF_INET6, text.c_str(), &parsed) != 1) return text;
    if (IN6_IS_ADDR_V4MAPPED(&parsed)) return text;
    return base::hex_encode(
        std::string_view(reinterpret_cast<const char*>(parsed.s6_addr), sizeof parsed.s6_addr / 2)
    );
}

}  // namespace net
