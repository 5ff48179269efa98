// From the greeting to Ready: EHLO, STARTTLS, AUTH.
#include "base/check.h"
#include "base/text.h"
#include "smtp/commands.h"
#include "smtp/session.h"

namespace smtp {

namespace {

// Answers that say "I don't know EHLO" rather than "I don't want you" (RFC 5321 section 3.2).
bool unknown_command(int code) { return code == 500 || code == 501 || code == 502 || code == 504; }

// RFC 5321 section 4.5.3.1.4
constexpr std::size_t kCommandBytesMax = 512;

// The server lacks what we need before we may go on to `state`.
base::Error lacking(State state, std::string message) {
    return base::Error{
        base::ErrorCode::unsupported,
        std::string(row_of(state).stage),
        std::move(message),
        {},
        0,
        {}
    };
}

}  // namespace

void Session::on_greeting(const Reply& reply) {
    if (reply.code >= 400) return leave(error_of(reply));
    if (reply.code >= 300) return fail(error_of(reply));
    write(State::ehlo, "EHLO " + settings_.ehlo_name + "\r\n");
}

void Session::on_ehlo(const Reply& reply) {
    if (reply.code < 300) {
        capabilities_ = parse_capabilities(reply);
        return after_hello();
    }
    if (reply.code < 400) return fail(error_of(reply));
    // HELO knows neither STARTTLS nor AUTH: no way back where one of them is needed.
    const bool helo_is_enough =
        !settings_.credentials && (encrypted_ || tls_ == net::Tls::implicit);
    if (unknown_command(reply.code) && helo_is_enough)
        return write(State::helo, "HELO " + settings_.ehlo_name + "\r\n");
    leave(error_of(reply));
}

void Session::on_helo(const Reply& reply) {
    if (reply.code >= 400) return leave(error_of(reply));
    if (reply.code >= 300) return fail(error_of(reply));
    capabilities_ = {};
    after_hello();
}

void Session::after_hello() {
    if (tls_ == net::Tls::implicit || encrypted_) return login();
    if (capabilities_.starttls) return write(State::starttls, "STARTTLS\r\n");
    leave(lacking(
        State::starttls,
        "the server offers no STARTTLS; nothing is sent in clear: check host and port, or use TLS "
        "from "
        "the start (smtps, port 465)"
    ));
}

void Session::on_starttls(const Reply& reply) {
    if (reply.code >= 400) return leave(error_of(reply));
    if (reply.code >= 300) return fail(error_of(reply));
    state_ = State::handshake;
}

void Session::on_tls_started() {
    CHECK(state_ == State::handshake);
    encrypted_ = true;
    // Whatever was heard so far may have come from anyone (RFC 3207 section 4.2).
    capabilities_ = {};
    parser_.reset();
    write(State::ehlo, "EHLO " + settings_.ehlo_name + "\r\n");
}

void Session::login() {
    if (!settings_.credentials) {
        state_ = State::ready;
        return;
    }
    if (!encrypted_) {
        return leave(lacking(
            State::auth_plain, "the connection is not encrypted; the password is not sent over it"
        ));
    }
    if (settings_.credentials->method == Login::bearer) return login_by_token();
    if (capabilities_.has_auth("PLAIN"))
        return write(
            State::auth_plain, "AUTH PLAIN " + plain_response(*settings_.credentials) + "\r\n"
        );
    if (capabilities_.has_auth("LOGIN")) return write(State::auth_login, "AUTH LOGIN\r\n");
    const std::string offered = base::printable(base::join(capabilities_.auth, " "), 200);
    leave(lacking(
        State::auth_plain,
        offered.empty() ? "the server offers no login (AUTH)"
                        : "the server offers no login by password, only " + offered
    ));
}

void Session::login_by_token() {
    const Credentials& credentials = *settings_.credentials;
    for (const auto mechanism : {net::TokenMechanism::xoauth2, net::TokenMechanism::oauthbearer}) {
        if (!capabilities_.has_auth(to_string(mechanism))) continue;
        mechanism_ = mechanism;
        std::string command = "AUTH " + std::string(to_string(mechanism));
        const std::string token =
            net::token_response(mechanism, credentials.login, credentials.password);
        // RFC 4954 section 4: a response that makes the line too long waits for the server's 334.
        if (command.size() + token.size() + 3 > kCommandBytesMax)
            return write(State::auth_bearer, command + "\r\n");
        return write(State::auth_token, command + " " + token + "\r\n");
    }
    leave(lacking(
        State::auth_bearer, "the server takes no access tokens (AUTH XOAUTH2 or OAUTHBEARER)"
    ));
}

void Session::on_auth(const Reply& reply) {
    // A refused login is never tried again, not even by another mechanism: providers lock accounts.
    if (reply.code >= 400) {
        base::Error error = error_of(reply);
        if (!token_refusal_.empty()) error.message += ", status " + token_refusal_;
        return leave(std::move(error));
    }
    if (reply.code >= 300) return on_challenge(reply);
    state_ = State::ready;
}

void Session::on_challenge(const Reply& reply) {
    const Credentials& credentials = *settings_.credentials;
    switch (state_) {
        case State::auth_plain:
            // Some servers overlook the initial response and ask for it (RFC 4954 section 4).
            return write(State::auth_password, plain_response(credentials) + "\r\n");
        case State::auth_login:
            return write(State::auth_user, base::base64_encode(credentials.login) + "\r\n");
        case State::auth_user:
            return write(State::auth_password, base::base64_encode(credentials.password) + "\r\n");
        case State::auth_bearer:
            return write(
                State::auth_token,
                net::token_response(*mechanism_, credentials.login, credentials.password) + "\r\n"
            );
        case State::auth_token:
            // Why it is refused; the refusal proper comes after our answer (RFC 7628
            // section 3.2.2).
            token_refusal_ = scrub(net::token_refusal(base::join(reply.lines, "")));
            return write(
                State::auth_refusal, std::string(net::answer_to_refusal(*mechanism_)) + "\r\n"
            );
        default:
            return fail(error_of(reply));
    }
}

}  // namespace smtp
