#include "sandbox/imap_server.h"

#include "base/text.h"
#include "sandbox/imap_words.h"

namespace sandbox {

ImapServer::ImapServer(PostOffice& office, const Provider& provider, bool encrypted)
    : office_(office), provider_(provider), encrypted_(encrypted) {}

ImapServer::~ImapServer() {
    if (account_ == nullptr) return;
    --account_->imap_sessions;
    account_->mail.unwatch(this);
}

ServerAnswer ImapServer::greet() {
    const bool hangs = office_.server_fault(provider_.name).hang_after_greeting;
    const Then then = hangs ? Then::fall_silent : Then::read_on;
    return {"* OK " + provider_.imap_manner.greeting + "\r\n", then};
}

void ImapServer::on_tls() {
    encrypted_ = true;
    buffer_.clear();
}

ServerAnswer ImapServer::on_bytes(std::string_view bytes) {
    buffer_.feed(bytes);
    while (out_.then == Then::read_on) {
        const ImapCommandBuffer::Step step = buffer_.next();
        if (step == ImapCommandBuffer::Step::need_more) break;
        if (step == ImapCommandBuffer::Step::too_long) {
            say("* BYE command too long");
            out_.then = Then::close;
        } else if (step == ImapCommandBuffer::Step::send_continuation) {
            say("+ go ahead");
        } else {
            on_command(buffer_.take());
        }
    }
    return std::exchange(out_, {});
}

void ImapServer::on_command(std::string command) {
    Tagged answer;
    if (!mechanism_.empty()) {
        answer = on_response(command);
    } else if (idling_) {
        answer = end_idle(command);
    } else {
        ImapReader reader(std::move(command));
        const std::optional<std::string> tag = reader.atom();
        const std::optional<std::string> name = reader.space() ? reader.atom() : std::nullopt;
        if (!tag || !name) return say("* BAD could not parse command");
        tag_ = *tag;
        answer = run(base::to_lower(*name), reader);
    }
    if (!answer.empty()) say(tag_ + " " + answer);
}

ImapServer::Tagged ImapServer::run(const std::string& name, ImapReader& reader) {
    if (name == "capability") return capability();
    if (name == "noop" || name == "check") {
        tell_changes();
        return "OK done";
    }
    if (name == "id") {
        say("* ID (\"name\" " + imap_quoted(provider_.host_domain) + ")");
        return "OK ID completed";
    }
    if (name == "logout") {
        say("* BYE LOGOUT Requested");
        out_.then = Then::close;
        return "OK LOGOUT completed";
    }
    if (account_ == nullptr) {
        if (name == "starttls") return starttls();
        if (!encrypted_ && (name == "login" || name == "authenticate"))
            return "NO [PRIVACYREQUIRED] LOGIN is disabled before STARTTLS";
        if (name == "login") return login(reader);
        if (name == "authenticate") return authenticate(reader);
        return "BAD command not known, or not before login";
    }
    return run_logged_in(name, reader);
}

ImapServer::Tagged ImapServer::run_logged_in(const std::string& name, ImapReader& reader) {
    if (name == "list") return list(reader);
    if (name == "create") return create(reader);
    if (name == "append") return append(reader);
    if (name == "enable" && offers("ENABLE")) return enable(reader);
    if (name == "idle" && offers("IDLE")) return idle();
    if (name == "select" || name == "examine") return select(reader, name == "examine");
    if (!selected_) return "BAD command not known, or no folder selected";
    return run_selected(name, reader);
}

ImapServer::Tagged ImapServer::run_selected(const std::string& name, ImapReader& reader) {
    if (name == "close") return close(true);
    if (name == "unselect") return close(false);
    if (name == "uid") return run_uid(reader);
    if (name == "expunge") {
        if (selected_->read_only) return "NO [READ-ONLY] folder is read-only";
        expunge(std::nullopt);
        tell_changes();
        return "OK EXPUNGE completed";
    }
    return "BAD command not known";
}

}  // namespace sandbox
