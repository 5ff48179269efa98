// The states of an SMTP session, and for each the deadline, the command and the words that go with
// it: one table (RFC 5321 section 4.5.3.2 for the deadlines).
#pragma once
#include <array>
#include <chrono>
#include <string_view>

#include "smtp/types.h"

namespace smtp {

enum class State {
    greeting,       // waiting for the server's first words
    ehlo,           // sent EHLO
    helo,           // sent HELO to a server that does not know EHLO
    starttls,       // sent STARTTLS
    handshake,      // the TLS handshake is to be made
    auth_plain,     // sent AUTH PLAIN with its response
    auth_login,     // sent AUTH LOGIN
    auth_user,      // sent the login's name
    auth_password,  // sent the password: the verdict is next
    auth_bearer,    // sent AUTH XOAUTH2 or OAUTHBEARER, without the token where that is long
    auth_token,     // sent the token: the verdict is next, or why it is refused
    auth_refusal,   // answered why the token is refused
    ready,          // nothing under way
    mail,           // sent MAIL FROM (pipelined: RCPT TO and DATA as well)
    rcpt,           // waiting for the answer to RCPT TO
    data,           // waiting for the answer to DATA
    block,          // writing the message without its final dot
    before_dot,     // all but the final dot is written
    dot,            // sent the final dot
    lone_dot,       // DATA was taken though no recipient was: sent an empty message's dot
    rset,           // sent RSET
    quit,           // sent QUIT
    closed,         // over
};

struct StateRow {
    State state;
    std::chrono::seconds deadline;
    Command command;          // what a reply in this state answers
    std::string_view stage;   // for errors
    std::string_view phrase;  // for errors and the log: "waiting for …"
};

// clang-format off
inline constexpr std::array kStates = {
    StateRow{State::greeting, std::chrono::minutes(5), Command::greeting, "smtp.connect", "waiting for the greeting"},
    StateRow{State::ehlo, std::chrono::minutes(5), Command::ehlo, "smtp.ehlo", "waiting for the answer to EHLO"},
    StateRow{State::helo, std::chrono::minutes(5), Command::helo, "smtp.ehlo", "waiting for the answer to HELO"},
    StateRow{State::starttls, std::chrono::minutes(5), Command::starttls, "smtp.tls", "waiting for the answer to STARTTLS"},
    StateRow{State::handshake, std::chrono::minutes(2), Command::starttls, "smtp.tls", "making the TLS handshake"},
    StateRow{State::auth_plain, std::chrono::minutes(5), Command::auth, "smtp.auth", "waiting for the answer to AUTH PLAIN"},
    StateRow{State::auth_login, std::chrono::minutes(5), Command::auth, "smtp.auth", "waiting for the answer to AUTH LOGIN"},
    StateRow{State::auth_user, std::chrono::minutes(5), Command::auth, "smtp.auth", "waiting for the server to ask for the password"},
    StateRow{State::auth_password, std::chrono::minutes(5), Command::auth, "smtp.auth", "waiting for the verdict on the login"},
    StateRow{State::auth_bearer, std::chrono::minutes(5), Command::auth, "smtp.auth", "waiting for the answer to AUTH"},
    StateRow{State::auth_token, std::chrono::minutes(5), Command::auth, "smtp.auth", "waiting for the verdict on the access token"},
    StateRow{State::auth_refusal, std::chrono::minutes(5), Command::auth, "smtp.auth", "waiting for the refusal of the access token"},
    StateRow{State::ready, std::chrono::minutes(5), Command::quit, "smtp.idle", "being idle"},
    StateRow{State::mail, std::chrono::minutes(5), Command::mail, "smtp.mail", "waiting for the answer to MAIL FROM"},
    StateRow{State::rcpt, std::chrono::minutes(5), Command::rcpt, "smtp.rcpt", "waiting for the answer to RCPT TO"},
    StateRow{State::data, std::chrono::minutes(2), Command::data, "smtp.data", "waiting for the answer to DATA"},
    StateRow{State::block, std::chrono::minutes(3), Command::data, "smtp.data", "writing the message"},
    StateRow{State::before_dot, std::chrono::minutes(3), Command::data, "smtp.data", "waiting to write the final dot"},
    StateRow{State::dot, std::chrono::minutes(10), Command::dot, "smtp.dot", "waiting for the answer to the final dot"},
    StateRow{State::lone_dot, std::chrono::minutes(10), Command::dot, "smtp.dot", "taking back a message without recipient"},
    StateRow{State::rset, std::chrono::minutes(5), Command::rset, "smtp.rset", "waiting for the answer to RSET"},
    StateRow{State::quit, std::chrono::seconds(30), Command::quit, "smtp.quit", "waiting for the answer to QUIT"},
    StateRow{State::closed, std::chrono::seconds(0), Command::quit, "smtp.closed", "being closed"},
};
// clang-format on

constexpr const StateRow& row_of(State state) { return kStates[static_cast<std::size_t>(state)]; }

consteval bool states_stand_in_order() {
    for (std::size_t i = 0; i < kStates.size(); ++i)
        if (kStates[i].state != static_cast<State>(i)) return false;
    return kStates.size() == static_cast<std::size_t>(State::closed) + 1;
}
static_assert(states_stand_in_order());

}  // namespace smtp
