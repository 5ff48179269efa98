#include "inbound/smtp_words.h"

#include <array>

#include "base/text.h"

namespace inbound {

namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

// Words behind which a number is a reply code.
constexpr std::array<std::string_view, 15> kIntroductions = {
    "said",
    "error",
    "code",
    "reply",
    "response",
    "smtp",
    "with",
    "returned",
    "status",
    "was",
    "reason",
    "deferred",
    "message",
    "report",
    "problem",
};

bool introduces_code(std::string_view before) {
    before = base::trim(before);
    if (before.empty()) return true;
    if (!is_letter(before.back())) return !is_digit(before.back()) && before.back() != ',';
    for (const std::string_view word : kIntroductions) {
        if (before.size() < word.size()) continue;
        const std::string_view tail = before.substr(before.size() - word.size());
        if (base::equals_ignoring_case(tail, word)) return true;
    }
    return false;
}

// The length of "x.y.z" at `at`, or 0.
std::size_t status_length(std::string_view text, std::size_t at) {
    const char first = text[at];
    if (first != '4' && first != '5') return 0;
    if (at > 0 && (is_digit(text[at - 1]) || text[at - 1] == '.' || is_letter(text[at - 1])))
        return 0;
    std::size_t end = at + 1;
    for (int part = 0; part < 2; ++part) {
        if (end >= text.size() || text[end] != '.') return 0;
        std::size_t digits = 0;
        for (++end; end < text.size() && is_digit(text[end]); ++end) ++digits;
        if (digits == 0 || digits > 3) return 0;
    }
    const bool goes_on = end + 1 < text.size() && text[end] == '.' && is_digit(text[end + 1]);
    const bool in_word = end < text.size() && (is_letter(text[end]) || text[end] == '@');
    return goes_on || in_word ? 0 : end - at;
}

}  // namespace

std::string reply_code_in(std::string_view text) {
    for (std::size_t at = 0; at + 3 <= text.size(); ++at) {
        if (text[at] != '4' && text[at] != '5') continue;
        if (!is_digit(text[at + 1]) || text[at + 1] > '7' || !is_digit(text[at + 2])) continue;
        const char behind = at + 3 < text.size() ? text[at + 3] : ' ';
        if (is_digit(behind) || is_letter(behind) || behind == '.' || behind == '@' ||
            behind == '/')
            continue;
        if (at > 0 && (is_digit(text[at - 1]) || is_letter(text[at - 1]) || text[at - 1] == '.' ||
                       text[at - 1] == '-' || text[at - 1] == '@' || text[at - 1] == '/'))
            continue;
        if (introduces_code(text.substr(0, at))) return std::string(text.substr(at, 3));
    }
    return {};
}

std::string status_in(std::string_view text) {
    std::string first;
    for (std::size_t at = 0; at + 5 <= text.size(); ++at) {
        const std::size_t length = status_length(text, at);
        if (length == 0) continue;
        std::string status(text.substr(at, length));
        if (!says_nothing(status)) return status;
        if (first.empty()) first = std::move(status);
    }
    return first;
}

bool says_nothing(std::string_view status) { return status.empty() || status.ends_with(".0.0"); }

}  // namespace inbound
