#include "imap/cursor.h"

#include <utility>

#include "base/text.h"

namespace imap {

static_assert(kNestingMax == 32, "the text below says 32");

bool Cursor::take(char byte) {
    if (at_end() || frame_.text[at_] != byte) return false;
    ++at_;
    ++steps_;
    return true;
}

bool Cursor::take_spaces() {
    bool any = false;
    while (take(' ')) any = true;
    return any;
}

bool Cursor::literal_here() {
    // A literal that a malformed quoted string ran over is behind us.
    while (next_literal_ < frame_.literals.size() && frame_.literals[next_literal_].at < at_)
        ++next_literal_;
    return next_literal_ < frame_.literals.size() && frame_.literals[next_literal_].at == at_;
}

std::string_view Cursor::take_until(std::string_view stops) {
    const std::size_t start = at_;
    literal_here();
    const std::size_t end = next_literal_ < frame_.literals.size()
                                ? frame_.literals[next_literal_].at
                                : frame_.text.size();
    while (at_ < end && stops.find(frame_.text[at_]) == std::string_view::npos) ++at_;
    steps_ += at_ - start + 1;
    return std::string_view(frame_.text).substr(start, at_ - start);
}

std::optional<std::string> Cursor::take_quoted() {
    if (!take('"')) return std::nullopt;
    std::string out;
    while (!at_end()) {
        char byte = frame_.text[at_++];
        ++steps_;
        if (byte == '"') return out;
        if (byte == '\\') {
            if (at_end()) return std::nullopt;
            byte = frame_.text[at_++];
        }
        out += byte;
    }
    return std::nullopt;
}

std::optional<std::string> Cursor::take_string() {
    if (!literal_here()) return take_quoted();
    Frame::Literal& literal = frame_.literals[next_literal_++];
    at_ += literal.header_bytes;
    ++steps_;
    return std::move(literal.bytes);
}

std::optional<std::string> Cursor::take_astring() {
    if (peek() == '"' || literal_here()) return take_string();
    const std::string_view atom = take_atom();
    if (atom.empty()) return std::nullopt;
    return std::string(atom);
}

std::optional<std::optional<std::string>> Cursor::take_nstring() {
    const bool atom = peek() != '"' && !literal_here();
    std::optional<std::string> text = take_astring();
    if (!text) return std::nullopt;
    if (atom && base::equals_ignoring_case(*text, "NIL")) return std::optional<std::string>();
    return text;
}

std::optional<std::uint64_t> Cursor::take_number(std::uint64_t max) {
    std::uint64_t number = 0;
    const std::size_t start = at_;
    while (peek() >= '0' && peek() <= '9') {
        const auto digit = static_cast<std::uint64_t>(peek() - '0');
        if (number > (max - digit) / 10) return std::nullopt;
        number = number * 10 + digit;
        ++at_;
        ++steps_;
    }
    if (at_ == start) return std::nullopt;
    return number;
}

bool Cursor::descend(int& depth) {
    if (++depth <= kNestingMax) return true;
    note_limit("more than 32 levels of parentheses");
    return false;
}

bool Cursor::skip_value() {
    int depth = 0;
    do {
        if (depth > 0) take_spaces();
        if (take('(')) {
            if (!descend(depth)) return false;
        } else if (depth > 0 && take(')')) {
            --depth;
        } else if (peek() == '"' || literal_here()) {
            if (!take_string()) return false;
        } else if (take_atom().empty()) {
            return false;
        }
    } while (depth > 0);
    return true;
}

}  // namespace imap
