#include "sandbox/imap_reader.h"

#include "base/text.h"

namespace sandbox {

namespace {

constexpr std::size_t kCommandBytesMax = 64 * 1024;
constexpr std::size_t kLiteralBytesMax = 4 << 20;

bool is_atom_char(char character, std::string_view also) {
    if (also.find(character) != std::string_view::npos) return true;
    const auto code = static_cast<unsigned char>(character);
    return code > 0x20 && code < 0x7f &&
           std::string_view("(){%*\"\\]").find(character) == std::string_view::npos;
}

// "…{12}" or "…{12+}": the literal a line announces.
struct Announced {
    std::size_t bytes = 0;
    bool waits = true;
};
std::optional<Announced> announced_literal(std::string_view line) {
    if (!line.ends_with('}')) return std::nullopt;
    const std::size_t open = line.rfind('{');
    if (open == std::string_view::npos) return std::nullopt;
    std::string_view count = line.substr(open + 1, line.size() - open - 2);
    Announced out;
    if (count.ends_with('+')) {
        out.waits = false;
        count.remove_suffix(1);
    }
    const std::optional<std::int64_t> bytes = base::parse_int(count);
    if (!bytes || *bytes < 0) return std::nullopt;
    out.bytes = static_cast<std::size_t>(*bytes);
    return out;
}

std::optional<std::uint32_t> to_number(std::string_view text) {
    const std::optional<std::int64_t> number = base::parse_int(text);
    if (!number || *number < 1 || *number > 0xffffffffLL) return std::nullopt;
    return static_cast<std::uint32_t>(*number);
}

}  // namespace

ImapCommandBuffer::Step ImapCommandBuffer::next() {
    if (literal_left_ > 0) {
        if (buffer_.size() - scanned_ < literal_left_) return Step::need_more;
        scanned_ += literal_left_;
        literal_left_ = 0;
    }
    while (true) {
        const std::size_t end = buffer_.find("\r\n", scanned_);
        if (end == std::string::npos)
            return buffer_.size() - scanned_ > kCommandBytesMax ? Step::too_long : Step::need_more;
        if (end - scanned_ > kCommandBytesMax) return Step::too_long;
        const Step step = on_line_end(end);
        if (step != Step::need_more || literal_left_ > 0) return step;
    }
}

// need_more with no literal left: the line goes on behind a literal that is here already.
ImapCommandBuffer::Step ImapCommandBuffer::on_line_end(std::size_t end) {
    const std::string_view line = std::string_view(buffer_).substr(scanned_, end - scanned_);
    const std::optional<Announced> literal = announced_literal(line);
    if (!literal) {
        command_ = buffer_.substr(0, end);
        buffer_.erase(0, end + 2);
        scanned_ = 0;
        return Step::complete;
    }
    if (end + literal->bytes > kLiteralBytesMax) return Step::too_long;
    scanned_ = end + 2;
    literal_left_ = literal->bytes;
    if (literal->waits) return Step::send_continuation;
    if (buffer_.size() - scanned_ < literal_left_) return Step::need_more;
    scanned_ += literal_left_;
    literal_left_ = 0;
    return Step::need_more;
}

void ImapCommandBuffer::clear() {
    buffer_.clear();
    command_.clear();
    scanned_ = 0;
    literal_left_ = 0;
}

std::optional<NumberSet> NumberSet::parse(std::string_view text) {
    NumberSet out;
    for (const std::string& piece : base::split(text, ',')) {
        const std::vector<std::string> ends = base::split(piece, ':');
        if (ends.size() > 2) return std::nullopt;
        std::array<std::uint32_t, 2> range{};
        for (std::size_t i = 0; i < 2; ++i) {
            const std::string& end = ends[std::min(i, ends.size() - 1)];
            const std::optional<std::uint32_t> number = to_number(end);
            if (!number && end != "*") return std::nullopt;
            range[i] = number.value_or(0);
        }
        out.ranges_.emplace_back(range[0], range[1]);
    }
    return out;
}

bool NumberSet::contains(std::uint32_t number, std::uint32_t largest) const {
    return std::ranges::any_of(ranges_, [&](const auto& range) {
        const std::uint32_t first = range.first == 0 ? largest : range.first;
        const std::uint32_t second = range.second == 0 ? largest : range.second;
        return number >= std::min(first, second) && number <= std::max(first, second);
    });
}

bool ImapReader::eat(char character) {
    if (at_end() || text_[at_] != character) return false;
    ++at_;
    return true;
}

std::optional<std::string> ImapReader::atom(std::string_view also) {
    std::size_t end = at_;
    while (end < text_.size() && is_atom_char(text_[end], also)) ++end;
    if (end == at_) return std::nullopt;
    std::string out = text_.substr(at_, end - at_);
    at_ = end;
    return out;
}

std::optional<std::string> ImapReader::quoted() {
    if (peek() != '"') return std::nullopt;
    std::string out;
    for (std::size_t i = at_ + 1; i < text_.size(); ++i) {
        if (text_[i] == '"') {
            at_ = i + 1;
            return out;
        }
        if (text_[i] == '\\' && ++i == text_.size()) break;
        out += text_[i];
    }
    return std::nullopt;
}

std::optional<std::string> ImapReader::literal() {
    if (peek() != '{') return std::nullopt;
    const std::size_t end = text_.find("}\r\n", at_);
    if (end == std::string::npos) return std::nullopt;
    const auto announced = announced_literal(std::string_view(text_).substr(at_, end + 1 - at_));
    const std::size_t begin = end + 3;
    if (!announced || text_.size() - begin < announced->bytes) return std::nullopt;
    at_ = begin + announced->bytes;
    return text_.substr(begin, announced->bytes);
}

std::optional<std::string> ImapReader::astring(std::string_view also) {
    if (peek() == '"') return quoted();
    if (peek() == '{') return literal();
    return atom(std::string(also) + "]");
}

std::optional<NumberSet> ImapReader::set() {
    const std::size_t begin = at_;
    const std::optional<std::string> text = atom("*");
    std::optional<NumberSet> out = text ? NumberSet::parse(*text) : std::nullopt;
    if (!out) at_ = begin;
    return out;
}

std::optional<std::uint32_t> ImapReader::number() {
    const std::size_t begin = at_;
    std::size_t end = at_;
    while (end < text_.size() && text_[end] >= '0' && text_[end] <= '9') ++end;
    const std::optional<std::int64_t> value =
        base::parse_int(std::string_view(text_).substr(begin, end - begin));
    if (!value || *value < 0 || *value > 0xffffffffLL) return std::nullopt;
    at_ = end;
    return static_cast<std::uint32_t>(*value);
}

std::optional<std::string> ImapReader::until(char character) {
    const std::size_t end = text_.find(character, at_);
    if (end == std::string::npos) return std::nullopt;
    std::string out = text_.substr(at_, end - at_);
    at_ = end;
    return out;
}

}  // namespace sandbox
