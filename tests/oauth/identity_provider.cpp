#include "tests/oauth/identity_provider.h"

#include <fmt/format.h>

#include <utility>

#include "base/crypto.h"
#include "base/text.h"
#include "mailbox/oauth_messages.h"

namespace support {

namespace {

std::string path_of(const std::string& url) {
    const std::size_t host = url.find("://");
    const std::size_t slash = url.find('/', host + 3);
    return slash == std::string::npos ? "/" : url.substr(slash);
}

}  // namespace

net::HttpResponse IdentityProvider::answer(const std::string& path, const std::string& form) {
    const std::lock_guard lock(mutex_);
    Form fields;
    for (const auto& [name, value] : mailbox::form_decode(form)) fields[name] = value;
    if (fields["client_id"] != settings_.client_id)
        return {401, {}, R"({"error": "invalid_client"})"};
    if (path == "/auth") return authorize(fields);
    if (path == "/device") return device_start(fields);
    if (path != "/token") return {404, {}, "no such page"};
    ++requests_;
    if (!next_.empty()) {
        net::HttpResponse response = std::move(next_.front());
        next_.pop_front();
        return response;
    }
    if (!settings_.client_secret.empty() && fields["client_secret"] != settings_.client_secret)
        return {401, {}, R"({"error": "invalid_client"})"};
    return token(fields);
}

net::HttpResponse IdentityProvider::token(const Form& form) {
    const std::string type = form.contains("grant_type") ? form.at("grant_type") : "";
    if (type == "refresh_token") return refresh(form);
    if (type == "authorization_code") return code(form);
    if (type == "urn:ietf:params:oauth:grant-type:device_code") return device_poll(form);
    return {400, {}, R"({"error": "unsupported_grant_type"})"};
}

net::HttpResponse IdentityProvider::refresh(const Form& form) {
    const std::string token = form.contains("refresh_token") ? form.at("refresh_token") : "";
    if (const auto reused = used_.find(token); reused != used_.end()) {
        const int grant = reused->second;
        std::erase_if(current_, [&](const auto& one) { return one.second == grant; });
        return refusal("invalid_grant");
    }
    const auto found = current_.find(token);
    if (found == current_.end()) return refusal("invalid_grant");
    const int grant = found->second;
    if (settings_.rotates) {
        used_.insert(*found);
        current_.erase(found);
    }
    ++exchanges_;
    return tokens_of(grant);
}

net::HttpResponse IdentityProvider::code(const Form& form) {
    const auto found = codes_.find(form.contains("code") ? form.at("code") : "");
    if (found == codes_.end()) return refusal("invalid_grant");
    const Code issued = found->second;
    codes_.erase(found);
    const std::string verifier = form.contains("code_verifier") ? form.at("code_verifier") : "";
    const bool bound = base::base64url_encode(base::sha256(verifier)) == issued.challenge &&
                       form.contains("redirect_uri") &&
                       form.at("redirect_uri") == issued.redirect_uri;
    return bound ? tokens_of(++grants_) : refusal("invalid_grant");
}

net::HttpResponse IdentityProvider::device_start(const Form& form) {
    if (!form.contains("scope")) return refusal("invalid_request");
    device_code_ = secret("device");
    return {
        200,
        {},
        fmt::format(
            R"({{"device_code": "{}", "user_code": "WDJB-MJHT", "expires_in": 900, )"
            R"("verification_uri": "https://login.test/device", "interval": {}}})",
            device_code_,
            settings_.interval_s
        )
    };
}

net::HttpResponse IdentityProvider::device_poll(const Form& form) {
    const bool known = !device_code_.empty() && form.contains("device_code") &&
                       form.at("device_code") == device_code_;
    if (!known) return refusal("expired_token");
    if (polls_left_-- > 0) return {400, {}, R"({"error": "authorization_pending"})"};
    device_code_.clear();
    return tokens_of(++grants_);
}

net::HttpResponse IdentityProvider::authorize(const Form& form) {
    if (!form.contains("code_challenge") || form.at("code_challenge_method") != "S256")
        return refusal("invalid_request");
    const std::string issued = secret("code");
    codes_[issued] = {form.at("code_challenge"), form.at("redirect_uri")};
    const std::string target =
        form.at("redirect_uri") + "?" +
        mailbox::form_encode({{"code", issued}, {"state", form.at("state")}});
    return {302, {{"location", target}}, ""};
}

net::HttpResponse IdentityProvider::tokens_of(int grant) {
    const bool fresh = settings_.rotates || std::ranges::none_of(current_, [&](const auto& one) {
                           return one.second == grant;
                       });
    std::string refresh;
    if (fresh) {
        const std::string token = secret("refresh");
        current_[token] = grant;
        refresh = fmt::format(R"(, "refresh_token": "{}")", token);
    }
    const std::string body = fmt::format(
        R"({{"access_token": "{}", "token_type": "Bearer", "expires_in": {}{}{}}})",
        secret("access"),
        settings_.lifetime.count(),
        refresh,
        settings_.extra
    );
    return {200, {{"content-type", "application/json"}}, body};
}

net::HttpResponse IdentityProvider::refusal(const std::string& error) {
    if (error == "invalid_grant") ++refused_;
    return {400, {}, fmt::format(R"({{"error": "{}"}})", error)};
}

std::string IdentityProvider::secret(const std::string& kind) {
    secrets_.push_back(fmt::format("{}-planted-{:04}", kind, secrets_.size()));
    return secrets_.back();
}

std::string IdentityProvider::consent() {
    const std::lock_guard lock(mutex_);
    const std::string token = secret("refresh");
    current_[token] = ++grants_;
    return token;
}

void IdentityProvider::withdraw() {
    const std::lock_guard lock(mutex_);
    current_.clear();
}

void IdentityProvider::answer_next(int status, std::string body) {
    const std::lock_guard lock(mutex_);
    next_.push_back({status, {}, std::move(body)});
}

void IdentityProvider::approve_after(int polls) {
    const std::lock_guard lock(mutex_);
    polls_left_ = polls;
}

int IdentityProvider::exchanges() const {
    const std::lock_guard lock(mutex_);
    return exchanges_;
}

int IdentityProvider::refused() const {
    const std::lock_guard lock(mutex_);
    return refused_;
}

int IdentityProvider::requests() const {
    const std::lock_guard lock(mutex_);
    return requests_;
}

std::vector<std::string> IdentityProvider::secrets() const {
    const std::lock_guard lock(mutex_);
    return secrets_;
}

base::Task<base::Result<net::HttpResponse>> ProviderHttp::send(net::HttpRequest request) {
    const base::MonotonicTime arrival = clock_.in(latency_);
    co_await clock_.sleep_until(arrival);
    if (std::exchange(lose_request_, false))
        co_return base::fail(base::ErrorCode::network, "net.http", "connection refused");
    net::HttpResponse response = provider_.answer(path_of(request.url), request.body);
    if (std::exchange(lose_answer_, false))
        co_return base::fail(base::ErrorCode::timed_out, "net.http", "no complete answer in time");
    co_return response;
}

}  // namespace support
