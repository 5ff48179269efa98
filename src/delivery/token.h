// The token by which our own mail is recognised: it names the side and the row and proves, by an
// HMAC, that we made it (DESIGN section 5). Warmup mail carries it in a header whose name is drawn
// at init.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace delivery {

enum class Side { warmup, campaign };
std::string_view to_string(Side side);

struct TokenClaim {
    Side side;
    std::string nonce;  // the row's own random part; emails_*.token holds the whole token
};

class TokenMint {
  public:
    // `key` is Vault::derive("token").
    explicit TokenMint(std::string key);
    // "w" or "c", 16 letters and digits drawn by the caller, 22 characters of HMAC-SHA-256 (132
    // bits).
    std::string mint(Side side, std::string_view nonce) const;
    // Nothing where the form or the HMAC is wrong.
    std::optional<TokenClaim> check(std::string_view token) const;
    // The tokens of one side that stand in a text (a subject, a returned header), each once, in
    // their order; at most `count_max`. Letters before a token do not hide it ("%20TOKEN").
    std::vector<std::string> find(std::string_view text, Side side, std::size_t count_max = 10)
        const;

  private:
    std::string key_;
};

}  // namespace delivery
