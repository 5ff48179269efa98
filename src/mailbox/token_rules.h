// When a mailbox's tokens are used, refreshed, or given up (pure; RFC 6749 section 6).
//
// One worker exchanges a refresh token at a time, whatever the number of processes: it holds a
// lease in the row, which ends by itself. An exchange that got no answer is tried again after a
// growing pause; a refused refresh token is never tried again.
#pragma once
#include <boost/describe/class.hpp>
#include <string>

#include "base/time.h"
#include "mailbox/oauth_messages.h"

namespace mailbox {

// A row of mailbox_tokens; tokens are sealed.
struct TokenRow {
    std::int64_t mailbox_id = 0;
    std::string issuer;
    std::string client_id;
    std::string refresh_token;
    std::optional<base::Timestamp> refresh_expires_at;
    std::string access_token;
    base::Timestamp access_expires_at;
    base::Timestamp refresh_from;
    base::Timestamp consented_at;
    std::int64_t generation = 0;
    std::string dead_reason;
    std::string lease_holder;
    base::Timestamp lease_until;
    std::int64_t attempts = 0;
    base::Timestamp not_before;
    std::optional<base::Timestamp> unanswered_since;
};
BOOST_DESCRIBE_STRUCT(
    TokenRow,
    (),
    (mailbox_id,
     issuer,
     client_id,
     refresh_token,
     refresh_expires_at,
     access_token,
     access_expires_at,
     refresh_from,
     consented_at,
     generation,
     dead_reason,
     lease_holder,
     lease_until,
     attempts,
     not_before,
     unanswered_since)
)

// Longer than an exchange and its write may take; after it the holder counts as crashed.
inline constexpr base::Duration kLease = std::chrono::seconds(90);

enum class TokenStep {
    use,       // the access token is good
    exchange,  // fetch a new one, under the lease
    wait,      // another worker is fetching one
    dead,      // the owner has to log in again
    later,     // the last tries got no answer: not yet again
};
TokenStep next_step(const TokenRow& row, base::Timestamp now);

// A new access token is fetched when it has less than 5 minutes left; one that lives shorter than
// 10 minutes, in the middle of its life.
base::Timestamp refresh_from(base::Timestamp now, base::Duration lifetime);

// The pause before the try after `attempts` in a row without success: 30 s, doubling, 15 min at
// most.
base::Duration pause_after(std::int64_t attempts);

// Why the login is over, and what the owner should know before the next; without address and
// command. It names a Google app in "Testing", whose tokens end after 7 days.
std::string reason_of_death(const TokenRow& row, const TokenRefusal& refusal, base::Timestamp now);

// A login that ends on a known day, as it should be told at once; empty where it does not.
std::string warning_of_end(std::string_view issuer, const Tokens& tokens, base::Timestamp now);

}  // namespace mailbox
