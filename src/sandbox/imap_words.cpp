#include "sandbox/imap_words.h"

#include "base/text.h"

namespace sandbox {

namespace {

constexpr std::array<std::string_view, 12> kMonths = {
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"
};

}  // namespace

std::optional<std::int64_t> parse_imap_date(std::string_view text) {
    const std::vector<std::string> pieces = base::split(text, '-');
    if (pieces.size() != 3) return std::nullopt;
    const std::optional<std::int64_t> day = base::parse_int(base::trim(pieces[0]));
    const std::optional<std::int64_t> year = base::parse_int(pieces[2]);
    const auto month = std::ranges::find_if(kMonths, [&](std::string_view name) {
        return base::equals_ignoring_case(name, pieces[1]);
    });
    if (!day || *day < 1 || *day > 31 || month == kMonths.end()) return std::nullopt;
    if (!year || *year < 1900 || *year > 9999) return std::nullopt;
    return base::days_from_date(
        {static_cast<int>(*year),
         static_cast<int>(month - kMonths.begin()) + 1,
         static_cast<int>(*day)}
    );
}

std::optional<base::Timestamp> parse_imap_date_time(std::string_view text) {
    const std::vector<std::string> words = base::split(base::trim(text), ' ');
    if (words.size() != 3 || words[2].size() != 5) return std::nullopt;
    const std::optional<std::int64_t> day = parse_imap_date(words[0]);
    if (!day) return std::nullopt;
    const std::string zone = words[2].substr(0, 3) + ":" + words[2].substr(3);
    return base::from_iso(base::date_from_days(*day).str() + "T" + words[1] + zone);
}

std::optional<std::string> settable_flag(ImapReader& reader) {
    const bool system = reader.eat('\\');
    const std::optional<std::string> name = reader.atom();
    if (!name || !system) return name;
    for (const char* known : {"Answered", "Flagged", "Draft", "Deleted", "Seen"})
        if (base::equals_ignoring_case(*name, known)) return "\\" + std::string(known);
    return std::nullopt;
}

std::optional<std::set<std::string>> read_flag_list(ImapReader& reader) {
    std::set<std::string> flags;
    if (!reader.eat('(')) return std::nullopt;
    if (reader.eat(')')) return flags;
    do {
        std::optional<std::string> flag = settable_flag(reader);
        if (!flag) return std::nullopt;
        flags.insert(std::move(*flag));
    } while (reader.space());
    return reader.eat(')') ? std::optional(flags) : std::nullopt;
}

std::string imap_date_time(base::Timestamp time) {
    // "Mon, 23 Nov 2026 13:07:00 +0000" has the same words in another order.
    const std::string rfc = base::to_rfc5322(time, std::chrono::minutes(0));
    const std::vector<std::string> words = base::split(rfc, ' ');
    return fmt::format("{:>2}-{}-{} {} {}", words[1], words[2], words[3], words[4], words[5]);
}

std::string imap_quoted(std::string_view text) {
    std::string out = "\"";
    for (const char character : text) {
        if (character == '"' || character == '\\') out += '\\';
        out += character;
    }
    return out + "\"";
}

std::string imap_literal(std::string_view text) {
    std::string out = "{" + std::to_string(text.size()) + "}\r\n";
    out += text;
    return out;
}

bool list_matches(std::string_view pattern, std::string_view name) {
    if (pattern.empty()) return name.empty();
    const char first = pattern[0];
    if (first == '*' || first == '%') {
        const std::string_view rest = pattern.substr(1);
        for (std::size_t i = 0; i <= name.size(); ++i) {
            if (list_matches(rest, name.substr(i))) return true;
            if (first == '%' && i < name.size() && name[i] == '/') return false;
        }
        return false;
    }
    return !name.empty() && first == name[0] && list_matches(pattern.substr(1), name.substr(1));
}

}  // namespace sandbox
