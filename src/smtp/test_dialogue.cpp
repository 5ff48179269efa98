#include "smtp/test_dialogue.h"

#include "base/check.h"
#include "base/text.h"

namespace smtp::test {

Lines lines_of(std::string_view text) {
    Lines lines;
    for (const std::string& piece : base::split(text, '\n')) {
        std::string line(base::trim(piece));
        line = base::replace_all(line, "$PLAIN", "AGFubkBleGFtcGxlLmNvbQBzM2NyZXQtd29yZA==");
        line = base::replace_all(line, "$USER", "YW5uQGV4YW1wbGUuY29t");
        line = base::replace_all(line, "$PASSWORD", "czNjcmV0LXdvcmQ=");
        if (!line.empty()) lines.push_back(line);
    }
    return lines;
}

Envelope usual_envelope() {
    return {
        base::Email::parse("ann@example.com").value(), base::Email::parse("ben@example.org").value()
    };
}

std::string usual_message() { return "Subject: hi\r\n\r\nHello\r\n.\r\n"; }

support::Dialogue transcript(const Lines& lines, std::size_t count) {
    support::Dialogue dialogue;
    for (std::size_t i = 0; i < count; ++i) {
        const std::string& line = lines[i];
        if (line.starts_with("S: ")) {
            dialogue.server(line.substr(3) + "\r\n");
        } else if (line.starts_with("C: ")) {
            dialogue.client(line.substr(3) + "\r\n");
        } else if (line == "C:") {
            dialogue.client("\r\n");
        } else if (line == "TLS") {
            dialogue.tls();
        } else if (line == "BARRIER") {
            dialogue.barrier("before_dot");
        } else if (line == "SEND") {
            dialogue.ready<Session>([](Session& session) {
                session.send(usual_envelope(), usual_message());
            });
        } else if (line == "ASK") {
            dialogue.ready<Session>([](Session& session) { session.ask(usual_envelope()); });
        } else if (line == "QUIT") {
            dialogue.ready<Session>([](Session& session) { session.quit(); });
        } else if (line == "READY") {
            dialogue.ready();
        } else {
            CHECK(line == "DONE");
            dialogue.done();
        }
    }
    return dialogue;
}

void Talk::pump() {
    for (;;) {
        net::Action action = session.next();
        auto* write = std::get_if<net::Write>(&action);
        if (write == nullptr) return;
        writes.push_back(std::move(write->bytes));
        session.on_written();
    }
}

void Talk::send_usual(bool pipelining) {
    hear("220 hi\r\n");
    pump();
    hear(pipelining ? "250-hi\r\n250 PIPELINING\r\n" : "250 hi\r\n");
    session.send(usual_envelope(), usual_message());
    pump();
    writes.clear();
}

std::string check_over(Session& session) {
    if (!std::holds_alternative<net::Done>(session.next())) return "the session is not done";
    if (!session.error()) return "the session does not say why it is over";
    if (session.error()->stage.empty() || session.error()->message.empty()) return "an empty error";
    if (session.last().ending == Transaction::Ending::open) return "the message was left open";
    return "";
}

}  // namespace smtp::test
