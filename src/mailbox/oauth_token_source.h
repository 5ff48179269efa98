// Access tokens of mailboxes that log in by OAuth2: from the store while they are good, else by one
// exchange of the refresh token, under a lease that all processes on the store respect.
//
//   OAuthTokenSource source(db, http, clock, random, {vault, client_of, store::Role::operator_});
//   Connector connector(dialer, clock, settings, &source);
//
// The new tokens are committed before anybody gets them. Nothing is cached in memory: a login that
// was renewed or given up elsewhere is seen at the next call. Times of the lease are wall-clock:
// machines on one PostgreSQL store keep theirs within a minute (NTP).
//
// Errors: stage "oauth.refresh". unauthenticated: never authorized, or over (the mailbox has been
// paused; the message has the mend); invalid_input: the configuration; network, unavailable,
// timed_out, closed: the mailbox stays as it is. A lost store is thrown (StoreError).
#pragma once
#include "base/clock.h"
#include "base/random.h"
#include "mailbox/token_source.h"
#include "mailbox/token_store.h"
#include "net/http_client.h"
#include "store/database.h"

namespace mailbox {

struct OAuthTokenSettings {
    const Vault& vault;
    OAuthClientOf client_of;
    store::Role role = store::Role::operator_;
};

class OAuthTokenSource : public TokenSource {
  public:
    OAuthTokenSource(
        store::Database& db,
        net::HttpClient& http,
        base::Clock& clock,
        base::Random& random,
        OAuthTokenSettings settings
    );
    base::Task<base::Result<std::string>> access_token(
        Mailbox mailbox, base::MonotonicTime deadline
    ) override;
    base::Task<> discard(Mailbox mailbox, std::string token) override;

  private:
    // One step of one exchange. Success means: look into the store again.
    base::Task<base::Result<>> exchange(
        const Mailbox& mailbox, const TokenRow& seen, base::MonotonicTime deadline
    );
    base::Task<base::Result<>> keep(
        const Mailbox& mailbox, const TokenRow& begun, const Tokens& tokens
    );
    base::Task<base::Result<>> refused(
        const Mailbox& mailbox,
        const TokenRow& begun,
        const std::string& holder,
        const OAuthClient& client,
        const TokenRefusal& refusal
    );
    base::Task<> leave(const TokenRow& begun, const std::string& holder, bool answered);
    base::Result<std::string> opened(const Mailbox& mailbox, TokenKind kind, const TokenRow& row)
        const;

    store::Database& db_;
    net::HttpClient& http_;
    base::Clock& clock_;
    base::Random& random_;
    OAuthTokenSettings settings_;
};

}  // namespace mailbox
