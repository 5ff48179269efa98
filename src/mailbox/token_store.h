// The table `mailbox_tokens`: what an OAuth2 login stands on, sealed with the key file and bound to
// mailbox, address and column (a token copied to another row does not open).
//
// Every function is part of one job (store/database.h). Writing needs operator, warmup or campaign;
// a new row (store_grant) operator. `generation` decides races: who exchanged an older token than
// the stored one changes nothing.
#pragma once
#include <optional>
#include <string>

#include "base/random.h"
#include "mailbox/mailbox.h"
#include "mailbox/token_rules.h"
#include "mailbox/vault.h"
#include "store/connection.h"

namespace mailbox {

enum class TokenKind { refresh, access };
// Masks the token in the log from now on; opening does, too.
std::string seal_token(
    const Vault& vault,
    const Mailbox& mailbox,
    TokenKind kind,
    const std::string& token,
    base::Random& random
);
// Nothing where the key or the row is another one.
std::optional<std::string> open_token(
    const Vault& vault, const Mailbox& mailbox, TokenKind kind, const std::string& sealed
);

std::optional<TokenRow> read_tokens(store::Connection& connection, std::int64_t mailbox_id);

// New tokens, sealed, with the times they bring.
struct SealedTokens {
    std::string access_token;
    std::optional<std::string> refresh_token;  // none: the stored one stays
    base::Timestamp access_expires_at;
    base::Timestamp refresh_from;
    std::optional<base::Timestamp> refresh_expires_at;
};
SealedTokens seal_tokens(
    const Vault& vault,
    const Mailbox& mailbox,
    const Tokens& tokens,
    base::Timestamp now,
    base::Random& random
);

// After the owner's login: the mailbox logs in by OAuth2 from now on, and is active again where it
// was paused for want of this login. `tokens.refresh_token` must be there (CHECKed).
void store_grant(
    store::Connection& connection,
    const Mailbox& mailbox,
    const OAuthClient& client,
    const SealedTokens& tokens,
    base::Timestamp now
);

// Takes the lease, if it is still to be taken and an exchange is due: the row as it stands under
// the lock, with `attempts` and `unanswered_since` as they were before. Nothing: look again.
std::optional<TokenRow> begin_exchange(
    store::Connection& connection,
    std::int64_t mailbox_id,
    const std::string& holder,
    base::Timestamp now
);
// The new tokens, and the lease is free; true where they were stored. A row that was given up
// meanwhile lives again, and so does its mailbox; a pause that a server's refusal began stays.
bool end_exchange(
    store::Connection& connection,
    const Mailbox& mailbox,
    const TokenRow& begun,
    const SealedTokens& tokens,
    base::Timestamp now
);
// The access token of that generation is over before its time.
void end_access_token(
    store::Connection& connection,
    std::int64_t mailbox_id,
    std::int64_t generation,
    base::Timestamp now
);
// No token, and the lease is free; the next try waits until `not_before`. `answered`: the provider
// said no, so the refresh token is the last one that it gave.
void leave_exchange(
    store::Connection& connection,
    std::int64_t mailbox_id,
    const std::string& holder,
    base::Timestamp not_before,
    bool answered
);
// The login is over: the mailbox is paused with the mend. False where a newer token is there or
// another worker holds the lease: look again.
bool bury(
    store::Connection& connection,
    const Mailbox& mailbox,
    const TokenRow& begun,
    const std::string& holder,
    const std::string& reason,
    base::Timestamp now
);

// "pilotlight mailbox authorize ann@example.com"
std::string mend_of(const Mailbox& mailbox);
// Why a mailbox is paused that waits for its login; `reason` may be empty (never logged in).
std::string pause_reason(const Mailbox& mailbox, const std::string& reason);
// Pauses it with that reason; a pause of the owner's stays as it is.
void pause_for_login(
    store::Connection& connection,
    const Mailbox& mailbox,
    const std::string& reason,
    base::Timestamp now
);

}  // namespace mailbox
