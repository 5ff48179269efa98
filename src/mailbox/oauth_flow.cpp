#include "mailbox/oauth_flow.h"

#include <fmt/format.h>

#include "base/text.h"

namespace mailbox {

using std::chrono::seconds;

base::Task<base::Result<Tokens>> redeem_code(
    net::HttpClient& http, OAuthClient client, std::string code, std::string redirect_uri, Pkce pkce
) {
    net::HttpRequest request = code_request(client, code, redirect_uri, pkce);
    const base::Result<net::HttpResponse> response = co_await http.send(std::move(request));
    if (!response) {
        base::Error error = response.error();
        error.stage = "oauth.code";
        co_return std::unexpected(std::move(error));
    }
    TokenAnswer answer = read_token_answer(*response, {code, client.client_secret, pkce.verifier});
    if (!answer) co_return std::unexpected(to_error(answer.error(), client, "oauth.code"));
    co_return std::move(*answer);
}

DeviceStep device_step(const std::optional<TokenAnswer>& answer, seconds interval) {
    using Kind = DeviceStep::Kind;
    constexpr seconds kIntervalMax{60};
    if (answer && *answer) return {Kind::done, interval};
    const bool trouble = !answer || answer->error().kind == TokenRefusal::Kind::later;
    if (trouble) return {Kind::poll_again, std::min(interval * 2, kIntervalMax)};
    if (answer->error().kind == TokenRefusal::Kind::pending) return {Kind::poll_again, interval};
    if (answer->error().kind == TokenRefusal::Kind::slow_down)
        return {Kind::poll_again, interval + seconds(5)};
    return {Kind::failed, interval};
}

base::Task<base::Result<Tokens>> device_login(
    net::HttpClient& http,
    base::Clock& clock,
    OAuthClient client,
    std::function<void(const DeviceCode&)> show,
    base::MonotonicTime deadline
) {
    net::HttpRequest first = device_request(client);
    const base::Result<net::HttpResponse> response = co_await http.send(std::move(first));
    if (!response) co_return base::pass_on(response);
    const base::Result<DeviceCode> code = read_device_answer(*response);
    if (!code) co_return base::pass_on(code);
    show(*code);
    const base::MonotonicTime end = std::min(deadline, clock.in(code->lifetime));
    seconds interval = code->interval;
    for (;;) {
        const base::MonotonicTime next = clock.in(interval);
        if (next >= end)
            co_return base::fail(
                base::ErrorCode::timed_out,
                "oauth.device",
                "the code was not entered in time; start again"
            );
        co_await clock.sleep_until(next);
        net::HttpRequest poll = device_token_request(client, code->device_code);
        const base::Result<net::HttpResponse> polled = co_await http.send(std::move(poll));
        std::optional<TokenAnswer> answer;
        if (polled) answer = read_token_answer(*polled, {code->device_code, client.client_secret});
        const DeviceStep step = device_step(answer, interval);
        interval = step.interval;
        if (step.kind == DeviceStep::Kind::done) co_return std::move(**answer);
        if (step.kind == DeviceStep::Kind::failed)
            co_return std::unexpected(to_error(answer->error(), client, "oauth.device"));
    }
}

base::Result<> check_grant(const OAuthClient& client, const Tokens& tokens) {
    const std::vector<std::string> missing = missing_scopes(client, tokens);
    if (!missing.empty())
        return base::fail(
            base::ErrorCode::invalid_input,
            "oauth",
            fmt::format(
                "the login does not allow {}: tick every box on the consent page, and add the "
                "permission to the app (docs/oauth.md)",
                base::join(missing, " and ")
            )
        );
    if (!tokens.refresh_token)
        return base::fail(
            base::ErrorCode::unsupported,
            "oauth",
            "the provider gave no refresh token, so the login would end within the hour; withdraw "
            "the app's access in the account's security page and log in again"
        );
    return {};
}

}  // namespace mailbox
