// The link by which a recipient unsubscribes with one click (RFC 8058), and the two headers that
// carry it (RFC 2369).
//
// A link ends in a token that only we can make or read: campaign, time and address, sealed with a
// key of its own. It says all that is needed to suppress the address, so it works after the store
// was restored from a backup that has never seen the mail, and after lead and mail were erased. It
// does not expire: it works as long as the key lives, which is drawn once (at `init`, else at the
// first use) and lies in store_meta, sealed with the key file. A wrong token tells nothing: reading
// it fails in one way, whatever is wrong, and the comparison takes constant time (Poly1305).
//
//   auto key = co_await UnsubscribeKey::load(db, vault, random);
//   std::string link = key->make_link("https://u.example.com", to, campaign.id, now);
//   auto headers = unsubscribe_headers(from, mail_token, link);
//
// Both headers have to be covered by the DKIM signature (RFC 8058 section 4): where the provider
// signs, its `h=` has to name the names in kUnsubscribeHeaders.
#pragma once
#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/email.h"
#include "base/random.h"
#include "base/task.h"
#include "base/time.h"
#include "mailbox/vault.h"
#include "store/database.h"

namespace campaign {

inline constexpr std::array<std::string_view, 2> kUnsubscribeHeaders = {
    "List-Unsubscribe", "List-Unsubscribe-Post"
};
// What a client posts, word for word (RFC 8058 section 3.1).
inline constexpr std::string_view kOneClick = "List-Unsubscribe=One-Click";
// Longer tokens are none of ours; longer base URLs would make a header line over 998 bytes.
inline constexpr std::size_t kUnsubscribeTokenMax = 512;
inline constexpr std::size_t kUnsubscribeUrlMax = 300;

struct UnsubscribeClaim {
    base::Email to;
    std::int64_t campaign_id = 0;
    base::Timestamp issued;  // in whole seconds
};

class UnsubscribeKey {
  public:
    // `key` is 32 bytes (CHECKed).
    explicit UnsubscribeKey(std::string key);
    // The store's; drawn and kept where there is none yet. unauthenticated where the key file is
    // not the one it was sealed with.
    static base::Task<base::Result<UnsubscribeKey>> load(
        store::Database& db, const mailbox::Vault& vault, base::Random& random
    );

    // "BASE/u/TOKEN". `base_url` is `[unsubscribe] url`, with or without "/u" at its end.
    std::string make_link(
        std::string_view base_url,
        const base::Email& to,
        std::int64_t campaign_id,
        base::Timestamp now
    ) const;
    // Letters, digits, '-' and '_' only; the same input gives the same token.
    std::string make_token(const base::Email& to, std::int64_t campaign_id, base::Timestamp now)
        const;
    // Nothing where it is not ours, whatever the reason.
    std::optional<UnsubscribeClaim> read_token(std::string_view token) const;

  private:
    std::string key_;
};

// List-Unsubscribe with the mailto form, whose subject carries delivery's token, and where there is
// a link its https form and List-Unsubscribe-Post. ASCII; no word is over 998 bytes, and between
// the two forms stands a blank to fold at.
std::vector<std::pair<std::string, std::string>> unsubscribe_headers(
    const base::Email& from, std::string_view mail_token, const std::optional<std::string>& link
);

}  // namespace campaign
