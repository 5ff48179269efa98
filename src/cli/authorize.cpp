#include "cli/authorize.h"

#include <fmt/format.h>

#include <array>
#include <cstdio>

#include "base/log.h"
#include "base/text.h"
#include "mailbox/oauth_flow.h"
#include "mailbox/token_store.h"
#include "net/redirect_listener.h"

namespace cli {

namespace {

using mailbox::OAuthClient;
using mailbox::Tokens;

constexpr std::chrono::minutes kPatience{15};  // for a person to find the password

void tell(const std::string& text) {
    fmt::print(stderr, "{}", text);
    std::fflush(stderr);
}

// One login on its way through the browser.
struct BrowserLogin {
    std::string redirect_uri;
    std::string state;
    mailbox::Pkce pkce;
    std::string url;
};

BrowserLogin begin(
    engine::Runtime& runtime,
    const OAuthClient& client,
    const mailbox::Mailbox& mailbox,
    std::uint16_t port
) {
    BrowserLogin login;
    // As both providers' own libraries write it: no path, so no question about a last slash.
    login.redirect_uri = fmt::format("http://{}:{}", client.redirect_host, port);
    login.state = base::base64url_encode(runtime.random().bytes(24));
    login.pkce = mailbox::make_pkce(runtime.random());
    login.url = mailbox::authorize_url(
        client, login.redirect_uri, login.state, login.pkce, mailbox.email.str()
    );
    return login;
}

base::Result<Tokens> redeem(
    engine::Runtime& runtime,
    const OAuthClient& client,
    const BrowserLogin& login,
    std::string_view address
) {
    const base::Result<std::string> code = mailbox::code_in_redirect(address, login.state);
    if (!code) return base::pass_on(code);
    base::log::mask(*code);
    return runtime.run(
        mailbox::redeem_code(runtime.http(), client, *code, login.redirect_uri, login.pkce)
    );
}

base::Result<Tokens> by_browser(
    engine::Runtime& runtime, const OAuthClient& client, const mailbox::Mailbox& mailbox
) {
    const auto listener = runtime.listen_for_redirect();
    if (!listener) return base::pass_on(listener);
    const BrowserLogin login = begin(runtime, client, mailbox, (*listener)->port());
    tell(fmt::format(
        "Open this address in a browser on this machine and log in as {}:\n\n  {}\n\n"
        "(No browser here? Stop with Ctrl-C and add --paste.)\n",
        mailbox.email.str(),
        login.url
    ));
    const std::string state = login.state;
    const auto judge = [state](std::string_view target) -> net::RedirectListener::Answer {
        const auto code = mailbox::code_in_redirect(target, state);
        if (code) return {200, "Pilotlight has the login. You may close this window.", true};
        if (code.error().code == base::ErrorCode::cancelled)
            return {200, "The login was not granted. Pilotlight says why in its window.", true};
        return {404, "There is nothing here.", false};
    };
    const base::MonotonicTime deadline = runtime.clock().in(kPatience);
    const base::Result<std::string> target = runtime.run((*listener)->wait(judge, deadline));
    if (!target) return base::pass_on(target);
    return redeem(runtime, client, login, *target);
}

// A line of standard input; longer ones are cut, which no address of a login is.
std::string read_line() {
    std::array<char, 16 << 10> line = {};
    if (std::fgets(line.data(), static_cast<int>(line.size()), stdin) == nullptr) return {};
    return std::string(base::trim(line.data()));
}

base::Result<Tokens> by_paste(
    engine::Runtime& runtime, const OAuthClient& client, const mailbox::Mailbox& mailbox
) {
    // Nobody listens there: the browser ends on an error page whose address has the code.
    const auto port = static_cast<std::uint16_t>(runtime.random().between(49'152, 65'535));
    const BrowserLogin login = begin(runtime, client, mailbox, port);
    tell(fmt::format(
        "Open this address in a browser on any machine and log in as {}:\n\n  {}\n\n"
        "At the end the browser cannot reach {}: that is right. Copy the whole address from its\n"
        "address bar and paste it here: ",
        mailbox.email.str(),
        login.url,
        login.redirect_uri
    ));
    return redeem(runtime, client, login, read_line());
}

base::Result<Tokens> by_device(
    engine::Runtime& runtime, const OAuthClient& client, const mailbox::Mailbox& mailbox
) {
    const std::string email = mailbox.email.str();
    const auto show = [email](const mailbox::DeviceCode& code) {
        tell(fmt::format(
            "Open {} on any device, enter the code {} and log in as {}.\nWaiting …\n",
            code.verification_uri,
            code.user_code,
            email
        ));
    };
    const base::MonotonicTime deadline = runtime.clock().in(kPatience);
    return runtime.run(
        mailbox::device_login(runtime.http(), runtime.clock(), client, show, deadline)
    );
}

base::Result<Tokens> log_in(
    engine::Runtime& runtime,
    const OAuthClient& client,
    const mailbox::Mailbox& mailbox,
    LoginWay way
) {
    switch (way) {
        case LoginWay::browser:
            return by_browser(runtime, client, mailbox);
        case LoginWay::paste:
            return by_paste(runtime, client, mailbox);
        case LoginWay::device:
            break;
    }
    if (client.device_url.empty())
        return base::fail(
            base::ErrorCode::invalid_input,
            "oauth",
            "--device: this provider has no device login for mail; use the browser or --paste"
        );
    return by_device(runtime, client, mailbox);
}

}  // namespace

base::Result<Authorization> authorize(
    engine::Runtime& runtime, const mailbox::Mailbox& mailbox, std::optional<LoginWay> way
) {
    const base::Result<OAuthClient> client = runtime.oauth_client(mailbox);
    if (!client) return base::pass_on(client);
    const LoginWay otherwise = client->device_url.empty() ? LoginWay::browser : LoginWay::device;
    const base::Result<Tokens> tokens = log_in(runtime, *client, mailbox, way.value_or(otherwise));
    if (!tokens) return base::pass_on(tokens);
    const base::Result<> complete = mailbox::check_grant(*client, *tokens);
    if (!complete) return base::pass_on(complete);
    const base::Timestamp now = runtime.clock().now();
    const mailbox::SealedTokens sealed =
        mailbox::seal_tokens(runtime.vault(), mailbox, *tokens, now, runtime.random());
    const OAuthClient used = *client;
    runtime.job(
        store::Role::operator_,
        [mailbox, used, sealed, now](store::Connection& connection) {
            mailbox::store_grant(connection, mailbox, used, sealed, now);
        }
    );
    return Authorization{client->issuer, mailbox::warning_of_end(client->issuer, *tokens, now)};
}

}  // namespace cli
