#include "mailbox/oauth_token_source.h"

#include <fmt/format.h>

#include "base/log.h"

namespace mailbox {

namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr const char* kStage = "oauth.refresh";
// How often we look whether another worker's exchange is over.
constexpr base::Duration kLook = milliseconds(200);
// With less than this an exchange is not begun: cut off, it could cost the refresh token.
constexpr base::Duration kExchangeMin = seconds(5);
constexpr base::Duration kExchangeMax = seconds(30);
// The store may be held or full for a moment; a new token in memory is worth the wait.
constexpr base::Duration kKeepTrying = seconds(45);
constexpr base::Duration kKeepPause = milliseconds(500);

std::unexpected<base::Error> no_login(const Mailbox& mailbox, const std::string& reason) {
    return base::fail(base::ErrorCode::unauthenticated, kStage, pause_reason(mailbox, reason));
}

}  // namespace

OAuthTokenSource::OAuthTokenSource(
    store::Database& db,
    net::HttpClient& http,
    base::Clock& clock,
    base::Random& random,
    OAuthTokenSettings settings
)
    : db_(db), http_(http), clock_(clock), random_(random), settings_(std::move(settings)) {}

base::Result<std::string> OAuthTokenSource::opened(
    const Mailbox& mailbox, TokenKind kind, const TokenRow& row
) const {
    const std::string& sealed = kind == TokenKind::access ? row.access_token : row.refresh_token;
    std::optional<std::string> token = open_token(settings_.vault, mailbox, kind, sealed);
    if (token) return std::move(*token);
    return base::fail(
        base::ErrorCode::unauthenticated,
        kStage,
        "the token was sealed with another key; restore the key file, or run: " + mend_of(mailbox)
    );
}

base::Task<base::Result<std::string>> OAuthTokenSource::access_token(
    Mailbox mailbox, base::MonotonicTime deadline
) {
    const std::int64_t id = mailbox.id;
    for (;;) {
        const std::optional<TokenRow> row =
            co_await db_.read(settings_.role, [id](store::Connection& connection) {
                return read_tokens(connection, id);
            });
        if (!row) co_return no_login(mailbox, "");
        switch (next_step(*row, clock_.now())) {
            case TokenStep::use:
                co_return opened(mailbox, TokenKind::access, *row);
            case TokenStep::dead:
                co_return no_login(mailbox, row->dead_reason);
            case TokenStep::later:
                co_return base::fail(
                    base::ErrorCode::unavailable,
                    kStage,
                    fmt::format(
                        "the provider could not be reached for a new access token; next try at {}",
                        base::to_iso(row->not_before)
                    )
                );
            case TokenStep::wait: {
                const base::MonotonicTime next = clock_.in(kLook);
                if (next >= deadline)
                    co_return base::fail(
                        base::ErrorCode::timed_out,
                        kStage,
                        "another worker's token refresh did not end in time"
                    );
                co_await clock_.sleep_until(next);
                break;
            }
            case TokenStep::exchange: {
                const base::Result<> ended = co_await exchange(mailbox, *row, deadline);
                if (!ended) co_return base::pass_on(ended);
                break;
            }
        }
    }
}

base::Task<> OAuthTokenSource::discard(Mailbox mailbox, std::string token) {
    const std::int64_t id = mailbox.id;
    const std::optional<TokenRow> row = co_await db_.read(
        settings_.role, [id](store::Connection& connection) { return read_tokens(connection, id); }
    );
    if (!row) co_return;
    const base::Result<std::string> stored = opened(mailbox, TokenKind::access, *row);
    if (!stored || *stored != token) co_return;
    const std::int64_t generation = row->generation;
    const base::Timestamp now = clock_.now();
    co_await db_.run(settings_.role, [id, generation, now](store::Connection& connection) {
        end_access_token(connection, id, generation, now);
    });
}

base::Task<base::Result<>> OAuthTokenSource::exchange(
    const Mailbox& mailbox, const TokenRow& seen, base::MonotonicTime deadline
) {
    const base::Result<OAuthClient> client = settings_.client_of(mailbox);
    if (!client) co_return base::pass_on(client);
    if (seen.client_id != client->client_id)
        co_return no_login(mailbox, "its login was made with another client id");
    const base::Duration left = deadline - clock_.monotonic();
    if (left < kExchangeMin)
        co_return base::fail(
            base::ErrorCode::timed_out, kStage, "too little time is left to refresh the token"
        );
    const std::string holder = random_.alphanumeric(16);
    const std::int64_t id = mailbox.id;
    const base::Timestamp now = clock_.now();
    const std::optional<TokenRow> begun =
        co_await db_.run(settings_.role, [id, holder, now](store::Connection& connection) {
            return begin_exchange(connection, id, holder, now);
        });
    if (!begun) co_return base::Result<>{};
    const base::Result<std::string> refresh_token = opened(mailbox, TokenKind::refresh, *begun);
    if (!refresh_token) {
        co_await leave(*begun, holder, !begun->unanswered_since);
        co_return base::pass_on(refresh_token);
    }
    net::HttpRequest request = refresh_request(*client, *refresh_token);
    request.timeout = std::min(left, kExchangeMax);
    const base::Result<net::HttpResponse> response = co_await http_.send(std::move(request));
    if (!response) {
        co_await leave(*begun, holder, false);
        base::Error error = response.error();
        error.stage = kStage;
        co_return std::unexpected(std::move(error));
    }
    const TokenAnswer answer =
        read_token_answer(*response, {*refresh_token, client->client_secret});
    if (answer) co_return co_await keep(mailbox, *begun, *answer);
    co_return co_await refused(mailbox, *begun, holder, *client, answer.error());
}

// The provider may take the old refresh token no more: nothing is done before the new one is on
// disk.
base::Task<base::Result<>> OAuthTokenSource::keep(
    const Mailbox& mailbox, const TokenRow& begun, const Tokens& tokens
) {
    const base::Timestamp now = clock_.now();
    const SealedTokens sealed = seal_tokens(settings_.vault, mailbox, tokens, now, random_);
    const base::MonotonicTime end = clock_.in(kKeepTrying);
    for (;;) {
        std::string problem;
        try {
            // Stored, or a newer login is there: either way the store has what counts.
            co_await db_.run(
                settings_.role,
                [mailbox, begun, sealed, now](store::Connection& connection) {
                    return end_exchange(connection, mailbox, begun, sealed, now);
                },
                store::Urgency::urgent
            );
            co_return base::Result<>{};
        } catch (const store::StoreError& error) {
            problem = error.what();
        }
        base::log::error(
            "oauth", "mailbox {}: its new tokens could not be stored: {}", mailbox.id, problem
        );
        if (clock_.monotonic() >= end)
            co_return base::fail(
                base::ErrorCode::storage,
                kStage,
                "the new tokens could not be stored; if the login fails from now on, run: " +
                    mend_of(mailbox)
            );
        const base::MonotonicTime next = clock_.in(kKeepPause);
        co_await clock_.sleep_until(next);
    }
}

base::Task<base::Result<>> OAuthTokenSource::refused(
    const Mailbox& mailbox,
    const TokenRow& begun,
    const std::string& holder,
    const OAuthClient& client,
    const TokenRefusal& refusal
) {
    if (refusal.kind != TokenRefusal::Kind::grant) {
        const bool answered = refusal.kind != TokenRefusal::Kind::later;
        co_await leave(begun, holder, answered);
        co_return std::unexpected(to_error(refusal, client, kStage));
    }
    const base::Timestamp now = clock_.now();
    const std::string reason = reason_of_death(begun, refusal, now);
    const bool buried = co_await db_.run(
        settings_.role,
        [mailbox, begun, holder, reason, now](store::Connection& connection) {
            return bury(connection, mailbox, begun, holder, reason, now);
        },
        store::Urgency::urgent
    );
    if (buried) {
        base::log::warn("oauth", "mailbox {} is paused: {}", mailbox.id, reason);
    }
    co_return base::Result<>{};
}

base::Task<> OAuthTokenSource::leave(
    const TokenRow& begun, const std::string& holder, bool answered
) {
    const base::Timestamp not_before = clock_.now() + pause_after(begun.attempts + 1);
    const std::int64_t id = begun.mailbox_id;
    co_await db_.run(
        settings_.role,
        [id, holder, not_before, answered](store::Connection& connection) {
            leave_exchange(connection, id, holder, not_before, answered);
        }
    );
}

}  // namespace mailbox
