// Drives a session with a fuzzer's bytes: every read is answered by a piece of them, every write
// looked through for secrets that must not leave in clear.
#pragma once
#include <string>
#include <string_view>

#include "base/check.h"
#include "fuzz/input.h"
#include "net/session.h"

namespace fuzz {

inline constexpr std::string_view kSecret = "s3cret-word";

// How a read or a wait ends where no bytes come.
inline void end_read(net::Session& session, unsigned how) {
    if (how == 0) return session.on_closed();
    if (how == 1) return session.on_timeout();
    session.on_failure({base::ErrorCode::network, "net.read", "reset", {}, 0, {}});
}

// `ready` gives the next command and answers false where there is none; `in_clear` is what may not
// be written before the handshake.
template <class Ready>
void play(
    net::Session& session, Input& input, bool encrypted, std::string_view in_clear, Ready ready
) {
    constexpr int kActionsMax = 2000;
    for (int i = 0; i < kActionsMax; ++i) {
        const net::Action action = session.next();
        if (std::holds_alternative<net::Done>(action)) return;
        if (std::holds_alternative<net::Ready>(action)) {
            if (!ready()) return;
        } else if (const auto* write = std::get_if<net::Write>(&action)) {
            CHECK(!write->bytes.empty());
            CHECK(encrypted || !write->bytes.contains(kSecret));
            CHECK(encrypted || !write->bytes.contains(in_clear));
            session.on_written();
        } else if (std::holds_alternative<net::StartTls>(action)) {
            encrypted = true;
            session.on_tls_started();
        } else if (std::holds_alternative<net::Barrier>(action)) {
            session.resume();
        } else if (input.empty()) {
            end_read(session, 0);
        } else if (std::holds_alternative<net::Wait>(action) && input.below(4) == 0) {
            session.on_wake(net::Wake::time);
        } else {
            const std::string_view bytes = input.piece();
            if (bytes.empty())
                end_read(session, input.below(3));
            else
                session.on_bytes(bytes);
        }
    }
}

}  // namespace fuzz
