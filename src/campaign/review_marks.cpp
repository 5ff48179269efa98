// Rules about what is left of templates, models and strange keyboards.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/text.h"
#include "campaign/review_rules.h"
#include "campaign/words.h"
#include "inbound/fold.h"
#include "mime/utf8.h"

namespace campaign {

namespace {

std::string around(std::string_view text, std::size_t at) {
    const std::size_t start = at < 20 ? 0 : at - 20;
    return base::printable(text.substr(start, 50), 60);
}

bool is_letter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           static_cast<unsigned char>(c) >= 0x80;
}

// The end of what `open` begins at `at`, with at most 60 bytes of one line and a letter in between.
bool encloses(std::string_view text, std::size_t at, char close) {
    const std::size_t end = text.find(close, at + 1);
    if (end == std::string_view::npos || end - at > 60 || end == at + 1) return false;
    const std::string_view inside = text.substr(at + 1, end - at - 1);
    return inside.find('\n') == std::string_view::npos && std::ranges::any_of(inside, is_letter);
}

bool is_percent_field(std::string_view text, std::size_t at) {
    const std::size_t end = text.find('%', at + 1);
    if (end == std::string_view::npos || end - at > 40 || end < at + 3) return false;
    return std::ranges::all_of(text.substr(at + 1, end - at - 1), [](char c) {
        return is_letter(c) || c == '_';
    });
}

// What a merge tool would have filled: "[Your Name]", "<company>", "%NAME%", "$NAME", "___", or X
// three times.
bool is_placeholder(std::string_view text, std::size_t at) {
    const std::string_view rest = text.substr(at);
    switch (text[at]) {
        case '[':
            return encloses(text, at, ']');
        case '<':
            return encloses(text, at, '>');
        case '%':
            return is_percent_field(text, at);
        case '$':
            return rest.size() > 1 && is_letter(rest[1]);
        case '*':
            return rest.starts_with("*|");
        case '_':
            return rest.starts_with("___");
        case 'X':
            return rest.find_first_not_of('X') >= 3;
        default:
            return false;
    }
}

bool is_within(std::uint32_t value, std::uint32_t low, std::uint32_t high) {
    return value >= low && value <= high;
}

// What no keyboard writes and no reader sees.
bool is_foreign(std::uint32_t value) {
    return (value < 0x20 && value != '\n') || is_within(value, 0x7f, 0x9f) || value == 0x2028 ||
           value == 0x2029 || is_within(value, 0xe000, 0xf8ff) ||
           is_within(value, 0xfff0, 0xffff) || mime::is_invisible(value);
}

enum class Script { none, latin, greek, cyrillic };

Script script_of(std::uint32_t value) {
    if (is_within(value, 'a', 'z') || is_within(value, 'A', 'Z') || is_within(value, 0xc0, 0x24f))
        return Script::latin;
    if (is_within(value, 0x370, 0x3ff)) return Script::greek;
    if (is_within(value, 0x400, 0x52f)) return Script::cyrillic;
    // Letters of ASCII that are drawn otherwise: mathematical and full width forms.
    return Script::none;
}

bool is_disguised_ascii(std::uint32_t value) {
    return is_within(value, 0x1d400, 0x1d7ff) || is_within(value, 0xff10, 0xff19) ||
           is_within(value, 0xff21, 0xff3a) || is_within(value, 0xff41, 0xff5a) ||
           is_within(value, 0x24b6, 0x24e9);
}

// Letters of two alphabets in one word: "Асme" is not "Acme".
std::string mixed_word(std::string_view text) {
    for (const Word& word : words_with_places(text)) {
        Script seen = Script::none;
        for (std::size_t at = 0; at < word.text.size();) {
            const mime::CodePoint point = mime::code_point_at(word.text, at);
            at += point.bytes;
            if (word.text[at - point.bytes] == '-') seen = Script::none;  // "IT-отдел"
            const Script script = script_of(point.value);
            if (script == Script::none) continue;
            if (seen != Script::none && seen != script) return std::string(word.text);
            seen = script;
        }
    }
    return {};
}

bool is_end_of_sentence(char c) { return c == '.' || c == '!' || c == '?' || c == ':' || c == ';'; }

// Where a value is missing between what stands around it; nothing where the line is whole.
std::optional<std::size_t> gap_in(std::string_view line) {
    for (std::size_t at = 0; at + 1 < line.size(); ++at) {
        const char here = line[at];
        const char next = line[at + 1];
        if (here == ' ' && (next == ',' || next == '.')) {
            const bool dots = line.substr(at + 1).starts_with("..") ||
                              (at + 2 < line.size() && is_letter(line[at + 2]));  // " .NET"
            if (next == ',' || !dots) return at;
        }
        if (here == ' ' && next == ' ' && at > 0 && !is_end_of_sentence(line[at - 1])) return at;
        if (here == ' ' && next == '\'' && line.substr(at + 2).starts_with("s ")) return at;
        if (here == ' ' && next == '-' && at + 2 < line.size() && is_letter(line[at + 2]))
            return at;
        if ((here == '(' && next == ')') || (here == '"' && next == '"')) return at;
        if (here == ',' && next == ',') return at;
    }
    return std::nullopt;
}

bool starts_with_gap(std::string_view line) {
    if (line.starts_with(',') || line.starts_with("'s ")) return true;
    if (!line.starts_with(' ')) return false;
    const std::string_view rest = base::trim(line);
    return !rest.empty() && is_letter(rest.front()) && !rest.starts_with("•") &&
           !rest.starts_with("–");
}

// Words that a table's empty cell becomes when a tool prints it. In German "null" is a number.
std::string word_of_nothing(std::string_view text, std::string_view language) {
    constexpr std::array<std::string_view, 4> kNothing = {"undefined", "NaN", "NULL", "null"};
    const std::size_t count = language.starts_with("de") ? 3 : 4;
    for (const Word& word : words_with_places(text))
        for (std::size_t i = 0; i < count; ++i)
            if (word.text == kNothing[i]) return std::string(word.text);
    return {};
}

void add(Findings& findings, std::string rule, const Part& part, const std::string& words) {
    findings.push_back({std::move(rule), fmt::format("{}: {}", part.name, words), 100, true});
}

void check_phrases_in(const Reading& reading, const Part& part, Findings& findings) {
    if (const std::string found = phrase_in(model_leftovers(), part.text); !found.empty())
        add(findings, "model_words", part, fmt::format("\"{}\"", base::printable(found, 80)));
    const inbound::Phrases own(reading.of.settings.banned_phrases);
    for (const inbound::Phrases* phrases : {&banned_phrases(), &own})
        if (const std::string found = phrase_in(*phrases, part.text); !found.empty())
            add(findings, "banned_phrase", part, fmt::format("\"{}\"", base::printable(found, 80)));
}

}  // namespace

void check_template_marks(const Reading& reading, Findings& findings) {
    for (const Part& part : reading.parts()) {
        const std::string_view text = part.text;
        if (text.find("{{") != text.npos || text.find("}}") != text.npos) {
            const std::size_t at = std::min(text.find("{{"), text.find("}}"));
            add(findings, "unresolved_field", part, "\"" + around(text, at) + "\"");
        } else if (const std::size_t at = text.find_first_of("{}"); at != text.npos) {
            add(findings, "unbalanced_template", part, "\"" + around(text, at) + "\"");
        }
        for (std::size_t at = 0; at < text.size(); ++at) {
            if (!is_placeholder(text, at)) continue;
            add(findings, "unresolved_field", part, "a placeholder: \"" + around(text, at) + "\"");
            break;
        }
    }
}

void check_empty_fields(const Reading& reading, Findings& findings) {
    for (const Part& part : reading.parts()) {
        const std::string word = word_of_nothing(part.text, reading.of.settings.language);
        if (!word.empty()) add(findings, "empty_field", part, fmt::format("it says \"{}\"", word));
        for (const std::string& line : base::split(part.text, '\n')) {
            const auto gap = gap_in(line);
            const bool open = line.ends_with(' ') && part.name != "html body";
            if (!gap && !open && !starts_with_gap(line)) continue;
            const std::size_t at = gap.value_or(open ? line.size() - 1 : 0);
            add(findings,
                "empty_field",
                part,
                "a value seems to be missing in \"" + around(line, at) + "\"");
            break;
        }
    }
}

void check_characters(const Reading& reading, Findings& findings) {
    std::vector<Part> parts = {{"subject", reading.of.subject}, {"body", reading.of.body}};
    if (reading.of.html_body) parts.push_back({"html body", reading.html_text});
    for (const Part& part : parts) {
        for (std::size_t at = 0; at < part.text.size();) {
            const mime::CodePoint point = mime::code_point_at(part.text, at);
            // These join letters of Arabic and Indic scripts, and emoji; elsewhere they hide.
            const bool joiner = point.value == 0x200c || point.value == 0x200d;
            const bool may_join = at > 0 && at + 3 < part.text.size() &&
                                  static_cast<unsigned char>(part.text[at + 3]) >= 0xd8;
            if (is_foreign(point.value) || is_disguised_ascii(point.value) ||
                (joiner && !may_join)) {
                add(findings,
                    "foreign_characters",
                    part,
                    fmt::format("U+{:04X} at byte {}", point.value, at));
                break;
            }
            at += point.bytes;
        }
        if (const std::string word = mixed_word(part.text); !word.empty())
            add(findings, "foreign_characters", part, "letters of two alphabets in " + word);
    }
}

void check_phrases(const Reading& reading, Findings& findings) {
    for (const Part& part : reading.parts()) check_phrases_in(reading, part, findings);
}

}  // namespace campaign
