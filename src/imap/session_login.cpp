// From the greeting to Ready: TLS, capabilities, login.
#include <fmt/format.h>

#include "base/check.h"
#include "base/text.h"
#include "imap/session.h"

namespace imap {

void Session::on_greeting(const Response& response) {
    const auto* line = std::get_if<StatusLine>(&response);
    if (line && line->tag.empty()) return on_greeting_line(*line);
    fail(base::ErrorCode::protocol, "the server's first line is not an IMAP greeting");
}

void Session::on_greeting_line(const StatusLine& line) {
    switch (line.condition) {
        case Condition::ok:
            break;
        case Condition::bye:
            return fail(base::ErrorCode::unavailable, "the server does not take us now", line.text);
        case Condition::preauth:
            // In clear this would make us go on without TLS for ever (nostarttls, "PREAUTH").
            if (!secure_ || tls_ == net::Tls::starttls)
                return fail(
                    base::ErrorCode::tls,
                    "the server's PREAUTH greeting rules out TLS: the connection may be attacked"
                );
            logged_in_ = true;
            break;
        default:
            return fail(
                base::ErrorCode::protocol, "the server's greeting is neither OK nor BYE", line.text
            );
    }
    keep_capabilities(line);
    if (!secure_) return has("STARTTLS") ? begin_starttls() : begin_capability();
    if (!capabilities_known_) return begin_capability();
    if (logged_in_) return settle();
    begin_login();
}

void Session::begin_capability() {
    capabilities_known_ = false;
    enter(State::capability);
    send({next_tag() + " CAPABILITY\r\n"});
}

void Session::finish_capability() {
    if (!capabilities_known_)
        return fail(base::ErrorCode::protocol, "the server did not say its capabilities");
    if (!secure_) {
        if (has("STARTTLS")) return begin_starttls();
        return fail(
            base::ErrorCode::tls,
            "the server does not offer STARTTLS: use its port for implicit TLS (993)"
        );
    }
    if (!logged_in_) return begin_login();
    settle();
}

void Session::begin_starttls() {
    enter(State::starttls);
    send({next_tag() + " STARTTLS\r\n"});
}

void Session::finish_starttls(bool nothing_follows) {
    tag_.clear();
    // Bytes behind the OK were sent in clear but would be read as if they came through TLS.
    if (!nothing_follows || !reader_.idle())
        return fail(
            base::ErrorCode::tls,
            "the server sent data after its answer to STARTTLS: the connection may be attacked"
        );
    enter(State::handshake);
}

void Session::begin_login() {
    CHECK(secure_);
    enter(State::login);
    if (credentials_.method == Login::bearer) return begin_token_login();
    if (!has("AUTH=PLAIN") && has("LOGINDISABLED"))
        return fail(base::ErrorCode::unsupported, "the server does not accept passwords");
    capabilities_known_ = false;
    if (!has("AUTH=PLAIN"))
        return send(write_login(next_tag(), credentials_.login, credentials_.password));
    const std::string answer = sasl_plain(credentials_.login, credentials_.password);
    if (has("SASL-IR"))  // RFC 4959
        return send({next_tag() + " AUTHENTICATE PLAIN " + answer + "\r\n"});
    send({next_tag() + " AUTHENTICATE PLAIN\r\n", answer + "\r\n"});
}

void Session::begin_token_login() {
    for (const auto mechanism : {net::TokenMechanism::xoauth2, net::TokenMechanism::oauthbearer}) {
        const std::string name(to_string(mechanism));
        if (!has("AUTH=" + name)) continue;
        mechanism_ = mechanism;
        capabilities_known_ = false;
        const std::string answer =
            token_response(mechanism, credentials_.login, credentials_.password);
        if (has("SASL-IR"))
            return send({next_tag() + " AUTHENTICATE " + name + ' ' + answer + "\r\n"});
        return send({next_tag() + " AUTHENTICATE " + name + "\r\n", answer + "\r\n"});
    }
    fail(base::ErrorCode::unsupported, "the server takes no access tokens (XOAUTH2, OAUTHBEARER)");
}

// Why the server refuses the token; the tagged NO comes once that is answered (RFC 7628 section
// 3.2.2).
void Session::on_token_refusal(const Continuation& challenge) {
    token_refusal_ = without_secrets(net::token_refusal(challenge.text));
    outgoing_ = std::string(net::answer_to_refusal(*mechanism_)) + "\r\n";
}

void Session::finish_login() {
    logged_in_ = true;
    credentials_ = {};
    if (!capabilities_known_) return begin_capability();
    settle();
}

// What is said once before the first command. A server that refuses any of it is as good.
void Session::settle() {
    if (has("ID") && !std::exchange(identified_, true)) {
        enter(State::identify);
        return send({next_tag() + " ID (\"name\" \"Pilotlight\")\r\n"});
    }
    const bool utf8 = has("UTF8=ACCEPT") || has("UTF8=ONLY");
    if (utf8 && has("ENABLE") && !std::exchange(enabled_, true)) {
        enter(State::enable);
        return send({next_tag() + " ENABLE UTF8=ACCEPT\r\n"});
    }
    tag_.clear();
    enter(State::ready);
}

void Session::login_refused(const StatusLine& line) {
    // RFC 5530: the server's trouble, not the password's.
    constexpr std::array<std::string_view, 4> kLater{"UNAVAILABLE", "INUSE", "LIMIT", "SERVERBUG"};
    if (std::find(kLater.begin(), kLater.end(), line.code) != kLater.end())
        return fail(base::ErrorCode::unavailable, "the server can't log in now", line.text);
    std::string message = "the server refused the login";
    if (mechanism_) message = "the server refused the access token";
    if (token_refusal_ && !token_refusal_->empty()) message += " (status " + *token_refusal_ + ")";
    fail(base::ErrorCode::unauthenticated, std::move(message), line.text);
}

void Session::keep_capabilities(const std::vector<std::string>& names) {
    capabilities_ = " " + base::join(names, " ") + " ";
    capabilities_.shrink_to_fit();
    capabilities_known_ = true;
}

bool Session::keep_capabilities(const StatusLine& line) {
    if (line.code != "CAPABILITY") return false;
    std::vector<std::string> names;
    for (const std::string& name : base::split(line.code_arguments, ' ')) {
        std::string upper = name;
        for (char& byte : upper)
            if (byte >= 'a' && byte <= 'z') byte = static_cast<char>(byte - 'a' + 'A');
        if (!upper.empty()) names.push_back(std::move(upper));
    }
    keep_capabilities(names);
    return true;
}

}  // namespace imap
