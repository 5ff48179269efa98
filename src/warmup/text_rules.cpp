#include "warmup/text_rules.h"

#include <algorithm>
#include <array>
#include <vector>

#include "base/embedded.h"
#include "base/text.h"
#include "mime/utf8.h"

namespace warmup {

namespace {

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }
bool is_word_byte(char c) {
    return is_letter(c) || (c >= '0' && c <= '9') || static_cast<unsigned char>(c) >= 0x80;
}

// `word` as a whole word in `text`; both in lower case.
bool has_word(std::string_view text, std::string_view word) {
    for (std::size_t at = text.find(word); at != std::string_view::npos;
         at = text.find(word, at + 1)) {
        const bool starts = at == 0 || !is_word_byte(text[at - 1]);
        const std::size_t end = at + word.size();
        if (starts && (end == text.size() || !is_word_byte(text[end]))) return true;
    }
    return false;
}

const std::vector<std::string>& ad_words() {
    static const std::vector<std::string> words = [] {
        std::vector<std::string> out;
        for (const std::string& line : base::split(embedded::warmup("ad_words.txt"), '\n'))
            if (!line.empty() && !line.starts_with('#'))
                out.push_back(base::to_lower(base::trim(line)));
        return out;
    }();
    return words;
}

// "shop.com", "a@b.net": mail programs make links of these by themselves.
bool has_bare_domain(std::string_view lower) {
    constexpr std::array<std::string_view, 14> kEndings = {
        ".com",
        ".net",
        ".org",
        ".io",
        ".co",
        ".ai",
        ".app",
        ".dev",
        ".info",
        ".biz",
        ".de",
        ".uk",
        ".us",
        ".test"
    };
    for (const std::string_view ending : kEndings) {
        for (std::size_t at = lower.find(ending); at != std::string_view::npos;
             at = lower.find(ending, at + 1)) {
            const std::size_t end = at + ending.size();
            const bool ends = end == lower.size() || !is_word_byte(lower[end]);
            if (at > 0 && is_word_byte(lower[at - 1]) && ends) return true;
        }
    }
    return false;
}

bool has_link(std::string_view lower) {
    constexpr std::array<std::string_view, 6> kMarks = {
        "http:", "https:", "www.", "mailto:", "://", "href="
    };
    return has_bare_domain(lower) || std::ranges::any_of(kMarks, [&](std::string_view mark) {
               return lower.find(mark) != std::string_view::npos;
           });
}

// "{x", "[x]", "<x>", "$X", "%x%": what a merge tool would have filled.
bool has_placeholder(std::string_view text) {
    if (text.find_first_of("{}") != std::string_view::npos) return true;
    for (const auto& [open, close] : {std::pair('[', ']'), std::pair('<', '>')}) {
        const std::size_t start = text.find(open);
        if (start != std::string_view::npos && text.find(close, start) != std::string_view::npos)
            return true;
    }
    for (std::size_t at = text.find('$'); at != std::string_view::npos; at = text.find('$', at + 1))
        if (at + 1 < text.size() && is_letter(text[at + 1])) return true;
    const std::size_t percent = text.find('%');
    return percent != std::string_view::npos && percent + 1 < text.size() &&
           is_letter(text[percent + 1]) && text.find('%', percent + 1) != std::string_view::npos;
}

bool speaks_as_model(std::string_view lower) {
    constexpr std::array<std::string_view, 7> kWords = {
        "as an ai",
        "language model",
        "i can't assist",
        "i cannot assist",
        "i'm unable to",
        "lorem ipsum",
        "insert name"
    };
    return std::ranges::any_of(kWords, [&](std::string_view words) {
        return lower.find(words) != std::string_view::npos;
    });
}

bool has_control(std::string_view text) {
    return std::ranges::any_of(text, [](char c) {
        const auto byte = static_cast<unsigned char>(c);
        return (byte < 0x20 && c != '\n' && c != '\r' && c != '\t') || byte == 0x7f;
    });
}

std::optional<std::string> text_problem(std::string_view text) {
    const std::string lower = base::to_lower(text);
    if (!base::is_utf8(text)) return "it is not UTF-8";
    if (has_control(text)) return "it has control characters";
    if (has_placeholder(text)) return "a placeholder was left in";
    if (has_link(lower)) return "it has a link";
    if (speaks_as_model(lower)) return "it speaks as a model";
    return std::nullopt;
}

std::optional<std::string> html_problem(std::string_view html) {
    if (html.find('<') == std::string_view::npos) return "the HTML body is no HTML";
    const std::string lower = base::to_lower(html);
    for (const std::string_view mark : {"<script", "<img", "<iframe", "<form", "{{"})
        if (lower.find(mark) != std::string::npos) return "the HTML body has " + std::string(mark);
    if (has_link(lower)) return "the HTML body has a link";
    return std::nullopt;
}

std::string without_blanks(std::string_view text) {
    std::string out;
    for (const char c : text)
        if (c != ' ' && c != '\t' && c != '\r' && c != '\n') out += c;
    return out;
}

}  // namespace

std::optional<std::string> template_problem(
    std::string_view subject,
    std::string_view body,
    std::string_view html_body,
    const TextLimits& limits
) {
    if (base::trim(subject).empty()) return "the subject is empty";
    if (base::trim(body).empty()) return "the body is empty";
    if (subject.size() > limits.subject_bytes_max) return "the subject is too long";
    if (subject.find_first_of("\r\n") != std::string_view::npos)
        return "the subject has more than one line";
    if (body.size() < limits.body_bytes_min) return "the body is too short";
    if (body.size() > limits.body_bytes_max) return "the body is too long";
    if (base::starts_with_ignoring_case(base::trim(subject), "re:"))
        return "the subject pretends to be an answer";
    if (auto problem = text_problem(subject)) return "subject: " + *problem;
    if (auto problem = text_problem(body)) return "body: " + *problem;
    if (!html_body.empty()) {
        if (html_body.size() > 4 * limits.body_bytes_max) return "the HTML body is too long";
        return html_problem(html_body);
    }
    return std::nullopt;
}

std::optional<std::string> reply_problem(std::string_view body, std::string_view forbidden) {
    const TextLimits limits;
    if (base::trim(body).size() < 2) return "the answer is empty";
    if (body.size() > limits.body_bytes_max) return "the answer is too long";
    if (!forbidden.empty() && body.find(forbidden) != std::string_view::npos)
        return "the answer repeats its instructions";
    return text_problem(body);
}

std::optional<std::string> advertising_problem(std::string_view text) {
    if (text.find_first_of("%$") != std::string_view::npos) return "a price or percent sign";
    for (const std::string_view sign : {"€", "£", "¥"})
        if (text.find(sign) != std::string_view::npos) return "a price";
    int capitals = 0;
    for (std::size_t i = 0; i <= text.size(); ++i) {
        if (i < text.size() && is_upper(text[i])) {
            if (++capitals >= 2) return "a word in capitals";
        } else {
            capitals = 0;
        }
    }
    const std::string lower = base::to_lower(text);
    if (has_link(lower)) return "a link";
    for (const std::string& word : ad_words())
        if (has_word(lower, word)) return "the word '" + word + "'";
    return std::nullopt;
}

std::string visible_text(std::string_view text, std::size_t bytes_max) {
    std::string out = mime::without_invisible(mime::repair_utf8(text));
    for (const std::string_view joiner : {"\u200c", "\u200d"})
        out = base::replace_all(std::move(out), joiner, "");
    std::string kept;
    for (const std::string& line : base::split(out, '\n')) {
        if (kept.size() + line.size() > bytes_max) break;
        kept += base::printable(base::trim(line), bytes_max) + "\n";
    }
    return kept;
}

bool holds_text(std::string_view received, std::string_view sent) {
    return without_blanks(received).find(without_blanks(sent)) != std::string::npos;
}

}  // namespace warmup
