#include "delivery/token.h"

#include <algorithm>

#include "base/check.h"
#include "base/crypto.h"
#include "base/text.h"

namespace delivery {

namespace {

constexpr std::size_t kNonceLength = 16;
constexpr std::size_t kMacLength = 22;

bool is_token_character(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '_';
}

char letter_of(Side side) { return side == Side::warmup ? 'w' : 'c'; }

}  // namespace

std::string_view to_string(Side side) { return side == Side::warmup ? "warmup" : "campaign"; }

TokenMint::TokenMint(std::string key) : key_(std::move(key)) {}

std::string TokenMint::mint(Side side, std::string_view nonce) const {
    CHECK(nonce.size() == kNonceLength);
    const std::string head = letter_of(side) + std::string(nonce);
    return head + base::base64url_encode(base::hmac_sha256(key_, head)).substr(0, kMacLength);
}

std::optional<TokenClaim> TokenMint::check(std::string_view token) const {
    token = base::trim(token);
    if (token.size() != 1 + kNonceLength + kMacLength) return std::nullopt;
    if (token[0] != 'w' && token[0] != 'c') return std::nullopt;
    const Side side = token[0] == 'w' ? Side::warmup : Side::campaign;
    const std::string_view nonce = token.substr(1, kNonceLength);
    if (!base::equal_in_constant_time(mint(side, nonce), token)) return std::nullopt;
    return TokenClaim{side, std::string(nonce)};
}

std::vector<std::string> TokenMint::find(std::string_view text, Side side, std::size_t count_max)
    const {
    constexpr std::size_t kLength = 1 + kNonceLength + kMacLength;
    // So many HMACs at most for one text, whoever wrote it.
    std::size_t tries = 500;
    std::vector<std::string> found;
    for (std::size_t at = 0; at < text.size() && found.size() < count_max && tries > 0;) {
        std::size_t end = at;
        while (end < text.size() && is_token_character(text[end])) ++end;
        if (end - at >= kLength) {
            const std::string_view last = text.substr(end - kLength, kLength);
            --tries;
            const auto claim = check(last);
            if (claim && claim->side == side &&
                std::find(found.begin(), found.end(), last) == found.end())
                found.emplace_back(last);
        }
        at = end + 1;
    }
    return found;
}

}  // namespace delivery
