#include "inbound/text_fold.h"

#include <algorithm>
#include <span>

#include "base/text.h"

namespace inbound {

namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\f' || c == '\v'; }

// "550" of a line that starts with a negative reply, else nothing.
std::string_view reply_code_of(std::string_view line) {
    const bool sound = line.size() >= 4 && (line[0] == '4' || line[0] == '5') &&
                       is_digit(line[1]) && is_digit(line[2]) && (line[3] == '-' || line[3] == ' ');
    return sound ? line.substr(0, 3) : std::string_view();
}

// The line without "550-5.1.1 ".
std::string_view without_code(std::string_view line) {
    line.remove_prefix(4);
    const std::size_t end = std::min(line.find_first_not_of("0123456789."), line.size());
    if (end >= 5 && std::ranges::count(line.substr(0, end), '.') == 2) line.remove_prefix(end);
    return line;
}

class Folder {
  public:
    explicit Folder(std::size_t bytes) {
        result_.kept.reserve(bytes);
        result_.lines.reserve(bytes / 48 + 8);
    }

    void add(std::string_view line) {
        const std::string_view text = base::trim(line);
        if (text.empty()) {
            after_blank_ = true;
            return;
        }
        const std::string_view code = reply_code_of(text);
        const bool repeats = continued_ && !code.empty() && code == code_;
        continued_ = !code.empty() && text[3] == '-';
        code_ = code;
        std::string& out = result_.kept;
        if (!out.empty()) out += ' ';
        const auto begin = static_cast<std::uint32_t>(out.size());
        append(repeats ? without_code(text) : text);
        const auto end = static_cast<std::uint32_t>(out.size());
        result_.lines.push_back({begin, end, is_blank(line.front()), after_blank_});
        after_blank_ = false;
    }

    std::size_t line_count() const { return result_.lines.size(); }
    void cut(std::size_t line_count) { result_.cut(line_count); }

    FoldedText take() {
        result_.lower = base::to_lower(result_.kept);
        return std::move(result_);
    }

  private:
    void append(std::string_view text) {
        std::string& out = result_.kept;
        const std::size_t begin = out.size();
        while (!text.empty()) {
            std::size_t end = 0;
            while (end < text.size() && !is_blank(text[end])) ++end;
            if (end > 0 && !repeats_reply(text.substr(0, end))) {
                if (out.size() > begin) out += ' ';
                out += text.substr(0, end);
            }
            text.remove_prefix(std::min(text.size(), end + 1));
        }
        std::replace(out.begin() + static_cast<std::ptrdiff_t>(begin), out.end(), '\0', ' ');
    }

    // True for "550-5.7.1", "550" and "5.7.1" once "550-5.7.1" was there: a reply of several lines
    // that somebody wrapped anew.
    bool repeats_reply(std::string_view word) {
        const bool has_code =
            word.size() > 4 && word[3] == '-' && !reply_code_of(word).empty() && is_digit(word[4]);
        if (has_code) {
            const bool again = word == reply_;
            reply_ = word;
            return again;
        }
        if (reply_.empty()) return false;
        const std::string_view reply = reply_;
        return word == reply.substr(4) || word == reply.substr(0, 3);
    }

    FoldedText result_;
    std::string_view code_;
    std::string reply_;  // "550-5.7.1"
    bool continued_ = false;
    bool after_blank_ = true;
};

constexpr std::string_view kTravelFields[] = {
    "received",
    "return-path",
    "dkim-signature",
    "mime-version",
    "delivered-to",
    "x-received",
    "arc-seal",
    "x-originating-ip",
    "x-google-smtp-source",
    "domainkey-signature"
};
constexpr std::string_view kOtherFields[] = {
    "from",
    "to",
    "subject",
    "date",
    "message-id",
    "content-type",
    "cc",
    "reply-to",
    "sender",
    "content-transfer-encoding",
    "references",
    "in-reply-to",
    "user-agent",
    "envelope-to"
};

bool is_one_of(std::string_view name, std::span<const std::string_view> names) {
    return std::ranges::any_of(names, [&](std::string_view other) {
        return base::equals_ignoring_case(name, other);
    });
}

// Watches for a run of header fields.
class HeaderRun {
  public:
    // `at` and `lines_before` are where the line starts; true once the run is a header block.
    bool add(std::string_view line, std::size_t at, std::size_t lines_before) {
        if (line.empty() || line == "\r") {
            fields_ = 0;
            return false;
        }
        if (is_blank(line.front())) return false;  // goes on
        const std::size_t colon = line.find(':');
        const std::string_view name =
            colon == std::string_view::npos || colon > 40 ? "" : line.substr(0, colon);
        const bool travel = is_one_of(name, kTravelFields);
        const bool unknown =
            name.size() > 2 && (name[0] == 'X' || name[0] == 'x') && name[1] == '-';
        if (!travel && !unknown && !is_one_of(name, kOtherFields)) {
            fields_ = 0;
            return false;
        }
        if (fields_ == 0) {
            begin_ = at;
            lines_before_ = lines_before;
            travelled_ = false;
        }
        ++fields_;
        travelled_ = travelled_ || travel;
        return travelled_ && fields_ >= 3;
    }
    std::size_t begin() const { return begin_; }
    std::size_t lines_before() const { return lines_before_; }

  private:
    int fields_ = 0;
    bool travelled_ = false;
    std::size_t begin_ = 0;
    std::size_t lines_before_ = 0;
};

}  // namespace

void FoldedText::cut(std::size_t line_count) {
    if (line_count >= lines.size()) return;
    lines.resize(line_count);
    const std::size_t end = lines.empty() ? 0 : lines.back().end;
    kept.resize(end);
    if (lower.size() > end) lower.resize(end);
}

FoldedNotice fold_notice(std::string_view text, std::size_t bytes_max) {
    const std::string_view whole = text;
    text = text.substr(0, bytes_max);
    Folder folder(std::min<std::size_t>(text.size(), 4096));
    HeaderRun run;
    std::size_t at = 0;
    while (at < text.size()) {
        const std::size_t end = std::min(text.find('\n', at), text.size());
        const std::string_view line = text.substr(at, end - at);
        if (run.add(line, at, folder.line_count())) {
            folder.cut(run.lines_before());
            return {folder.take(), whole.substr(run.begin())};
        }
        folder.add(line);
        at = end + 1;
    }
    return {folder.take(), {}};
}

FoldedText fold_text(std::string_view text, std::size_t bytes_max) {
    text = text.substr(0, bytes_max);
    Folder folder(text.size());
    while (!text.empty()) {
        const std::size_t end = std::min(text.find_first_of("\n\r"), text.size());
        folder.add(text.substr(0, end));
        const bool pair = text.substr(end).starts_with("\r\n");
        text.remove_prefix(std::min(text.size(), end + (pair ? 2 : 1)));
    }
    return folder.take();
}

}  // namespace inbound
