#include "smtp/types.h"

#include "base/text.h"

namespace smtp {

namespace {

// What was refused, in words that fit "the server refused …".
std::string_view subject_of(Command command) {
    switch (command) {
        case Command::greeting:
            return "the connection";
        case Command::ehlo:
            return "EHLO";
        case Command::helo:
            return "HELO";
        case Command::starttls:
            return "STARTTLS";
        case Command::auth:
            return "the login";
        case Command::mail:
            return "the sender";
        case Command::rcpt:
            return "the recipient";
        case Command::data:
            return "to take a message";
        case Command::dot:
            return "the message";
        case Command::rset:
            return "RSET";
        case Command::quit:
            return "QUIT";
    }
    return "the command";
}

base::ErrorCode code_of(const Reply& reply) {
    if (reply.transient()) return base::ErrorCode::unavailable;
    if (!reply.permanent()) return base::ErrorCode::protocol;
    return reply.command == Command::auth ? base::ErrorCode::unauthenticated
                                          : base::ErrorCode::refused;
}

std::string words_of(const Reply& reply) {
    const std::string subject(subject_of(reply.command));
    const std::string code = std::to_string(reply.code);
    if (reply.transient()) return "the server put off " + subject + " (" + code + ")";
    if (reply.permanent()) return "the server refused " + subject + " (" + code + ")";
    return "the server answered " + code + " to " + std::string(to_string(reply.command)) +
           ", which does not belong there";
}

}  // namespace

std::string_view to_string(Command command) {
    switch (command) {
        case Command::greeting:
            return "greeting";
        case Command::ehlo:
            return "ehlo";
        case Command::helo:
            return "helo";
        case Command::starttls:
            return "starttls";
        case Command::auth:
            return "auth";
        case Command::mail:
            return "mail";
        case Command::rcpt:
            return "rcpt";
        case Command::data:
            return "data";
        case Command::dot:
            return "dot";
        case Command::rset:
            return "rset";
        case Command::quit:
            return "quit";
    }
    return "unknown";
}

std::string Reply::str() const {
    // printable() adds a three-byte ellipsis where it cuts.
    constexpr std::size_t kBytesMax = 497;
    std::string line = std::to_string(code);
    if (!enhanced.empty()) line += " " + enhanced;
    const std::string text = base::join(lines, " ");
    if (!base::trim(text).empty()) line += " " + text;
    return base::printable(line, kBytesMax);
}

base::Error to_error(const Reply& reply) {
    base::Error error;
    error.code = code_of(reply);
    error.stage = "smtp." + std::string(to_string(reply.command));
    error.message = words_of(reply);
    error.server_words = base::join(reply.lines, " ");
    error.reply_code = reply.code;
    error.enhanced = reply.enhanced;
    return error;
}

}  // namespace smtp
