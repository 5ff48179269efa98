#include "smtp/session.h"

#include <algorithm>

#include "base/check.h"
#include "base/log.h"
#include "base/text.h"
#include "smtp/commands.h"

namespace smtp {

namespace {

constexpr std::size_t kWriteBytesMax = 1 << 20;

}  // namespace

Session::Session(SessionSettings settings, net::Tls tls, bool encrypted)
    : settings_(std::move(settings)), tls_(tls), encrypted_(encrypted) {
    base::Result<> good = check_ehlo_name(settings_.ehlo_name);
    if (good && settings_.credentials) good = check_credentials(*settings_.credentials);
    if (!good) fail(good.error());
    if (!good || !settings_.credentials) return;
    secrets_ = secrets_of(*settings_.credentials);
}

net::Action Session::next() {
    const base::Duration deadline = row_of(state_).deadline;
    switch (state_) {
        case State::closed:
            return net::Done{};
        case State::ready:
            return net::Ready{};
        case State::before_dot:
            return net::Barrier{"before_dot"};
        case State::handshake:
            return net::StartTls{deadline};
        case State::block:
            return net::Write{block_.substr(written_, kWriteBytesMax), deadline};
        default:
            break;
    }
    if (!outgoing_.empty()) return net::Write{outgoing_, deadline};
    return net::Read{deadline};
}

void Session::on_written() {
    if (state_ != State::block) return outgoing_.clear();
    written_ += std::min(kWriteBytesMax, block_.size() - written_);
    if (written_ < block_.size()) return;
    block_ = {};
    state_ = State::before_dot;
}

void Session::resume() {
    CHECK(state_ == State::before_dot);
    // From here on the dot may be on the wire, whatever the stream says afterwards.
    transaction_.dot_begun = true;
    write(State::dot, ".\r\n");
}

bool Session::awaits_reply() const {
    switch (state_) {
        case State::handshake:
        case State::ready:
        case State::block:
        case State::before_dot:
        case State::closed:
            return false;
        default:
            return outgoing_.empty();
    }
}

void Session::on_bytes(std::string_view bytes) {
    while (!bytes.empty() && awaits_reply()) {
        base::Result<std::size_t> eaten = parser_.eat(bytes);
        if (!eaten) return fail_to_read(eaten.error());
        bytes.remove_prefix(*eaten);
        if (parser_.complete()) on_reply(parser_.take(row_of(state_).command));
    }
    if (!bytes.empty()) on_surplus(bytes);
}

// Bytes when no answer is due. Before TLS they are an attempt to have clear text taken for
// encrypted (CVE-2021-22947 and kin); elsewhere a later answer would be taken for the wrong
// command's.
void Session::on_surplus(std::string_view bytes) {
    if (state_ == State::closed || state_ == State::quit) return;
    if (state_ == State::handshake) {
        return fail(state_error(
            base::ErrorCode::protocol,
            "the server's answer to STARTTLS was followed by more bytes in clear: someone may be "
            "injecting commands; the connection was closed"
        ));
    }
    // A server that shuts down may say so at any time (RFC 5321 section 3.8).
    const base::Result<std::size_t> eaten = parser_.eat(bytes);
    if (eaten && parser_.complete()) {
        const Reply reply = scrub(parser_.take(row_of(state_).command));
        if (reply.code == 421) return on_farewell(reply);
    }
    fail(state_error(
        base::ErrorCode::protocol,
        "the server spoke when no answer was due; the connection was closed"
    ));
}

void Session::on_reply(Reply reply) {
    // EHLO's keywords must stay as they are; a password could be one of them.
    const bool keywords = state_ == State::ehlo && reply.positive();
    const Reply safe = keywords ? std::move(reply) : scrub(std::move(reply));
    if (base::log::level() <= base::log::Level::debug)
        base::log::debug("smtp", "{}: {}", row_of(state_).phrase, scrub(safe).str());
    if (state_ == State::quit) {
        state_ = State::closed;
        return;
    }
    if (safe.code == 421 || safe.code == 221) return on_farewell(safe);
    if (safe.code < 200) return fail(error_of(safe));
    on_step_reply(safe);
}

void Session::on_step_reply(const Reply& reply) {
    switch (state_) {
        case State::greeting:
            return on_greeting(reply);
        case State::ehlo:
            return on_ehlo(reply);
        case State::helo:
            return on_helo(reply);
        case State::starttls:
            return on_starttls(reply);
        case State::auth_plain:
        case State::auth_login:
        case State::auth_user:
        case State::auth_password:
        case State::auth_bearer:
        case State::auth_token:
        case State::auth_refusal:
            return on_auth(reply);
        case State::mail:
            return on_mail(reply);
        case State::rcpt:
            return on_rcpt(reply);
        case State::data:
            return on_data(reply);
        case State::dot:
            return on_dot(reply);
        case State::lone_dot:
            return on_lone_dot(reply);
        case State::rset:
            return on_rset(reply);
        default:
            CHECK(awaits_reply());  // a reply in a state that waits for none
    }
}

// The server closes: 421 is a refusal of what is under way, 221 none at all.
void Session::on_farewell(const Reply& reply) {
    if (reply.code == 421 && transaction_.ending == Transaction::Ending::open) refuse(reply);
    fail(error_of(reply));
}

// A server may repeat what it was sent; our secrets must not come back through its words.
std::string Session::scrub(std::string words) const {
    for (const std::string& secret : secrets_)
        if (words.find(secret) != std::string::npos)
            words = base::replace_all(std::move(words), secret, "***");
    return words;
}

Reply Session::scrub(Reply reply) const {
    for (std::string& line : reply.lines) line = scrub(std::move(line));
    return reply;
}

void Session::fail_to_read(const base::Error& error) {
    base::Error own = state_error(error.code, error.message);
    // Once the password is sent, a cut line could hold half of it, which scrub() would not find.
    if (state_ < State::auth_plain) own.server_words = scrub(error.server_words);
    fail(std::move(own));
}

base::Error Session::error_of(const Reply& reply) const {
    base::Error error = to_error(scrub(reply));
    error.stage = row_of(state_).stage;
    return error;
}

base::Error Session::state_error(base::ErrorCode code, std::string message) const {
    const StateRow& row = row_of(state_);
    message += " (" + std::string(row.phrase) + ")";
    return base::Error{code, std::string(row.stage), std::move(message), {}, 0, {}};
}

void Session::write(State state, std::string bytes) {
    state_ = state;
    outgoing_ = std::move(bytes);
}

// Ends the session at once; whoever drives it closes the stream.
void Session::fail(base::Error error) {
    if (transaction_.ending == Transaction::Ending::open) {
        transaction_.ending = Transaction::Ending::failed;
        transaction_.error = error;
    }
    // While leaving, the reason for leaving stands; a goodbye that fails is no error.
    if (!error_ && state_ != State::quit) error_ = std::move(error);
    state_ = State::closed;
    outgoing_.clear();
    block_ = {};
}

// Ends the session in order (RFC 5321 section 4.1.1.10: never without QUIT where the server
// behaves).
void Session::leave(base::Error error) {
    error_ = std::move(error);
    write(State::quit, "QUIT\r\n");
}

void Session::quit() {
    CHECK(state_ == State::ready);
    write(State::quit, "QUIT\r\n");
}

void Session::on_closed() {
    fail(state_error(base::ErrorCode::closed, "the server closed the connection"));
}

void Session::on_timeout() {
    fail(state_error(base::ErrorCode::timed_out, "the server took too long"));
}

void Session::on_failure(base::Error error) {
    error.stage = row_of(state_).stage;
    fail(std::move(error));
}

}  // namespace smtp
