#include "mime/body_encoding.h"

#include <algorithm>

#include "mime/utf8.h"

namespace mime {

namespace {

constexpr std::size_t kPlainLineMax = 78;
constexpr std::size_t kEncodedLineMax = 76;

bool is_blank(char c) { return c == ' ' || c == '\t'; }
bool is_printable(char c) { return (c >= 0x20 && c < 0x7f) || c == '\t'; }

// A line that travels unharmed as it is: mbox files change "From ", SMTP doubles a leading dot.
bool is_plain_line(std::string_view line) {
    if (line.empty()) return true;
    if (line.size() > kPlainLineMax || line.front() == '.' || line.starts_with("From "))
        return false;
    return !is_blank(line.back()) && std::ranges::all_of(line, is_printable);
}

class QuotedPrintable {
  public:
    explicit QuotedPrintable(std::size_t size_hint) { out_.reserve(size_hint + size_hint / 4); }

    void line(std::string_view text) {
        while (!text.empty())
            text.remove_prefix(column_ == 0 && is_risky(text) ? escape(text) : step(text));
    }
    void line_end() {
        out_ += "\r\n";
        column_ = 0;
    }
    std::string take() { return std::move(out_); }

  private:
    // What a mail store or relay may change at the start of a line.
    static bool is_risky(std::string_view text) {
        return text.front() == '.' || text.starts_with("From ");
    }

    // How many bytes can stand as they are. A blank at the end of the line can't.
    static std::size_t plain_run(std::string_view text) {
        const std::size_t limit = std::min(text.size(), kEncodedLineMax);
        std::size_t run = 0;
        while (run < limit && is_printable(text[run]) && text[run] != '=') ++run;
        return run == text.size() && is_blank(text.back()) ? run - 1 : run;
    }

    // Writes what fits on this encoded line and returns how many bytes of `text` that were; the
    // last column is kept for the soft break, unless the line ends here.
    std::size_t step(std::string_view text) {
        const std::size_t run = plain_run(text);
        if (run == 0) return escape(text);
        const bool rest_fits = run == text.size() && column_ + run <= kEncodedLineMax;
        const std::size_t count = rest_fits ? run : std::min(run, kEncodedLineMax - 1 - column_);
        if (count == 0) {
            soft_break();
            return 0;
        }
        out_ += text.substr(0, count);
        column_ += count;
        return count;
    }

    // One code point; its bytes stay on one encoded line.
    std::size_t escape(std::string_view text) {
        constexpr std::string_view kDigits = "0123456789ABCDEF";
        const std::size_t length = std::max<std::size_t>(code_point_bytes(text, 0), 1);
        const std::size_t room = kEncodedLineMax - (length == text.size() ? 0 : 1);
        if (column_ + 3 * length > room) soft_break();
        for (const char byte : text.substr(0, length)) {
            out_ += '=';
            out_ += kDigits[static_cast<unsigned char>(byte) >> 4];
            out_ += kDigits[static_cast<unsigned char>(byte) & 15];
        }
        column_ += 3 * length;
        return length;
    }

    void soft_break() {
        out_ += "=\r\n";
        column_ = 0;
    }

    std::string out_;
    std::size_t column_ = 0;
};

// Calls `take_line` for each line and `take_end` for each line end of a text with CRLF line ends.
template <class TakeLine, class TakeEnd>
void for_each_line(std::string_view text, TakeLine take_line, TakeEnd take_end) {
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t end = std::min(text.find('\r', at), text.size());
        take_line(text.substr(at, end - at));
        if (end < text.size()) take_end();
        at = end + 2;
    }
}

}  // namespace

std::string with_crlf(std::string_view text) {
    std::string out;
    out.reserve(text.size() + text.size() / 32 + 2);
    std::size_t run_at = 0;  // start of what was not copied yet
    for (std::size_t at = 0; at < text.size(); ++at) {
        if (text[at] != '\r' && text[at] != '\n') continue;
        out += text.substr(run_at, at - run_at);
        out += "\r\n";
        if (text[at] == '\r' && text.substr(at + 1).starts_with('\n')) ++at;
        run_at = at + 1;
    }
    if (run_at < text.size()) out += text.substr(run_at);
    return out;
}

EncodedBody encode_body(std::string_view text) {
    std::string body = with_crlf(text);
    bool plain = true;
    for_each_line(
        body, [&](std::string_view line) { plain = plain && is_plain_line(line); }, [] {}
    );
    if (plain) return {"7bit", std::move(body)};
    QuotedPrintable encoder(body.size());
    for_each_line(
        body, [&](std::string_view line) { encoder.line(line); }, [&] { encoder.line_end(); }
    );
    return {"quoted-printable", encoder.take()};
}

}  // namespace mime
