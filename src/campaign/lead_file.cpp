#include "campaign/lead_file.h"

#include <algorithm>
#include <array>
#include <map>

#include "base/text.h"

namespace campaign {

namespace {

constexpr std::size_t kCompactBytes = 64 * 1024;

// How many fields the delimiter makes of each of the first lines, quotes respected.
std::vector<std::size_t> pieces(std::string_view head, char delimiter) {
    std::vector<std::size_t> counts;
    std::size_t count = 1;
    bool quoted = false;
    bool blank = true;
    for (const char c : head) {
        if (c == '"') quoted = !quoted;
        if (quoted || (c != '\n' && c != delimiter)) {
            blank = blank && (c == '\r' || c == ' ');
            continue;
        }
        if (c == delimiter) {
            ++count;
            blank = false;
        } else {
            if (!blank) counts.push_back(count);
            count = 1;
            blank = true;
        }
        if (counts.size() == 20) break;
    }
    if (counts.empty() && !blank) counts.push_back(count);
    return counts;
}

// What stands behind the end of a line, at `at`; npos where it is not known yet (a CR at the end).
std::size_t after_line_end(std::string_view text, std::size_t at, bool finished) {
    if (text[at] == '\n') return at + 1;
    if (at + 1 < text.size()) return text[at + 1] == '\n' ? at + 2 : at + 1;
    return finished ? at + 1 : std::string_view::npos;
}

}  // namespace

char guess_delimiter(std::string_view head) {
    char best = ',';
    std::size_t best_score = 0;
    for (const char delimiter : std::array{'\t', ';', ','}) {
        const std::vector<std::size_t> counts = pieces(head, delimiter);
        if (counts.empty() || counts.front() < 2) continue;
        // Lines that are cut like the first one weigh more than many cuts in one line.
        const auto equal = static_cast<std::size_t>(std::ranges::count(counts, counts.front()));
        const std::size_t score = equal * 1000 / counts.size() * 1000 + counts.front();
        if (score > best_score) {
            best = delimiter;
            best_score = score;
        }
    }
    return best;
}

void LeadFile::drop(std::size_t count) {
    const std::string_view gone = std::string_view(text_).substr(start_, count);
    for (std::size_t i = 0; i < gone.size(); ++i) {
        // CRLF is one line end, and so is a CR alone.
        const bool pair = gone[i] == '\r' && i + 1 < gone.size() && gone[i + 1] == '\n';
        if (gone[i] == '\n' || (gone[i] == '\r' && !pair)) ++line_;
    }
    start_ += count;
    if (start_ < kCompactBytes) return;
    text_.erase(0, start_);
    start_ = 0;
}

bool LeadFile::skip_blank_lines() {
    while (start_ < text_.size() && (text_[start_] == '\n' || text_[start_] == '\r')) {
        const std::size_t after = after_line_end(text_, start_, finished_);
        if (after == std::string::npos) return false;
        drop(after - start_);
    }
    return start_ < text_.size();
}

LeadRecord LeadFile::give_up(std::string problem) {
    LeadRecord record;
    record.line = line_;
    record.problem = std::move(problem);
    skipping_ = true;
    return record;
}

bool LeadFile::skip_rest_of_line() {
    const std::size_t end = text_.find_first_of("\r\n", start_);
    if (end == std::string::npos) {
        drop(text_.size() - start_);
        return false;
    }
    const std::size_t after = after_line_end(text_, end, finished_);
    if (after == std::string::npos) return false;
    drop(after - start_);
    skipping_ = false;
    return true;
}

// Takes a quoted field off, up to behind its closing quote; false where that has not come yet.
bool LeadFile::take_quoted(std::size_t& at, std::string& field) const {
    ++at;
    while (true) {
        const std::size_t quote = text_.find('"', at);
        if (quote == std::string::npos) return false;
        field.append(text_, at, quote - at);
        at = quote + 1;
        if (at >= text_.size()) return finished_;
        if (text_[at] != '"') return true;
        field += '"';
        ++at;
    }
}

// One record from start_ on. Nothing is left behind before its end is seen.
LeadFile::Step LeadFile::scan(LeadRecord& record) {
    const char ends[] = {delimiter_, '\r', '\n'};
    std::size_t at = start_;
    while (true) {
        std::string field;
        const bool quoted = at < text_.size() && text_[at] == '"';
        if (quoted && !take_quoted(at, field)) return Step::more;
        const std::size_t end = text_.find_first_of(ends, at, sizeof ends);
        if (end == std::string::npos && !finished_) return Step::more;
        const std::size_t stop = std::min(end, text_.size());
        const std::string_view rest = std::string_view(text_).substr(at, stop - at);
        if (quoted && !base::trim(rest).empty()) {
            record = give_up("something follows a closing quote");
            return Step::record;
        }
        if (!quoted) field = rest;
        record.fields.push_back(std::move(field));
        if (record.fields.size() > kFieldsMax) {
            record = give_up("it has more than 500 fields");
            return Step::record;
        }
        at = stop + 1;
        if (stop < text_.size() && text_[stop] == delimiter_) continue;
        const std::size_t after =
            stop < text_.size() ? after_line_end(text_, stop, finished_) : stop;
        if (after == std::string::npos) return Step::more;
        record.line = line_;
        drop(after - start_);
        return Step::record;
    }
}

std::optional<LeadRecord> LeadFile::next() {
    if (skipping_ && !skip_rest_of_line()) return std::nullopt;
    while (skip_blank_lines()) {
        LeadRecord record;
        if (scan(record) == Step::record) {
            const bool blank =
                record.problem.empty() && std::ranges::all_of(record.fields, [](const auto& field) {
                    return base::trim(field).empty();
                });
            if (!blank) return record;
            continue;
        }
        if (text_.size() - start_ > kRecordBytesMax)
            return give_up("a quote is not closed, or the row is longer than 256 KiB");
        if (finished_) return give_up("a quote is not closed");
        return std::nullopt;
    }
    return std::nullopt;
}

}  // namespace campaign
