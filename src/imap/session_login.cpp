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
    if (logged_in_) return enter(State::ready);
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
    tag_.clear();
    enter(State::ready);
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

void Session::finish_login() {
    logged_in_ = true;
    credentials_ = {};
    if (!capabilities_known_) return begin_capability();
    tag_.clear();
    enter(State::ready);
}

void Session::login_refused(const StatusLine& line) {
    // RFC 5530: the server's trouble, not the password's.
    constexpr std::array<std::string_view, 4> kLater{"UNAVAILABLE", "INUSE", "LIMIT", "SERVERBUG"};
    if (std::find(kLater.begin(), kLater.end(), line.code) != kLater.end())
        return fail(base::ErrorCode::unavailable, "the server can't log in now", line.text);
    fail(base::ErrorCode::unauthenticated, "the server refused the login", line.text);
}

void Session::keep_capabilities(const std::vector<std::string>& names) {
    capabilities_ = {names.begin(), names.end()};
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
