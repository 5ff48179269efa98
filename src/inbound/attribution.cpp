#include "inbound/attribution.h"

#include "base/text.h"
#include "inbound/fold.h"
#include "inbound/reply_words.h"

namespace inbound {

namespace {

bool has(unsigned traits, unsigned wanted) { return (traits & wanted) == wanted; }
bool has_any(unsigned traits, unsigned wanted) { return (traits & wanted) != 0; }

bool has_day(unsigned traits) { return has(traits, kDate) || has(traits, kMonth | kNumber); }

// Starts the way such lines do: with a date, or a preposition and a date soon.
bool starts_like_one(unsigned traits) {
    if (has(traits, kDateStart)) return has(traits, kNumber);
    return has(traits, kPrefixStart) && has_any(traits, kNumber | kMonth);
}

// A run of lines: the traits of its first line, of all, and of the last.
struct Run {
    unsigned first = 0;
    unsigned all = 0;
    unsigned last = 0;
    std::size_t lines = 0;
};

bool is_attribution(const Run& run) {
    const bool dated_start = starts_like_one(run.first);
    const bool verb = has(run.all, kVerb);
    const bool email = has(run.all, kEmail);
    const bool day = has_day(run.all);
    if (has(run.last, kColonEnd)) {
        if (verb && email) return true;
        if (verb && dated_start && day) return true;
        if (email && has(run.last, kAngleEnd) && day && has(run.all, kTime)) return true;
        return email && dated_start && (day || has(run.all, kTime));
    }
    // Without the colon only what can hardly be prose.
    if (run.lines == 1 && has(run.last, kVerbEnd | kDashed)) return true;
    if (has(run.last, kVerbEnd)) return dated_start && day && (email || has(run.all, kTime));
    if (has(run.last, kAngleEnd) && email)
        return run.lines <= 2 && has(run.first, kDateStart | kDate);
    return run.lines == 1 && has(run.first, kDateStart | kDate | kTime | kZone);
}

// Clients break "<bob@example.com>" off with blank lines around; else a blank line ends the run.
bool joins_over_blank(const Line& below) { return base::trim(below.text).starts_with('<'); }

}  // namespace

std::optional<std::size_t> attribution_start(const std::vector<Line>& lines, std::size_t last) {
    constexpr unsigned kEnds = kColonEnd | kVerbEnd | kAngleEnd | kZone;
    if (lines[last].quoted || !has_any(lines[last].traits, kEnds)) return std::nullopt;
    Run run{.last = lines[last].traits};
    std::optional<std::size_t> start;
    std::size_t below = last;
    std::size_t bytes = 0;
    for (std::size_t back = 0; back < kAttributionLinesMax && back <= last; ++back) {
        const Line& line = lines[last - back];
        if (line.blank) {
            if (!joins_over_blank(lines[below])) break;
            continue;
        }
        bytes += line.text.size();
        if (line.quoted || line.code || bytes > kMarkBytesMax) break;
        // What ends above belongs to another sentence.
        if (back > 0 && has(line.traits, kColonEnd)) break;
        if (start && has(line.traits, kSentenceEnd)) break;
        below = last - back;
        run.first = line.traits;
        run.all |= line.traits;
        ++run.lines;
        if (!is_attribution(run)) continue;
        if (starts_like_one(run.first)) return below;
        // A name starts it. It is in the line of the address, or above one that starts with it.
        const bool named = !has(run.first, kAddressStart);
        if (!start || (named && has(lines[*start].traits, kAddressStart))) start = below;
    }
    return start;
}

std::optional<std::size_t> attribution_within(const Line& line) {
    // Most lines are no such ones; the bound keeps the rest linear.
    constexpr std::size_t kTriesMax = 8;
    const bool may_end = has_any(line.traits, kColonEnd | kVerbEnd);
    if (!may_end || !has_day(line.traits) || !has(line.traits, kVerb | kTime)) return std::nullopt;
    const std::string folded = fold(line.text);
    std::size_t tries = 0;
    for (const std::string& prefix : reply_words().of("prefix-within")) {
        const std::string needle = " " + prefix + " ";
        for (std::size_t at = folded.find(needle); at != folded.npos && tries < kTriesMax;
             at = folded.find(needle, at + 1), ++tries) {
            const std::vector<Line> rest = read_lines(line.text.substr(at + 1));
            const unsigned traits = rest.front().traits;
            if (!rest.front().quoted && starts_like_one(traits) && has_day(traits) &&
                has(traits, kVerb | kTime) && attribution_start(rest, 0))
                return at + 1;
        }
    }
    return std::nullopt;
}

bool ends_attribution(const Line& quoted) {
    return has(quoted.traits, kColonEnd) && has_any(quoted.traits, kVerb | kEmail) &&
           has_any(quoted.traits, kDate | kEmail | kTime);
}

}  // namespace inbound
