#include "inbound/reply_text.h"

#include <algorithm>

#include "base/text.h"
#include "inbound/attribution.h"
#include "inbound/quoted_headers.h"
#include "inbound/reply_lines.h"
#include "inbound/signature.h"
#include "mime/html_text.h"

namespace inbound {

namespace {

// More lines than this, up to the next blank one, are no mere header.
constexpr std::size_t kHeaderLinesMax = 14;
// A signature below anything but "--" is short.
constexpr std::size_t kSignatureLinesMax = 20;

enum class Mark {
    text,
    blank,
    quote,
    attribution,
    original,  // from here on the other mail
    delimiter,
    rule,
    mobile,
    perhaps_mobile,
};

class Reply {
  public:
    // `named`: all quotes are known to be another's.
    Reply(std::string_view text, bool named) : lines_(read_lines(text)), named_(named) {
        split_shared_lines();
        mark_lines();
        mark_wrapped_quotes();
        keep_.assign(lines_.size(), true);
        cut_ = lines_.size();
    }

    std::string text() {
        drop_original();
        drop_signatures();
        drop_quotes();
        drop_last_rules();
        return join();
    }

  private:
    // "fine! On Monday Bob wrote:" becomes two lines.
    void split_shared_lines() {
        std::vector<Line> split;
        split.reserve(lines_.size());
        for (const Line& line : lines_) {
            const auto at = line.quoted || line.code ? std::nullopt : attribution_within(line);
            if (!at) {
                split.push_back(line);
                continue;
            }
            std::string_view own = line.text.substr(0, *at);
            while (!own.empty() && (own.back() == ' ' || own.back() == '-')) own.remove_suffix(1);
            split.push_back(read_lines(own).front());
            split.push_back(read_lines(line.text.substr(*at)).front());
        }
        lines_ = std::move(split);
    }

    Mark mark_of(std::size_t at, const HeaderBlocks& headers) const {
        const Line& line = lines_[at];
        if (line.blank) return Mark::blank;
        if (line.quoted) return Mark::quote;
        if (line.code) return Mark::text;
        if (is_separator(line) || headers.starts_at(lines_, at)) return Mark::original;
        if (is_delimiter(line)) return Mark::delimiter;
        if (is_rule(line)) return Mark::rule;
        const Mobile mobile = mobile_signature(line);
        if (mobile == Mobile::no) return Mark::text;
        return mobile == Mobile::surely ? Mark::mobile : Mark::perhaps_mobile;
    }

    void mark_lines() {
        const HeaderBlocks headers(lines_);
        for (std::size_t i = 0; i < lines_.size(); ++i) marks_.push_back(mark_of(i, headers));
        for (std::size_t i = 0; i < lines_.size(); ++i)
            if (marks_[i] == Mark::original && !is_separator(lines_[i])) mark_introduced_quote(i);
        for (std::size_t i = 0; i < lines_.size(); ++i) {
            if (lines_[i].quoted && ends_attribution(lines_[i])) named_ = true;
            auto start = attribution_start(lines_, i);
            if (!start && introduces_quote(i)) start = i;
            if (!start) continue;
            for (std::size_t k = *start; k <= i; ++k) marks_[k] = Mark::attribution;
        }
    }

    // "Ann wrote:" and a quote.
    bool introduces_quote(std::size_t at) const {
        constexpr std::size_t kBytesMax = 100;
        constexpr unsigned kTraits = kVerb | kColonEnd;
        if (marks_[at] != Mark::text || (lines_[at].traits & kTraits) != kTraits) return false;
        if (lines_[at].text.size() > kBytesMax || (at > 0 && marks_[at - 1] == Mark::text))
            return false;
        const std::size_t below = next_filled(at + 1);
        return below < lines_.size() && below <= at + 2 && lines_[below].quoted;
    }

    // Header fields above quoted lines only name whom they quote: answers may follow.
    void mark_introduced_quote(std::size_t at) {
        std::size_t end = at;
        const std::size_t stop = std::min(lines_.size(), at + kHeaderLinesMax);
        while (end < stop && !lines_[end].blank && !lines_[end].quoted) ++end;
        const std::size_t below = next_filled(end);
        if (below == lines_.size() || !lines_[below].quoted) return;
        for (std::size_t i = at; i < end; ++i) marks_[i] = Mark::attribution;
    }

    // A long quoted line that was wrapped without a new mark: one line between quoted lines.
    void mark_wrapped_quotes() {
        for (std::size_t i = 1; i + 1 < lines_.size(); ++i) {
            if (marks_[i] != Mark::text || !lines_[i - 1].quoted || !lines_[i + 1].quoted) continue;
            const std::string_view above = lines_[i - 1].text;
            const bool link = above.find("://") != above.npos;
            const bool word = above.size() >= 70 && lines_[i].text.size() <= 30;
            if (link || word) marks_[i] = Mark::quote;
        }
    }

    std::size_t next_filled(std::size_t from) const {
        while (from < lines_.size() && marks_[from] == Mark::blank) ++from;
        return from;
    }

    void drop(std::size_t from, std::size_t to) {
        std::fill(keep_.begin() + index(from), keep_.begin() + index(to), false);
    }
    static std::ptrdiff_t index(std::size_t at) { return static_cast<std::ptrdiff_t>(at); }

    // Takes the other mail out where it stands without quote marks, and every attribution.
    void drop_original() {
        bool words = false;
        for (std::size_t i = 0; i < lines_.size(); ++i) {
            if (marks_[i] == Mark::original) return cut_at(i);
            if (is_words(marks_[i]) || marks_[i] == Mark::mobile) words = true;
            if (marks_[i] != Mark::attribution) continue;
            named_ = true;
            std::size_t end = i;
            while (end < lines_.size() && marks_[end] == Mark::attribution) ++end;
            const std::size_t below = next_filled(end);
            const bool marked = below < lines_.size() && marks_[below] == Mark::quote;
            // Without words above, what stands below is the answer: the quote was deleted.
            if (!marked && words) return cut_at(i);
            drop(i, end);
            i = end - 1;
        }
    }

    void cut_at(std::size_t at) {
        cut_ = at;
        drop(at, lines_.size());
    }

    static bool is_words(Mark mark) { return mark == Mark::text || mark == Mark::perhaps_mobile; }
    static bool is_boundary(Mark mark) {
        return mark == Mark::quote || mark == Mark::attribution || mark == Mark::original;
    }

    // What lies below a line up to the next quote or the end: as far as a signature may reach.
    struct Below {
        std::size_t end = 0;
        std::size_t filled = 0;  // lines with something in them, the line itself among them
        bool text = false;
    };

    std::vector<Below> read_below() const {
        std::vector<Below> below(cut_ + 1, Below{.end = cut_});
        for (std::size_t i = cut_; i-- > 0;) {
            if (is_boundary(marks_[i])) {
                below[i] = {.end = i};
                continue;
            }
            below[i] = below[i + 1];
            if (marks_[i] != Mark::blank) ++below[i].filled;
            if (marks_[i] == Mark::text) below[i].text = true;
        }
        return below;
    }

    void drop_signatures() {
        const std::vector<Below> below = read_below();
        bool words = false;
        for (std::size_t i = 0; i < cut_; ++i) {
            if (starts_signature(i, below[i].filled, words)) {
                drop(i, below[i].end);
                i = below[i].end - 1;
                continue;
            }
            const bool mobile = marks_[i] == Mark::mobile ||
                                (marks_[i] == Mark::perhaps_mobile && words && !below[i].text);
            if (mobile)
                drop(i, i + 1);
            else if (is_words(marks_[i]) || marks_[i] == Mark::quote)
                words = true;
        }
    }

    bool starts_signature(std::size_t at, std::size_t lines_left, bool words) const {
        if (marks_[at] == Mark::delimiter && lines_[at].text == "-- ") return true;
        if (!words) return false;
        if (marks_[at] == Mark::mobile) return true;
        if (marks_[at] == Mark::delimiter) return lines_left <= kSignatureLinesMax;
        if (marks_[at] != Mark::rule || lines_left > kSignatureLinesMax) return false;
        // A heading or the top of a table is underlined; a signature follows its rule at once.
        const bool three = base::trim(lines_[at].text).size() <= 3;
        const bool apart = at == 0 || marks_[at - 1] != Mark::text;
        const bool follows = at + 1 >= cut_ || marks_[at + 1] != Mark::blank;
        return (three || apart) && follows;
    }

    void drop_quotes() {
        std::size_t last_words = 0;
        bool words = false;
        for (std::size_t i = 0; i < lines_.size(); ++i) {
            if (!keep_[i] || marks_[i] == Mark::blank || marks_[i] == Mark::quote) continue;
            words = true;
            last_words = i;
        }
        if (!words && !named_) return;
        for (std::size_t i = 0; i < lines_.size(); ++i)
            if (marks_[i] == Mark::quote && (named_ || i > last_words)) keep_[i] = false;
    }

    // A line of dashes above the other mail belongs to it.
    void drop_last_rules() {
        if (cut_ == lines_.size()) return;
        for (std::size_t i = cut_; i-- > 0;) {
            if (!keep_[i] || marks_[i] == Mark::blank) continue;
            if (marks_[i] != Mark::rule && marks_[i] != Mark::delimiter) return;
            keep_[i] = false;
        }
    }

    // Blank lines stand as they were, but where something was taken out: there is one at most.
    std::string join() const {
        std::string out;
        std::vector<std::string_view> blanks;
        bool gap = false;
        for (std::size_t i = 0; i < lines_.size(); ++i) {
            if (!keep_[i]) {
                gap = true;
            } else if (marks_[i] == Mark::blank) {
                blanks.push_back(lines_[i].text);
            } else {
                if (gap && blanks.size() > 1) blanks.resize(1);
                if (!out.empty()) append(out, blanks);
                out += lines_[i].text;
                blanks.clear();
                gap = false;
            }
        }
        trim_end(out);
        return out;
    }

    static void append(std::string& out, const std::vector<std::string_view>& blanks) {
        out += '\n';
        for (const std::string_view blank : blanks) (out += blank) += '\n';
    }

    static void trim_end(std::string& out) {
        constexpr std::string_view kNoBreakSpace = "\xc2\xa0";
        while (out.ends_with(' ') || out.ends_with('\t') || out.ends_with(kNoBreakSpace))
            out.resize(out.size() - (out.ends_with(kNoBreakSpace) ? kNoBreakSpace.size() : 1));
    }

    std::vector<Line> lines_;
    std::vector<Mark> marks_;
    std::vector<bool> keep_;
    std::size_t cut_ = 0;  // the first line of the other mail without quote marks
    bool named_;           // something says that what is quoted is another's
};

// The text of a mail without plain text, or with a blank one.
bool is_reduced_html(const mime::Message& message) {
    if (message.html.empty()) return false;
    if (std::ranges::find(message.leaves, "text/plain") == message.leaves.end()) return true;
    return base::trim(message.text) == base::trim(mime::html_to_text(message.html));
}

}  // namespace

std::string reply_text_of(std::string_view plain_text) {
    return Reply(plain_text.substr(0, kReplyBytesMax), false).text();
}

std::string reply_text(const mime::Message& message) {
    if (!is_reduced_html(message)) return reply_text_of(message.text);
    // Its quotes have lost their marks. A blockquote is a mail program's.
    return Reply(mime::html_to_quoted_text(message.html, kReplyBytesMax), true).text();
}

}  // namespace inbound
