#include <fmt/format.h>

#include <algorithm>
#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>
#include <span>

#include "base/log.h"
#include "base/text.h"
#include "mailbox/oauth_messages.h"

namespace mailbox {

namespace {

namespace json = boost::json;
using std::chrono::seconds;
using Kind = TokenRefusal::Kind;

constexpr std::size_t kTokenBytesMax = 16 << 10;
constexpr std::size_t kWordsBytesMax = 300;

std::string text_in(const json::object& object, const char* name) {
    const json::value* member = object.if_contains(name);
    return member != nullptr && member->is_string() ? std::string(member->get_string())
                                                    : std::string();
}

// A lifetime; some servers write the number as text. Nothing where there is none.
std::optional<seconds> seconds_in(const json::object& object, const char* name) {
    const json::value* member = object.if_contains(name);
    std::optional<std::int64_t> count;
    if (member != nullptr && member->is_int64()) count = member->get_int64();
    if (member != nullptr && member->is_string()) count = base::parse_int(text_in(object, name));
    if (!count || *count < 0) return std::nullopt;
    return seconds(std::min<std::int64_t>(*count, 400LL * 86'400));
}

std::optional<json::object> object_of(const std::string& body) {
    boost::system::error_code problem;
    json::value value = json::parse(body, problem);
    if (problem || !value.is_object()) return std::nullopt;
    return std::move(value.get_object());
}

// What a server may hand out as a token: it goes into headers and SASL answers as it is.
bool is_token(const std::string& text) {
    return !text.empty() && text.size() <= kTokenBytesMax &&
           std::ranges::all_of(text, [](char letter) { return letter > ' ' && letter < 0x7f; });
}

std::string safe_words(std::string words, const std::vector<std::string>& secrets) {
    for (const std::string& secret : secrets)
        if (secret.size() >= 4) words = base::replace_all(std::move(words), secret, "***");
    return base::printable(words, kWordsBytesMax);
}

struct Meaning {
    std::string_view code;
    Kind kind;
};
constexpr Meaning kMeanings[] = {
    // RFC 6749 section 5.2
    {"invalid_grant", Kind::grant},
    {"invalid_client", Kind::client},
    {"unauthorized_client", Kind::client},
    {"invalid_request", Kind::client},
    {"invalid_scope", Kind::client},
    {"unsupported_grant_type", Kind::client},
    // RFC 8628 section 3.5
    {"authorization_pending", Kind::pending},
    {"slow_down", Kind::slow_down},
    {"access_denied", Kind::declined},
    {"expired_token", Kind::expired},
    // Microsoft's own: learn.microsoft.com/entra/identity-platform, device code and error codes
    {"authorization_declined", Kind::declined},
    {"bad_verification_code", Kind::expired},
    {"interaction_required", Kind::grant},
    {"consent_required", Kind::grant},
    {"login_required", Kind::grant},
    // Google's own
    {"admin_policy_enforced", Kind::declined},
    {"deleted_client", Kind::client},
    {"disabled_client", Kind::client},
    {"org_internal", Kind::client},
};

Kind kind_of(std::string_view code) {
    const auto* found = std::ranges::find(kMeanings, code, &Meaning::code);
    return found == std::end(kMeanings) ? Kind::later : found->kind;
}

TokenRefusal trouble(int status, std::string words) {
    return {Kind::later, "", std::move(words), status};
}

TokenRefusal read_refusal(
    const net::HttpResponse& response, const std::vector<std::string>& secrets
) {
    const std::optional<json::object> object = object_of(response.body);
    // An answer of a proxy or a broken server says nothing of the token.
    if (!object || text_in(*object, "error").empty())
        return trouble(
            response.status, fmt::format("HTTP {} without an OAuth2 answer", response.status)
        );
    TokenRefusal refusal;
    refusal.code = safe_words(text_in(*object, "error"), secrets);
    refusal.kind =
        response.status >= 500 || response.status == 429 ? Kind::later : kind_of(refusal.code);
    refusal.status = response.status;
    std::string words = refusal.code;
    for (const char* name : {"error_description", "error_subtype"})
        if (const std::string more = text_in(*object, name); !more.empty()) words += ": " + more;
    refusal.words = safe_words(words, secrets);
    return refusal;
}

}  // namespace

TokenAnswer read_token_answer(
    const net::HttpResponse& response, const std::vector<std::string>& secrets
) {
    if (response.status != 200) return std::unexpected(read_refusal(response, secrets));
    const std::optional<json::object> object = object_of(response.body);
    if (!object) return std::unexpected(trouble(200, "the answer is no JSON object"));
    Tokens tokens;
    tokens.access_token = text_in(*object, "access_token");
    if (!is_token(tokens.access_token))
        return std::unexpected(trouble(200, "the answer has no usable access_token"));
    base::log::mask(tokens.access_token);
    if (!base::equals_ignoring_case(text_in(*object, "token_type"), "bearer"))
        return std::unexpected(trouble(200, "the answer's token is no bearer token"));
    // RFC 6749 section 5.1 only recommends expires_in; ten minutes is what a careful guess is.
    const seconds lifetime = seconds_in(*object, "expires_in").value_or(seconds(600));
    tokens.lifetime = std::clamp(lifetime, seconds(1), seconds(86'400));
    if (std::string refresh = text_in(*object, "refresh_token"); !refresh.empty()) {
        if (!is_token(refresh))
            return std::unexpected(trouble(200, "the answer's refresh_token is not usable"));
        base::log::mask(refresh);
        tokens.refresh_token = std::move(refresh);
    }
    tokens.refresh_lifetime = seconds_in(*object, "refresh_token_expires_in");
    if (tokens.refresh_lifetime == seconds(0)) tokens.refresh_lifetime.reset();
    tokens.scope = text_in(*object, "scope");
    return tokens;
}

base::Result<DeviceCode> read_device_answer(const net::HttpResponse& response) {
    const std::optional<json::object> object = object_of(response.body);
    if (response.status != 200 || !object) {
        const TokenRefusal refusal = read_refusal(response, {});
        return base::fail(
            refusal.kind == Kind::later ? base::ErrorCode::unavailable
                                        : base::ErrorCode::invalid_input,
            "oauth.device",
            "the provider gave no device code; check the client id, and that public client flows "
            "are allowed for it",
            refusal.words
        );
    }
    DeviceCode code;
    code.device_code = text_in(*object, "device_code");
    code.user_code = base::printable(text_in(*object, "user_code"), 60);
    // RFC 8628 says verification_uri; Google writes verification_url.
    code.verification_uri = text_in(*object, "verification_uri");
    if (code.verification_uri.empty()) code.verification_uri = text_in(*object, "verification_url");
    code.verification_uri = base::printable(code.verification_uri, 300);
    code.interval =
        std::clamp(seconds_in(*object, "interval").value_or(seconds(5)), seconds(1), seconds(60));
    code.lifetime = std::clamp(
        seconds_in(*object, "expires_in").value_or(seconds(0)), seconds(0), seconds(3600)
    );
    if (!is_token(code.device_code) || code.user_code.empty() || code.verification_uri.empty() ||
        code.lifetime == seconds(0))
        return base::fail(
            base::ErrorCode::protocol, "oauth.device", "the provider's device code is not complete"
        );
    base::log::mask(code.device_code);
    return code;
}

std::vector<std::string> missing_scopes(const OAuthClient& client, const Tokens& tokens) {
    std::vector<std::string> missing;
    if (tokens.scope.empty()) return missing;
    const std::vector<std::string> granted = base::split(tokens.scope, ' ');
    for (const std::string& scope : client.scopes) {
        const bool there = std::ranges::any_of(granted, [&](const std::string& one) {
            return base::equals_ignoring_case(one, scope);
        });
        if (!there && scope != "offline_access") missing.push_back(scope);
    }
    return missing;
}

base::Error to_error(const TokenRefusal& refusal, const OAuthClient& client, std::string stage) {
    const auto error = [&](base::ErrorCode code, std::string words) {
        return base::Error{
            code, std::move(stage), std::move(words), refusal.words, refusal.status, {}
        };
    };
    switch (refusal.kind) {
        case Kind::grant:
            return error(base::ErrorCode::unauthenticated, "the provider refused the login");
        case Kind::client:
            return error(
                base::ErrorCode::invalid_input,
                fmt::format(
                    "the provider refused our client: check client_id and secret in [oauth.{}], "
                    "docs/oauth.md",
                    client.issuer
                )
            );
        case Kind::declined:
            return error(
                base::ErrorCode::cancelled, "the login was declined by you or an administrator"
            );
        case Kind::expired:
            return error(
                base::ErrorCode::timed_out, "the code was not entered in time; start again"
            );
        case Kind::pending:
        case Kind::slow_down:
        case Kind::later:
            break;
    }
    return error(base::ErrorCode::unavailable, "the provider could not answer; try later");
}

}  // namespace mailbox
