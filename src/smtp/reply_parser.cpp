#include "smtp/reply_parser.h"

#include "base/check.h"
#include "base/text.h"

namespace smtp {

namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

std::unexpected<base::Error> broken(std::string message, std::string_view line) {
    return base::fail(
        base::ErrorCode::protocol,
        "smtp.reply",
        std::move(message),
        std::string(line.substr(0, 200))
    );
}

// The length of an enhanced code ("5.7.1") that starts `text` and agrees with the reply's class; 0:
// none.
std::size_t enhanced_length(std::string_view text, int reply_class) {
    if (reply_class != 2 && reply_class != 4 && reply_class != 5) return 0;
    if (text.empty() || text[0] != static_cast<char>('0' + reply_class)) return 0;
    std::size_t at = 1;
    for (int part = 0; part < 2; ++part) {
        if (at >= text.size() || text[at] != '.') return 0;
        const std::size_t start = ++at;
        while (at < text.size() && at - start < 3 && is_digit(text[at])) ++at;
        if (at == start) return 0;
    }
    return at == text.size() || text[at] == ' ' || text[at] == '\t' ? at : 0;
}

// RFC 2034 section 3: the greeting and the answer to EHLO carry none where they are positive.
bool may_be_enhanced(Command command, int code) {
    const bool hello =
        command == Command::greeting || command == Command::ehlo || command == Command::helo;
    return !hello || code >= 400;
}

// Takes the enhanced code off every line; the first one stands for the reply.
void take_enhanced(Reply& reply) {
    for (std::string& line : reply.lines) {
        const std::size_t length = enhanced_length(line, reply.code / 100);
        if (length == 0) continue;
        if (reply.enhanced.empty()) reply.enhanced = line.substr(0, length);
        line.erase(0, std::min(line.size(), length + 1));
    }
}

}  // namespace

base::Result<std::size_t> ReplyParser::eat(std::string_view bytes) {
    std::size_t eaten = 0;
    while (eaten < bytes.size() && !complete_) {
        const std::string_view rest = bytes.substr(eaten);
        const std::size_t end = rest.find('\n');
        const std::size_t count = end == std::string_view::npos ? rest.size() : end + 1;
        if (line_.size() + count > kLineBytesMax) {
            return base::fail(
                base::ErrorCode::limit_exceeded,
                "smtp.reply",
                "a line of the server's reply is longer than 8192 bytes"
            );
        }
        line_.append(rest.substr(0, count));
        eaten += count;
        base::Result<> good = check_start();
        if (good && end != std::string_view::npos) good = end_line();
        if (!good) return base::pass_on(good);
    }
    return eaten;
}

// Looks at the start of an unfinished line too: who speaks another protocol may never end a line.
base::Result<> ReplyParser::check_start() const {
    for (std::size_t i = 0; i < std::min<std::size_t>(3, line_.size()); ++i) {
        const bool good = i == 0 ? line_[i] >= '1' && line_[i] <= '5' : is_digit(line_[i]);
        if (!good) return broken("the server does not speak SMTP: no reply code", line_);
    }
    if (line_.size() > 3 && std::string_view(" -\r\n").find(line_[3]) == std::string_view::npos)
        return broken("the server does not speak SMTP: no blank after the reply code", line_);
    return {};
}

base::Result<> ReplyParser::end_line() {
    std::string_view line = line_;
    line.remove_suffix(1);
    while (line.ends_with('\r')) line.remove_suffix(1);
    if (line.size() < 3) return broken("the server sent a line without a reply code", line);
    const int code = (line[0] - '0') * 100 + (line[1] - '0') * 10 + (line[2] - '0');
    if (!lines_.empty() && code != code_)
        return broken("the server changed the reply code inside a reply", line);
    if (lines_.size() == kLinesMax) {
        return base::fail(
            base::ErrorCode::limit_exceeded,
            "smtp.reply",
            "the server's reply has more than 200 lines"
        );
    }
    code_ = code;
    complete_ = line.size() == 3 || line[3] != '-';
    lines_.emplace_back(line.substr(std::min<std::size_t>(4, line.size())));
    line_.clear();
    return {};
}

Reply ReplyParser::take(Command command) {
    CHECK(complete_);
    Reply reply;
    reply.code = code_;
    reply.lines = std::move(lines_);
    reply.command = command;
    if (may_be_enhanced(command, reply.code)) take_enhanced(reply);
    reset();
    return reply;
}

void ReplyParser::reset() {
    line_.clear();
    lines_.clear();
    code_ = 0;
    complete_ = false;
}

}  // namespace smtp
