#include "sandbox/token_login.h"

#include "base/text.h"

namespace sandbox {

namespace {

bool is_bearer(std::string_view mechanism) {
    return base::equals_ignoring_case(mechanism, "OAUTHBEARER");
}

// "user=me" or "n,a=me,": the login, its "=2C" and "=3D" undone in the latter.
std::optional<std::string> read_login(bool bearer, std::string_view text) {
    const std::string_view before = bearer ? "n,a=" : "user=";
    const std::string_view after = bearer ? "," : "";
    if (!text.starts_with(before) || !text.ends_with(after)) return std::nullopt;
    text.remove_prefix(before.size());
    text.remove_suffix(std::min(text.size(), after.size()));
    if (!bearer) return std::string(text);
    if (text.find(',') != std::string_view::npos) return std::nullopt;
    std::string login = base::replace_all(std::string(text), "=2C", ",");
    return base::replace_all(std::move(login), "=3D", "=");
}

}  // namespace

bool is_token_mechanism(std::string_view mechanism) {
    return is_bearer(mechanism) || base::equals_ignoring_case(mechanism, "XOAUTH2");
}

std::optional<TokenLogin> read_token_login(std::string_view mechanism, std::string_view base64) {
    const std::optional<std::string> message = base::base64_decode(base64);
    if (!message || !message->ends_with("\x01\x01")) return std::nullopt;
    const std::vector<std::string> fields =
        base::split(std::string_view(*message).substr(0, message->size() - 2), '\x01');
    std::optional<std::string> login = read_login(is_bearer(mechanism), fields.front());
    if (!login) return std::nullopt;
    constexpr std::string_view kAuth = "auth=Bearer ";
    for (std::size_t i = 1; i < fields.size(); ++i)
        if (fields[i].starts_with(kAuth))
            return TokenLogin{std::move(*login), fields[i].substr(kAuth.size())};
    return std::nullopt;
}

std::string token_challenge(std::string_view host) {
    return base::base64_encode(
        R"({"status":"401","schemes":"Bearer","scope":"https://)" + std::string(host) + R"(/mail"})"
    );
}

bool answers_challenge(std::string_view mechanism, std::string_view line) {
    return line == (is_bearer(mechanism) ? "AQ==" : "");
}

}  // namespace sandbox
