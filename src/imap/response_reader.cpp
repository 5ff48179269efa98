#include "imap/response_reader.h"

#include <algorithm>
#include <array>

#include "base/text.h"

namespace imap {
namespace {

std::unexpected<base::Error> over(std::string what, std::size_t limit) {
    return base::fail(
        base::ErrorCode::limit_exceeded,
        "imap.read",
        "the server sent " + std::move(what) + " of more than " + std::to_string(limit) + " bytes"
    );
}

std::string_view first_word(std::string_view text) {
    const std::size_t start = text.find_first_not_of(' ', 1);
    if (start == std::string_view::npos) return {};
    return text.substr(start, std::min<std::size_t>(text.find(' ', start), 16 + start) - start);
}

// Continuations, tagged lines and untagged conditions end with free text, which is no place for a
// literal but may look like one.
bool ends_with_free_text(std::string_view text) {
    if (!text.starts_with('*')) return true;
    constexpr std::array<std::string_view, 5> kConditions{"OK", "NO", "BAD", "BYE", "PREAUTH"};
    const std::string_view word = first_word(text);
    return std::any_of(kConditions.begin(), kConditions.end(), [&](std::string_view condition) {
        return base::equals_ignoring_case(word, condition);
    });
}

struct Announced {
    std::size_t at;
    std::uint64_t size_bytes;
};

// The literal that the end of a line announces: "{n}", "{n+}" or "~{n}".
std::optional<Announced> announced_literal(std::string_view line) {
    if (!line.ends_with('}')) return std::nullopt;
    std::size_t end = line.size() - 1;
    if (end > 0 && line[end - 1] == '+') --end;
    std::size_t start = end;
    while (start > 0 && end - start <= 20 && line[start - 1] >= '0' && line[start - 1] <= '9')
        --start;
    if (start == end || start == 0 || line[start - 1] != '{') return std::nullopt;
    // 18 digits fit in 64 bits and pass every limit.
    const std::size_t digits = std::min<std::size_t>(end - start, 18);
    std::uint64_t size_bytes = 0;
    for (const char digit : line.substr(start, digits))
        size_bytes = size_bytes * 10 + static_cast<std::uint64_t>(digit - '0');
    if (end - start > 18) size_bytes = UINT64_MAX;
    std::size_t at = start - 1;
    if (at > 0 && line[at - 1] == '~') --at;
    return Announced{at, size_bytes};
}

}  // namespace

// The limit for the text of a response that goes on with `more`.
std::size_t ResponseReader::text_bytes_max(std::string_view more) const {
    constexpr std::size_t kHead = 24;
    const std::string head = frame_.text.substr(0, kHead) + std::string(more.substr(0, kHead));
    if (!head.starts_with('*')) return limits_.line_bytes_max;
    const std::string_view word = first_word(head);
    const bool search =
        base::equals_ignoring_case(word, "SEARCH") || base::equals_ignoring_case(word, "ESEARCH");
    return search ? limits_.search_bytes_max : limits_.line_bytes_max;
}

void ResponseReader::take_literal(std::string_view& bytes) {
    const std::size_t count = std::min(literal_left_, bytes.size());
    frame_.literals.back().bytes.append(bytes.substr(0, count));
    bytes.remove_prefix(count);
    literal_left_ -= count;
    bytes_examined_ += count;
}

// True where the response is whole.
base::Result<bool> ResponseReader::line_ended() {
    std::string& text = frame_.text;
    text.pop_back();
    if (text.size() > line_start_ && text.back() == '\r') text.pop_back();
    const std::optional<Announced> literal =
        announced_literal(std::string_view(text).substr(line_start_));
    if (!literal || ends_with_free_text(text)) return true;
    if (literal->size_bytes > limits_.literal_bytes_max)
        return over("a literal", limits_.literal_bytes_max);
    const auto size_bytes = static_cast<std::size_t>(literal->size_bytes);
    if (size_bytes >
        limits_.response_bytes_max - std::min(response_bytes_, limits_.response_bytes_max))
        return over("a response", limits_.response_bytes_max);
    response_bytes_ += size_bytes;
    literal_left_ = size_bytes;
    const std::size_t at = line_start_ + literal->at;
    frame_.literals.push_back({at, text.size() - at, {}});
    line_start_ = text.size();
    return false;
}

base::Result<bool> ResponseReader::take_text(std::string_view& bytes) {
    const std::size_t newline = bytes.find('\n');
    const bool ended = newline != std::string_view::npos;
    const std::size_t count = ended ? newline + 1 : bytes.size();
    const std::size_t text_bytes = frame_.text.size() + count;
    if (text_bytes > limits_.line_bytes_max && text_bytes > text_bytes_max(bytes))
        return over("a line", text_bytes_max(bytes));
    frame_.text.append(bytes.substr(0, count));
    bytes.remove_prefix(count);
    bytes_examined_ += count;
    response_bytes_ += count;
    if (response_bytes_ > limits_.response_bytes_max)
        return over("a response", limits_.response_bytes_max);
    if (!ended) return false;
    return line_ended();
}

base::Result<std::optional<Frame>> ResponseReader::next(std::string_view& bytes) {
    while (!bytes.empty()) {
        if (literal_left_ > 0) {
            take_literal(bytes);
            continue;
        }
        const base::Result<bool> whole = take_text(bytes);
        if (!whole) return base::pass_on(whole);
        if (!*whole) continue;
        Frame frame = std::exchange(frame_, {});
        line_start_ = 0;
        response_bytes_ = 0;
        return std::optional<Frame>(std::move(frame));
    }
    return std::optional<Frame>();
}

}  // namespace imap
