// The states of an imap::Session, with how long and how much each waits for.
#pragma once
#include <array>
#include <chrono>
#include <cstddef>
#include <string_view>

#include "base/check.h"
#include "base/time.h"

namespace imap {

enum class State {
    greeting,
    capability,
    starttls,
    handshake,
    login,
    identify,
    enable,
    ready,
    list,
    select,
    search,
    fetch,
    store,
    logout,
    copy,
    move,
    expunge,
    append,
    create,
    noop,
    idle,
    over,
};

struct StateRow {
    State state;
    std::string_view stage;   // of its errors
    std::string_view phrase;  // "… while listing folders"
    base::Duration deadline;  // of one read, write or handshake
    std::size_t bytes_max;    // that the server may send until the step is over
};

// Text is what costs memory many times its size once it is parsed (flags, names), so that it has a
// limit of its own beside bytes_max.
inline constexpr std::size_t kStepTextBytesMax = 8 << 20;

inline constexpr std::size_t kMegabyte = 1 << 20;
inline constexpr std::chrono::seconds kSoon{60};
// Servers open large folders and read from slow disks before they answer these.
inline constexpr std::chrono::minutes kLate{5};

inline constexpr std::array<StateRow, 22> kStates{{
    {State::greeting, "imap.connect", "waiting for the greeting", kSoon, kMegabyte},
    {State::capability, "imap.connect", "asking for capabilities", kSoon, kMegabyte},
    {State::starttls, "imap.tls", "asking for TLS", kSoon, kMegabyte},
    {State::handshake, "imap.tls", "starting TLS", kSoon, 0},
    {State::login, "imap.login", "logging in", kSoon, kMegabyte},
    {State::identify, "imap.login", "saying who we are", kSoon, kMegabyte},
    {State::enable, "imap.login", "switching to UTF-8", kSoon, kMegabyte},
    {State::ready, "imap.ready", "waiting for a command", kSoon, kMegabyte},
    {State::list, "imap.list", "listing folders", kSoon, 4 * kMegabyte},
    {State::select, "imap.select", "opening a folder", kLate, 4 * kMegabyte},
    {State::search, "imap.search", "searching", kSoon, 8 * kMegabyte},
    {State::fetch, "imap.fetch", "fetching", kLate, 256 * kMegabyte},
    {State::store, "imap.store", "changing flags", kSoon, 8 * kMegabyte},
    {State::logout, "imap.logout", "logging out", kSoon, kMegabyte},
    {State::copy, "imap.copy", "copying messages", kLate, 8 * kMegabyte},
    {State::move, "imap.move", "moving messages", kLate, 8 * kMegabyte},
    {State::expunge, "imap.expunge", "removing messages", kLate, 8 * kMegabyte},
    {State::append, "imap.append", "filing a message", kLate, kMegabyte},
    {State::create, "imap.create", "making a folder", kSoon, kMegabyte},
    {State::noop, "imap.noop", "asking for news", kSoon, 8 * kMegabyte},
    {State::idle, "imap.idle", "waiting for news", kSoon, kMegabyte},
    {State::over, "imap.over", "being closed", kSoon, 0},
}};

constexpr const StateRow& row_of(State state) { return kStates[static_cast<std::size_t>(state)]; }

static_assert([] {
    for (std::size_t at = 0; at < kStates.size(); ++at)
        if (static_cast<std::size_t>(kStates[at].state) != at) return false;
    return true;
}());

}  // namespace imap
