#include "sandbox/smtp_server.h"

#include "base/text.h"

namespace sandbox {

namespace {

constexpr std::size_t kCommandBytesMax = 4096;
constexpr std::size_t kTextLineBytesMax = 1 << 20;
constexpr std::size_t kRecipientsMax = 100;

// "FROM:<a@b> SIZE=1" → the path's inside and the parameters; nothing where it is malformed.
struct Path {
    std::string address;
    std::vector<std::string> parameters;
};
std::optional<Path> read_path(std::string_view argument, std::string_view keyword) {
    if (!base::starts_with_ignoring_case(argument, keyword)) return std::nullopt;
    argument.remove_prefix(keyword.size());
    const std::size_t end = argument.find('>');
    if (!argument.starts_with("<") || end == std::string_view::npos) return std::nullopt;
    Path path{std::string(argument.substr(1, end - 1)), {}};
    const std::string_view rest = argument.substr(end + 1);
    if (!rest.empty() && rest[0] != ' ') return std::nullopt;
    for (std::string& parameter : base::split(base::trim(rest), ' '))
        if (!parameter.empty()) path.parameters.push_back(std::move(parameter));
    return path;
}

}  // namespace

SmtpServer::SmtpServer(PostOffice& office, const Provider& provider)
    : office_(office), provider_(provider), encrypted_(provider.smtp.tls == net::Tls::implicit) {}

ServerAnswer SmtpServer::greet() {
    const bool hangs = office_.server_fault(provider_.name).hang_after_greeting;
    return {
        "220 " + provider_.smtp_manner.greeting + "\r\n", hangs ? Then::fall_silent : Then::read_on
    };
}

void SmtpServer::on_tls() {
    // Nothing that was said in clear counts any more (RFC 3207 section 4.2).
    encrypted_ = true;
    greeted_ = false;
    buffer_.clear();
    reset();
}

std::string SmtpServer::on_idle() {
    return "421 4.4.2 " + provider_.smtp.host + " Error: timeout exceeded\r\n";
}

ServerAnswer SmtpServer::on_bytes(std::string_view bytes) {
    buffer_ += bytes;
    std::size_t at = 0;
    while (out_.then == Then::read_on) {
        const std::size_t end = buffer_.find("\r\n", at);
        if (end == std::string::npos) break;
        const std::string line = buffer_.substr(at, end - at);
        at = end + 2;
        const bool text = state_ == State::data;
        on_line(line);
        const bool ahead = at < buffer_.size() && out_.then == Then::read_on;
        if (!text && state_ != State::data && ahead && !provider_.smtp_manner.pipelining)
            close_after("554 5.5.0 Error: SMTP protocol synchronization");
    }
    buffer_.erase(0, at);
    const std::size_t limit = state_ == State::data ? kTextLineBytesMax : kCommandBytesMax;
    if (out_.then == Then::read_on && buffer_.size() > limit)
        close_after("500 5.5.2 Error: line too long");
    return std::exchange(out_, {});
}

void SmtpServer::on_line(const std::string& line) {
    if (state_ == State::data) {
        on_text_line(line);
    } else if (line.find_first_of("\r\n") != std::string::npos) {
        say("500 5.5.2 Error: bare CR or LF");
    } else if (state_ == State::command) {
        on_command(line);
    } else {
        on_auth_line(line);
    }
}

void SmtpServer::on_command(const std::string& line) {
    const std::size_t blank = line.find(' ');
    const std::string verb = base::to_lower(line.substr(0, blank));
    const std::string_view argument = blank == std::string::npos
                                          ? std::string_view()
                                          : base::trim(std::string_view(line).substr(blank));
    if (verb == "ehlo" || verb == "helo") return on_ehlo(argument, verb == "ehlo");
    if (verb == "noop") return say("250 2.0.0 OK");
    if (verb == "quit") return close_after("221 2.0.0 closing connection");
    if (verb == "rset") {
        reset();
        return say("250 2.1.5 Flushed");
    }
    if (verb == "starttls") return on_starttls();
    if (verb == "auth") return on_auth(argument);
    if (verb != "mail" && verb != "rcpt" && verb != "data")
        return say("502 5.5.1 Unrecognized command");
    if (!greeted_) return say("503 5.5.1 EHLO/HELO first");
    if (!encrypted_) return say("530 5.7.0 Must issue a STARTTLS command first");
    if (account_ == nullptr) return say("530 5.7.0 Authentication Required");
    if (verb == "mail") return on_mail(argument);
    if (verb == "rcpt") return on_rcpt(argument);
    on_data();
}

bool SmtpServer::offers(std::string_view keyword) const {
    return std::ranges::find(provider_.smtp_manner.keywords, keyword) !=
           provider_.smtp_manner.keywords.end();
}

void SmtpServer::on_ehlo(std::string_view argument, bool extended) {
    if (argument.empty()) return say("501 5.5.4 Domain name required");
    ehlo_name_ = argument;
    greeted_ = true;
    reset();
    const std::string first = provider_.smtp.host + " at your service, [127.0.0.1]";
    if (!extended) return say("250 " + first);
    std::vector<std::string> lines = {first};
    lines.insert(
        lines.end(), provider_.smtp_manner.keywords.begin(), provider_.smtp_manner.keywords.end()
    );
    if (encrypted_) {
        lines.push_back("AUTH " + base::join(provider_.smtp_manner.mechanisms, " "));
    } else {
        lines.push_back("STARTTLS");
    }
    for (std::size_t i = 0; i < lines.size(); ++i)
        say((i + 1 < lines.size() ? "250-" : "250 ") + lines[i]);
}

void SmtpServer::on_starttls() {
    if (encrypted_) return say("503 5.5.1 TLS is already on");
    say("220 2.0.0 Ready to start TLS");
    out_.then = Then::start_tls;
}

void SmtpServer::on_mail(std::string_view argument) {
    if (has_sender_) return say("503 5.5.1 Nested MAIL command");
    const std::optional<Path> path = read_path(argument, "FROM:");
    const auto sender = path ? base::Email::parse(path->address) : base::Email::parse("");
    if (!sender) return say("501 5.5.2 Syntax error in MAIL FROM");
    if (!mail_parameters_fit(path->parameters)) return;
    if (!sender->same_mailbox(account_->spec.email))
        return say("553 5.7.1 Sender address rejected: not owned by the authenticated user");
    has_sender_ = true;
    say("250 2.1.0 Sender OK");
}

bool SmtpServer::mail_parameters_fit(const std::vector<std::string>& parameters) {
    for (const std::string& parameter : parameters) {
        if (base::starts_with_ignoring_case(parameter, "SIZE=")) {
            const auto size = base::parse_int(std::string_view(parameter).substr(5));
            if (size && *size <= static_cast<std::int64_t>(provider_.smtp_manner.message_bytes_max))
                continue;
            say("552 5.3.4 Message size exceeds the fixed maximum message size");
            return false;
        }
        const bool body = base::equals_ignoring_case(parameter, "BODY=8BITMIME") ||
                          base::equals_ignoring_case(parameter, "BODY=7BIT");
        if (body && offers("8BITMIME")) continue;
        if (base::equals_ignoring_case(parameter, "SMTPUTF8") && offers("SMTPUTF8")) continue;
        say("555 5.5.4 Unsupported option: " + base::printable(parameter, 60));
        return false;
    }
    return true;
}

void SmtpServer::on_rcpt(std::string_view argument) {
    if (!has_sender_) return say("503 5.5.1 MAIL first");
    const std::optional<Path> path = read_path(argument, "TO:");
    const auto recipient = path ? base::Email::parse(path->address) : base::Email::parse("");
    if (!recipient) return say("501 5.1.3 Bad recipient address syntax");
    if (std::exchange(account_->fault.greylist_once, false))
        return say("451 4.7.1 Greylisting in action, please come back later");
    if (recipients_.size() >= kRecipientsMax) return say("452 4.5.3 Too many recipients");
    const Account* known = office_.find(*recipient);
    if (known == nullptr)
        return say("550 5.1.1 <" + recipient->str() + "> The email account does not exist");
    recipients_.push_back(known->spec.email);
    say("250 2.1.5 Recipient OK");
}

void SmtpServer::on_data() {
    if (recipients_.empty()) return say("503 5.5.1 RCPT first");
    state_ = State::data;
    say("354 Go ahead");
}

void SmtpServer::on_text_line(std::string_view line) {
    if (account_->fault.drop_before_dot > 0) {
        --account_->fault.drop_before_dot;
        out_.then = Then::close;
        return;
    }
    if (line == ".") return on_dot();
    if (line.starts_with(".")) line.remove_prefix(1);
    // A bare CR or LF inside would be a line end to other servers (SMTP smuggling).
    if (line.find_first_of("\r\n") != std::string_view::npos) text_has_bare_ends_ = true;
    if (text_.size() + line.size() + 2 > provider_.smtp_manner.message_bytes_max)
        text_too_big_ = true;
    if (text_too_big_) return;
    text_ += line;
    text_ += "\r\n";
}

void SmtpServer::on_dot() {
    state_ = State::command;
    if (text_too_big_) {
        say("552 5.3.4 Message size exceeds the fixed maximum message size");
    } else if (text_has_bare_ends_) {
        say("550 5.6.11 Bare line feeds are illegal");
    } else {
        office_.accept(*account_, recipients_, std::move(text_), ehlo_name_);
        if (account_->fault.drop_after_dot > 0) {
            --account_->fault.drop_after_dot;
            out_.then = Then::close;
        } else {
            say("250 " + provider_.smtp_manner.accepted);
        }
    }
    reset();
}

void SmtpServer::reset() {
    has_sender_ = false;
    recipients_.clear();
    text_.clear();
    text_too_big_ = false;
    text_has_bare_ends_ = false;
}

void SmtpServer::close_after(std::string line) {
    say(std::move(line));
    out_.then = Then::close;
}

}  // namespace sandbox
