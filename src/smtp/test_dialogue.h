// For tests: SMTP transcripts in short form, and a session to be driven by hand.
//
//   "S: 220 hi"       the server says this line (CRLF is added)
//   "C: EHLO [::1]"   the client must write this line
//   "TLS"             the client must ask for the handshake, which succeeds
//   "BARRIER"         the client must stop before the dot; it is resumed
//   "SEND", "QUIT"    the client must be ready; it gets this order
//   "READY", "DONE"   what the client must answer next
//
// $PLAIN, $USER and $PASSWORD stand for kSettings' login as AUTH carries it.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "smtp/session.h"
#include "tests/support/dialogue.h"

namespace smtp::test {

using Lines = std::vector<std::string>;

inline const SessionSettings kSettings{
    .ehlo_name = "[192.0.2.1]", .credentials = Credentials{"ann@example.com", "s3cret-word"}
};
inline const SessionSettings kNoLogin{.ehlo_name = "[192.0.2.1]", .credentials = std::nullopt};

// The lines of a text without their indentation; empty ones are left out.
Lines lines_of(std::string_view text);

// What "SEND" sends: 25 bytes with a line that is a lone dot.
Envelope usual_envelope();
std::string usual_message();

// Lines [0, count) as a transcript.
support::Dialogue transcript(const Lines& lines, std::size_t count);
inline support::Dialogue transcript(const Lines& lines) { return transcript(lines, lines.size()); }

// A session with Tls::implicit is encrypted from the start.
struct Talk {
    Talk(SessionSettings settings, net::Tls tls)
        : session(std::move(settings), tls, tls == net::Tls::implicit) {}

    // Plays lines [0, count); "" or what went otherwise.
    std::string play(const Lines& lines, std::size_t count) {
        return transcript(lines, count).run(session);
    }
    std::string play(const Lines& lines) { return play(lines, lines.size()); }
    void hear(const std::string& bytes) { session.on_bytes(bytes); }
    // Lets the session write all it wants to.
    void pump();
    // Brings a new session without login to where MAIL FROM (pipelined: and more) is written.
    void send_usual(bool pipelining);

    Session session;
    std::vector<std::string> writes;  // what pump() wrote, each Write as it came
};

// "" or what is wrong: after any failure the session is done and says why, and no message is left
// open.
std::string check_over(Session& session);

}  // namespace smtp::test
