#include "inbound/reply_lines.h"

#include <algorithm>
#include <map>

#include "base/text.h"
#include "inbound/fold.h"
#include "inbound/reply_words.h"

namespace inbound {

namespace {

constexpr unsigned kWeekday = 1U << 31U;  // of a word only

using WordTraits = std::map<std::string, unsigned, std::less<>>;

// One table, so that each word is looked up once.
const WordTraits& word_traits() {
    static const WordTraits traits = [] {
        WordTraits built;
        const WordLists& words = reply_words();
        for (const std::string& word : words.of("wrote")) built[word] |= kVerb;
        for (const std::string& word : words.of("prefix")) built[word] |= kPrefixStart;
        for (const std::string& word : words.of("month")) built[word] |= kMonth;
        for (const std::string& word : words.of("weekday")) built[word] |= kWeekday;
        for (const char* zone : {"gmt", "utc"}) built[zone] |= kZone;
        return built;
    }();
    return traits;
}

bool ends_with_verb(std::string_view folded) {
    for (const std::string& ending : reply_words().of("wrote-ending"))
        if (folded.ends_with(ending)) return true;
    return false;
}

bool is_decoration(char c) { return std::string_view(" \t*_-=>|~#").find(c) != std::string::npos; }

// Letters before '@' and behind it: an address, well enough.
bool has_email(std::string_view text) {
    for (std::size_t at = text.find('@'); at != text.npos; at = text.find('@', at + 1))
        if (at > 0 && at + 1 < text.size() && is_word_byte(text[at - 1]) &&
            is_word_byte(text[at + 1]))
            return true;
    return false;
}

// Reads the groups of digits of a line: years, times, dates in digits.
class Numbers {
  public:
    unsigned read(std::string_view text) {
        for (std::size_t at = 0; at < text.size();) {
            if (!is_digit(text[at])) {
                ++at;
                continue;
            }
            const std::size_t start = at;
            while (at < text.size() && is_digit(text[at])) ++at;
            group(text, start, at);
        }
        return traits_;
    }

  private:
    void group(std::string_view text, std::size_t start, std::size_t end) {
        traits_ |= kNumber;
        const std::string_view digits = text.substr(start, end - start);
        const bool year =
            digits.size() == 4 && (digits.starts_with("19") || digits.starts_with("20"));
        if (year) traits_ |= kDate;
        const bool joined = joins_ > 0 && is_joint(text, end_, start);
        joins_ = joined ? joins_ + 1 : 1;
        if (joins_ == 3 && digits.size() <= 4) traits_ |= kDate;
        if (digits.size() == 2 && start >= 2 && is_digit(text[start - 2]) &&
            (text[start - 1] == ':' || text[start - 1] == 'h'))
            traits_ |= kTime;
        end_ = end;
    }
    // "5.1." and "5. 1." and "5/1/".
    static bool is_joint(std::string_view text, std::size_t from, std::size_t to) {
        if (to - from == 2 && text[from + 1] == ' ') return text[from] == '.';
        return to - from == 1 && std::string_view("./-").find(text[from]) != std::string::npos;
    }

    unsigned traits_ = 0;
    int joins_ = 0;
    std::size_t end_ = 0;
};

unsigned traits_of_words(std::string_view folded) {
    unsigned traits = 0;
    unsigned last = 0;
    std::size_t at = 0;
    bool first = true;
    const WordTraits& table = word_traits();
    for (std::string_view word = next_word(folded, at); !word.empty();
         word = next_word(folded, at)) {
        const auto found = table.find(word);
        last = found == table.end() ? 0 : found->second;
        traits |= last & (kVerb | kMonth | kZone);
        if (first) {
            traits |= last & kPrefixStart;
            if ((last & (kWeekday | kMonth)) != 0 || is_digit(word.front())) traits |= kDateStart;
        }
        first = false;
    }
    if ((last & kVerb) != 0) traits |= kVerbEnd;
    return traits;
}

// Traits of how a line starts and ends, seen without decoration.
unsigned traits_of_ends(std::string_view folded, std::string_view core) {
    unsigned traits = 0;
    std::string_view end = base::trim(folded);
    if (end.starts_with("--") && end.ends_with("--")) traits |= kDashed;
    while (end.ends_with('*') || end.ends_with('_')) end.remove_suffix(1);
    if (core.ends_with(':')) {
        traits |= kColonEnd;
        core = base::trim(core.substr(0, core.size() - 1));
        end = base::trim(end.substr(0, end.rfind(':')));
    }
    if (end.ends_with('>')) traits |= kAngleEnd;
    if (ends_with_verb(core)) traits |= kVerb | kVerbEnd;
    // "28." may be a day, "Nov." a month.
    const bool point = core.ends_with('.') || core.ends_with('!') || core.ends_with('?');
    if (point && core.size() > 5 && !is_digit(core[core.size() - 2]) &&
        core.substr(core.size() - 5).find(' ') == core.npos)
        traits |= kSentenceEnd;
    const std::size_t open = folded.rfind('<');
    if (open != folded.npos && folded.find('>', open) == folded.npos) traits |= kOpenAngle;
    return traits;
}

unsigned traits_of(std::string_view line) {
    if (line.size() > kMarkBytesMax) return 0;
    const std::string folded = fold(line);
    const std::string_view core = bare(folded);
    unsigned traits = traits_of_words(core) | Numbers().read(core) | traits_of_ends(folded, core);
    if (has_email(core)) traits |= kEmail;
    // The local part of an address may be anything.
    const std::string_view first = core.substr(0, core.find(' '));
    if (first.starts_with('<') || first.find('@') != first.npos) {
        traits |= kAddressStart;
        traits &= ~unsigned{kPrefixStart | kDateStart};
    }
    return traits;
}

// Outlook fills blank lines with a no-break space.
bool is_blank(std::string_view line) {
    constexpr std::size_t kBlankBytesMax = 40;
    if (base::trim(line).empty()) return true;
    const auto first = static_cast<unsigned char>(base::trim(line).front());
    return first >= 0xc2 && line.size() <= kBlankBytesMax && base::trim(fold(line)).empty();
}

bool is_quoted(std::string_view line) {
    std::size_t at = 0;
    while (at < line.size() && (line[at] == ' ' || line[at] == '\t')) ++at;
    if (at == line.size()) return false;
    if (line[at] == '>') return true;
    if (line[at] == '|') return at + 1 == line.size() || line[at + 1] == ' ';
    // "AB> text": the initials of the one quoted.
    const std::size_t initials = at;
    while (at < line.size() && at - initials < 3 && line[at] >= 'A' && line[at] <= 'Z') ++at;
    return at > initials && at < line.size() && line[at] == '>';
}

// "<bob@example.com\n> wrote:": a client broke the line of attribution before the '>'.
bool closes_angle(std::string_view line, const std::vector<Line>& above) {
    constexpr std::size_t kLinesMax = 3;
    if (!line.starts_with('>') || line.size() > 100) return false;
    for (std::size_t back = 1; back <= std::min(kLinesMax, above.size()); ++back) {
        const Line& candidate = above[above.size() - back];
        if (candidate.quoted) return false;
        if ((candidate.traits & kOpenAngle) != 0) return (traits_of(line) & kColonEnd) != 0;
    }
    return false;
}

void mark_code(std::vector<Line>& lines) {
    constexpr std::size_t kNone = static_cast<std::size_t>(-1);
    std::size_t open = kNone;
    for (std::size_t i = 0; i < lines.size(); ++i) {
        if (!base::trim(lines[i].text).starts_with("```")) continue;
        if (open == kNone) {
            open = i;
            continue;
        }
        for (std::size_t k = open; k <= i; ++k) lines[k].code = true;
        open = kNone;
    }
}

}  // namespace

std::string_view bare(std::string_view line) {
    while (!line.empty() && is_decoration(line.front())) line.remove_prefix(1);
    while (!line.empty() && is_decoration(line.back())) line.remove_suffix(1);
    return line;
}

std::vector<Line> read_lines(std::string_view text) {
    std::vector<Line> lines;
    for (std::size_t at = 0; at <= text.size() && lines.size() < kReplyLinesMax;) {
        const std::size_t end = std::min(text.find('\n', at), text.size());
        Line line{.text = text.substr(at, end - at)};
        if (line.text.ends_with('\r')) line.text.remove_suffix(1);
        line.blank = is_blank(line.text);
        line.quoted = is_quoted(line.text);
        if (line.quoted && closes_angle(line.text, lines)) line.quoted = false;
        if (!line.blank) line.traits = traits_of(line.text);
        lines.push_back(line);
        at = end + 1;
    }
    mark_code(lines);
    return lines;
}

}  // namespace inbound
