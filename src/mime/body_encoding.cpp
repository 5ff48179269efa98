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
        for (std::size_t at = 0; at < text.size();) {
            const std::size_t length = std::max<std::size_t>(code_point_bytes(text, at), 1);
            const bool last = at + length == text.size();
            put(text.substr(at, length), text.substr(at), last);
            at += length;
        }
    }
    void line_end() {
        out_ += "\r\n";
        column_ = 0;
    }
    std::string take() { return std::move(out_); }

  private:
    // One code point; its bytes stay on one line.
    void put(std::string_view code_point, std::string_view rest, bool last) {
        const char c = code_point.front();
        const bool as_is =
            code_point.size() == 1 && is_printable(c) && c != '=' && !(last && is_blank(c));
        const std::size_t length = as_is ? 1 : 3 * code_point.size();
        if (column_ + length > kEncodedLineMax - (last ? 0 : 1)) {
            out_ += "=\r\n";
            column_ = 0;
        }
        const bool risky = column_ == 0 && (c == '.' || rest.starts_with("From "));
        if (as_is && !risky) {
            out_ += c;
            ++column_;
            return;
        }
        for (const char byte : code_point) escape(byte);
    }

    void escape(char byte) {
        constexpr std::string_view kDigits = "0123456789ABCDEF";
        out_ += '=';
        out_ += kDigits[static_cast<unsigned char>(byte) >> 4];
        out_ += kDigits[static_cast<unsigned char>(byte) & 15];
        column_ += 3;
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
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t end = std::min(text.find_first_of("\r\n", at), text.size());
        out += text.substr(at, end - at);
        if (end == text.size()) break;
        out += "\r\n";
        at = end + (text.substr(end).starts_with("\r\n") ? 2 : 1);
    }
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
