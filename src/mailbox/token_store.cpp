#include "mailbox/token_store.h"

#include <fmt/format.h>

#include "base/check.h"
#include "base/log.h"
#include "ledger/ledger.h"
#include "mailbox/mailboxes.h"
#include "mailbox/pauses.h"

namespace mailbox {

namespace {

std::string bound_to(const Mailbox& mailbox, TokenKind kind) {
    return fmt::format(
        "mailbox_tokens:{}:{}:{}",
        mailbox.id,
        kind == TokenKind::refresh ? "refresh" : "access",
        mailbox.email.str()
    );
}

void append_decision(
    store::Connection& connection,
    std::int64_t mailbox_id,
    const std::string& decision,
    const std::string& reason,
    base::Timestamp now
) {
    const std::string side(store::to_string(connection.role()));
    ledger::append(connection, {now, side, "mailbox", mailbox_id, decision, reason, "{}"});
}

// A pause for a login that failed ends with one that succeeded; any other stays.
void resume_after_login(
    store::Connection& connection, const Mailbox& mailbox, base::Timestamp now
) {
    const std::int64_t waits = connection.integer(
        "SELECT COUNT(*) FROM mailboxes WHERE id = :id AND status = 'paused' AND paused_by = "
        "'login'",
        store::values(mailbox.id)
    );
    if (waits == 0) return;
    set_status(connection, mailbox.id, Status::active, "");
    append_decision(connection, mailbox.id, "resumed", "the owner logged in again", now);
}

}  // namespace

std::string mend_of(const Mailbox& mailbox) {
    return "pilotlight mailbox authorize " + mailbox.email.str();
}

std::string pause_reason(const Mailbox& mailbox, const std::string& reason) {
    return (reason.empty() ? "waits for its OAuth2 login" : reason) + "; run: " + mend_of(mailbox);
}

void pause_for_login(
    store::Connection& connection,
    const Mailbox& mailbox,
    const std::string& reason,
    base::Timestamp now
) {
    Pause wait;
    wait.mailbox_id = mailbox.id;
    wait.cause = PausedBy::login;
    wait.reason = pause_reason(mailbox, reason);
    wait.side = store::to_string(connection.role());
    // Whatever the owner resumed, the login that has ended is a fact.
    wait.resumes = connection.integer(
        "SELECT resumes FROM mailboxes WHERE id = :id ORDER BY id", store::values(mailbox.id)
    );
    pause(connection, wait, now);
}

std::string seal_token(
    const Vault& vault,
    const Mailbox& mailbox,
    TokenKind kind,
    const std::string& token,
    base::Random& random
) {
    base::log::mask_latest(bound_to(mailbox, kind), token);
    return vault.seal(token, bound_to(mailbox, kind), random);
}

std::optional<std::string> open_token(
    const Vault& vault, const Mailbox& mailbox, TokenKind kind, const std::string& sealed
) {
    std::optional<std::string> token = vault.open(sealed, bound_to(mailbox, kind));
    if (token) base::log::mask_latest(bound_to(mailbox, kind), *token);
    return token;
}

SealedTokens seal_tokens(
    const Vault& vault,
    const Mailbox& mailbox,
    const Tokens& tokens,
    base::Timestamp now,
    base::Random& random
) {
    SealedTokens sealed;
    sealed.access_token =
        seal_token(vault, mailbox, TokenKind::access, tokens.access_token, random);
    if (tokens.refresh_token)
        sealed.refresh_token =
            seal_token(vault, mailbox, TokenKind::refresh, *tokens.refresh_token, random);
    sealed.access_expires_at = now + tokens.lifetime;
    sealed.refresh_from = refresh_from(now, tokens.lifetime);
    if (tokens.refresh_lifetime) sealed.refresh_expires_at = now + *tokens.refresh_lifetime;
    return sealed;
}

std::optional<TokenRow> read_tokens(store::Connection& connection, std::int64_t mailbox_id) {
    return connection.select_one<TokenRow>(
        "SELECT " + store::column_list<TokenRow>() +
            " FROM mailbox_tokens WHERE mailbox_id = :id ORDER BY mailbox_id",
        store::values(mailbox_id)
    );
}

void store_grant(
    store::Connection& connection,
    const Mailbox& mailbox,
    const OAuthClient& client,
    const SealedTokens& tokens,
    base::Timestamp now
) {
    CHECK(tokens.refresh_token.has_value());
    const std::optional<TokenRow> before = read_tokens(connection, mailbox.id);
    connection.execute(
        "DELETE FROM mailbox_tokens WHERE mailbox_id = :id", store::values(mailbox.id)
    );
    connection.execute(
        "INSERT INTO mailbox_tokens (mailbox_id, issuer, client_id, refresh_token, "
        "refresh_expires_at, access_token, access_expires_at, refresh_from, consented_at, "
        "generation) VALUES (:id, :issuer, :client, :refresh, :refresh_end, :access, :access_end, "
        ":from, :now, :generation)",
        store::values(
            mailbox.id,
            client.issuer,
            client.client_id,
            tokens.refresh_token,
            tokens.refresh_expires_at,
            tokens.access_token,
            tokens.access_expires_at,
            tokens.refresh_from,
            now,
            before ? before->generation + 1 : 1
        )
    );
    connection.execute(
        "UPDATE mailboxes SET login_method = 'oauth2' WHERE id = :id", store::values(mailbox.id)
    );
    append_decision(connection, mailbox.id, "authorized", "the owner logged in by OAuth2", now);
    resume_after_login(connection, mailbox, now);
}

std::optional<TokenRow> begin_exchange(
    store::Connection& connection,
    std::int64_t mailbox_id,
    const std::string& holder,
    base::Timestamp now
) {
    const std::optional<TokenRow> row = read_tokens(connection, mailbox_id);
    if (!row || next_step(*row, now) != TokenStep::exchange) return std::nullopt;
    connection.execute(
        "UPDATE mailbox_tokens SET lease_holder = :holder, lease_until = :until, attempts = "
        "attempts + 1, not_before = :not_before, unanswered_since = COALESCE(unanswered_since, "
        ":now) WHERE mailbox_id = :id",
        store::values(holder, now + kLease, now + pause_after(row->attempts + 1), now, mailbox_id)
    );
    return row;
}

bool end_exchange(
    store::Connection& connection,
    const Mailbox& mailbox,
    const TokenRow& begun,
    const SealedTokens& tokens,
    base::Timestamp now
) {
    const std::optional<TokenRow> before = read_tokens(connection, mailbox.id);
    const std::int64_t stored = connection.execute(
        "UPDATE mailbox_tokens SET access_token = :access, refresh_token = :refresh, "
        "access_expires_at = :access_end, refresh_from = :from, refresh_expires_at = :refresh_end, "
        "generation = generation + 1, dead_reason = '', lease_holder = '', lease_until = 0, "
        "attempts = 0, not_before = 0, unanswered_since = NULL "
        "WHERE mailbox_id = :id AND generation = :generation",
        store::values(
            tokens.access_token,
            tokens.refresh_token.value_or(begun.refresh_token),
            tokens.access_expires_at,
            tokens.refresh_from,
            tokens.refresh_expires_at ? tokens.refresh_expires_at : begun.refresh_expires_at,
            mailbox.id,
            begun.generation
        )
    );
    if (stored == 1 && !before->dead_reason.empty()) resume_after_login(connection, mailbox, now);
    return stored == 1;
}

void end_access_token(
    store::Connection& connection,
    std::int64_t mailbox_id,
    std::int64_t generation,
    base::Timestamp now
) {
    connection.execute(
        "UPDATE mailbox_tokens SET access_expires_at = :end, refresh_from = :from "
        "WHERE mailbox_id = :id AND generation = :generation",
        store::values(now, now, mailbox_id, generation)
    );
}

void leave_exchange(
    store::Connection& connection,
    std::int64_t mailbox_id,
    const std::string& holder,
    base::Timestamp not_before,
    bool answered
) {
    const std::string cleared = answered ? ", unanswered_since = NULL" : "";
    connection.execute(
        "UPDATE mailbox_tokens SET lease_holder = '', lease_until = 0, not_before = :not_before" +
            cleared + " WHERE mailbox_id = :id AND lease_holder = :holder",
        store::values(not_before, mailbox_id, holder)
    );
}

bool bury(
    store::Connection& connection,
    const Mailbox& mailbox,
    const TokenRow& begun,
    const std::string& holder,
    const std::string& reason,
    base::Timestamp now
) {
    const std::int64_t buried = connection.execute(
        "UPDATE mailbox_tokens SET dead_reason = :reason, lease_holder = '', lease_until = 0 "
        "WHERE mailbox_id = :id AND generation = :generation AND lease_holder = :holder",
        store::values(reason, mailbox.id, begun.generation, holder)
    );
    if (buried != 1) return false;
    pause_for_login(connection, mailbox, reason, now);
    return true;
}

}  // namespace mailbox
