#include "sandbox/imap_server.h"

#include "base/text.h"
#include "sandbox/imap_words.h"

namespace sandbox {

namespace {

constexpr std::size_t kPatternBytesMax = 128;

std::string name_on_wire(const std::string& name, bool quoting) {
    return quoting || name.find_first_of(" []()\"\\%*") != std::string::npos ? imap_quoted(name)
                                                                             : name;
}

}  // namespace

ImapServer::ImapServer(PostOffice& office, const Provider& provider, bool encrypted)
    : office_(office), provider_(provider), encrypted_(encrypted) {}

ImapServer::~ImapServer() {
    if (account_ != nullptr) --account_->imap_sessions;
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
    if (in_authenticate_) {
        in_authenticate_ = false;
        answer = command == "*" ? "BAD AUTHENTICATE cancelled" : plain(command);
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
    if (name == "list") return list(reader);
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

std::string ImapServer::capabilities() const {
    if (!encrypted_) return "IMAP4rev1 STARTTLS LOGINDISABLED";
    return account_ == nullptr ? provider_.imap_manner.capabilities_before
                               : provider_.imap_manner.capabilities_after;
}

ImapServer::Tagged ImapServer::capability() {
    say("* CAPABILITY " + capabilities());
    return "OK CAPABILITY completed";
}

ImapServer::Tagged ImapServer::starttls() {
    if (encrypted_) return "BAD TLS is already on";
    out_.then = Then::start_tls;
    return "OK Begin TLS negotiation now";
}

ImapServer::Tagged ImapServer::login(ImapReader& reader) {
    const auto user = reader.space() ? reader.astring() : std::nullopt;
    const auto password = user && reader.space() ? reader.astring() : std::nullopt;
    if (!password || !reader.at_end()) return "BAD LOGIN wants a user and a password";
    return log_in(*user, *password);
}

ImapServer::Tagged ImapServer::authenticate(ImapReader& reader) {
    const auto mechanism = reader.space() ? reader.atom() : std::nullopt;
    if (!mechanism) return "BAD AUTHENTICATE wants a mechanism";
    if (!base::equals_ignoring_case(*mechanism, "PLAIN"))
        return "NO [CANNOT] this mechanism is not for this account";
    if (!reader.space()) {
        in_authenticate_ = true;
        say("+ ");
        return {};
    }
    const auto response = reader.atom("=");
    return response ? plain(*response) : "BAD initial response is not base64";
}

ImapServer::Tagged ImapServer::plain(std::string_view base64) {
    const std::optional<std::string> decoded = base::base64_decode(base64);
    const std::vector<std::string> fields = base::split(decoded.value_or(""), '\0');
    if (fields.size() != 3) return "BAD invalid SASL argument";
    return log_in(fields[1], fields[2]);
}

ImapServer::Tagged ImapServer::log_in(std::string_view user, std::string_view password) {
    const ImapManner& manner = provider_.imap_manner;
    const PostOffice::Login result = office_.log_in(provider_, user, password);
    if (result.verdict == LoginVerdict::hang) {
        out_.then = Then::fall_silent;
        return {};
    }
    if (result.verdict != LoginVerdict::welcome) return "NO " + manner.login_refused;
    if (result.account->imap_sessions >= manner.sessions_max)
        return "NO " + manner.too_many_sessions;
    account_ = result.account;
    ++account_->imap_sessions;
    if (manner.announces == ImapManner::Announces::untagged) say("* CAPABILITY " + capabilities());
    if (manner.announces == ImapManner::Announces::code)
        return "OK [CAPABILITY " + capabilities() + "] " + manner.login_done;
    return "OK " + manner.login_done;
}

ImapServer::Tagged ImapServer::list(ImapReader& reader) {
    const auto reference = reader.space() ? reader.astring() : std::nullopt;
    const auto pattern = reference && reader.space() ? reader.astring("%*") : std::nullopt;
    if (!pattern || !reader.at_end() || pattern->size() > kPatternBytesMax)
        return "BAD LIST wants a reference and a pattern";
    if (pattern->empty()) say("* LIST (\\Noselect) \"/\" \"\"");
    for (const StoreFolder& folder : account_->mail.folders()) {
        const FolderLayout& layout = folder.layout;
        if (!list_matches(*reference + *pattern, layout.wire_name)) continue;
        const std::string name = name_on_wire(layout.wire_name, provider_.imap_manner.quotes_names);
        say("* LIST (" + base::join(layout.attributes, " ") + ") \"/\" " + name);
    }
    return "OK LIST completed";
}

ImapServer::Tagged ImapServer::select(ImapReader& reader, bool read_only) {
    const auto name = reader.space() ? reader.astring() : std::nullopt;
    if (!name || !reader.at_end()) return "BAD a folder name is wanted";
    selected_.reset();
    StoreFolder* folder = account_->mail.by_wire_name(*name);
    if (folder == nullptr)
        return "NO [NONEXISTENT] Unknown Mailbox: " + base::printable(*name, 80) + " (Failure)";
    selected_ = Selection{folder, read_only, {}};
    const std::string flags = "\\Answered \\Flagged \\Draft \\Deleted \\Seen";
    say("* FLAGS (" + flags + ")");
    say("* OK [PERMANENTFLAGS (" + (read_only ? "" : flags + " \\*") + ")] Flags permitted.");
    say("* OK [UIDVALIDITY " + std::to_string(folder->uidvalidity) + "] UIDs valid.");
    for (const Entry& entry : folder->entries) selected_->view.push_back(entry.uid);
    say("* " + std::to_string(selected_->view.size()) + " EXISTS");
    say("* 0 RECENT");
    say("* OK [UIDNEXT " + std::to_string(folder->uidnext) + "] Predicted next UID.");
    return std::string("OK [") + (read_only ? "READ-ONLY" : "READ-WRITE") + "] selected. (Success)";
}

ImapServer::Tagged ImapServer::close(bool expunging) {
    if (expunging && !selected_->read_only) expunge(std::nullopt);
    selected_.reset();
    return "OK closed";
}

}  // namespace sandbox
