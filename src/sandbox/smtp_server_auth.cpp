// AUTH of the submission server (RFC 4954; PLAIN by RFC 4616, LOGIN as everybody does it, access
// tokens by XOAUTH2 and OAUTHBEARER).
#include "base/text.h"
#include "sandbox/smtp_server.h"
#include "sandbox/token_login.h"

namespace sandbox {

namespace {

constexpr int kRefusedLoginsMax = 3;

}  // namespace

void SmtpServer::on_auth(std::string_view argument) {
    if (!greeted_) return say("503 5.5.1 EHLO/HELO first");
    if (!encrypted_) return say("530 5.7.0 Must issue a STARTTLS command first");
    if (account_ != nullptr) return say("503 5.5.1 Already authenticated");
    const std::size_t blank = argument.find(' ');
    const std::string mechanism{argument.substr(0, blank)};
    const bool initial = blank != std::string_view::npos;
    const std::string_view response = initial ? argument.substr(blank + 1) : std::string_view();
    const auto& offered = provider_.smtp_manner.mechanisms;
    const bool known = std::ranges::any_of(offered, [&](const std::string& name) {
        return base::equals_ignoring_case(name, mechanism);
    });
    if (!known) return say("504 5.7.4 Unrecognized authentication type");
    if (is_token_mechanism(mechanism)) {
        auth_mechanism_ = mechanism;
        if (initial) return token(response);
        state_ = State::auth_token;
        return say("334 ");
    }
    if (base::equals_ignoring_case(mechanism, "PLAIN")) {
        if (initial) return plain(response);
        state_ = State::auth_plain;
        return say("334 ");
    }
    state_ = State::auth_user;
    if (initial) return on_auth_line(std::string(response));
    say("334 VXNlcm5hbWU6");
}

void SmtpServer::on_auth_line(const std::string& line) {
    const State was = std::exchange(state_, State::command);
    if (line == "*") return say("501 5.7.0 Authentication cancelled");
    if (was == State::auth_plain) return plain(line);
    if (was == State::auth_token) return token(line);
    if (was == State::auth_refused) {
        if (!answers_challenge(auth_mechanism_, line))
            return say("501 5.5.2 Cannot decode response");
        return refuse_login();
    }
    const std::optional<std::string> decoded = base::base64_decode(line);
    if (!decoded) return say("501 5.5.2 Cannot decode response");
    if (was == State::auth_password) return log_in(std::exchange(auth_user_, {}), *decoded);
    auth_user_ = *decoded;
    state_ = State::auth_password;
    say("334 UGFzc3dvcmQ6");
}

void SmtpServer::plain(std::string_view base64) {
    const std::optional<std::string> decoded = base::base64_decode(base64 == "=" ? "" : base64);
    if (!decoded) return say("501 5.5.2 Cannot decode response");
    const std::vector<std::string> fields = base::split(*decoded, '\0');
    if (fields.size() != 3) return say("501 5.5.2 Cannot decode response");
    log_in(fields[1], fields[2]);
}

void SmtpServer::log_in(std::string_view login, std::string_view password) {
    end_login(office_.log_in(provider_, login, password));
}

void SmtpServer::token(std::string_view base64) {
    const std::optional<TokenLogin> read = read_token_login(auth_mechanism_, base64);
    if (!read) return say("501 5.5.2 Cannot decode response");
    const PostOffice::Login result =
        office_.log_in_by_token(provider_, read->login, read->access_token);
    if (result.verdict != LoginVerdict::refused || !provider_.challenges_tokens)
        return end_login(result);
    state_ = State::auth_refused;
    say("334 " + token_challenge(provider_.host_domain));
}

void SmtpServer::end_login(const PostOffice::Login& result) {
    if (result.verdict == LoginVerdict::hang) {
        out_.then = Then::fall_silent;
        return;
    }
    if (result.verdict == LoginVerdict::welcome) {
        account_ = result.account;
        return say("235 2.7.0 Authentication successful");
    }
    refuse_login();
}

void SmtpServer::refuse_login() {
    say(provider_.smtp_manner.login_refused);
    if (++refused_logins_ >= kRefusedLoginsMax) close_after("421 4.7.0 Too many login attempts");
}

}  // namespace sandbox
