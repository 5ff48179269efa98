#include "mime/encoded_word.h"

#include <algorithm>
#include <optional>

#include "base/text.h"
#include "mime/gmime_reader.h"
#include "mime/utf8.h"

namespace mime {

namespace {

constexpr std::size_t kWordMax = 4000;

struct Word {
    std::string charset;
    std::string bytes;
    std::size_t end = 0;  // behind "?="
};

int hex_digit(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

std::string decode_q(std::string_view text) {
    std::string out;
    for (std::size_t at = 0; at < text.size(); ++at) {
        if (text[at] == '_') {
            out += ' ';
        } else if (text[at] == '=' && at + 2 < text.size() && hex_digit(text[at + 1]) >= 0 &&
                   hex_digit(text[at + 2]) >= 0) {
            out += static_cast<char>(hex_digit(text[at + 1]) * 16 + hex_digit(text[at + 2]));
            at += 2;
        } else {
            out += text[at];
        }
    }
    return out;
}

// The word that starts with the "=?" at `at`.
std::optional<Word> word_at(std::string_view value, std::size_t at) {
    const std::string_view window = value.substr(at, kWordMax);
    const std::size_t charset_end = window.substr(0, 80).find('?', 2);
    if (charset_end == std::string_view::npos || charset_end == 2) return std::nullopt;
    if (charset_end + 2 >= window.size() || window[charset_end + 2] != '?') return std::nullopt;
    const char encoding = window[charset_end + 1];
    const std::size_t text_at = charset_end + 3;
    const std::size_t end = window.find("?=", text_at);
    if (end == std::string_view::npos) return std::nullopt;
    const std::string_view text = window.substr(text_at, end - text_at);
    Word word;
    word.charset = base::to_lower(window.substr(2, charset_end - 2));
    word.charset = word.charset.substr(0, word.charset.find('*'));  // language, RFC 2231 section 5
    word.end = at + end + 2;
    if (encoding == 'b' || encoding == 'B')
        word.bytes = decode_transfer("base64", text, kWordMax).bytes;
    else if (encoding == 'q' || encoding == 'Q')
        word.bytes = decode_q(text);
    else
        return std::nullopt;
    return word;
}

// Bytes of neighbouring words are joined before conversion: senders cut characters in two.
class Joiner {
  public:
    explicit Joiner(std::string& out) : out_(out) {}
    void add(Word word) {
        if (word.charset != charset_) flush();
        charset_ = std::move(word.charset);
        bytes_ += word.bytes;
    }
    void flush() {
        if (!bytes_.empty()) out_ += to_utf8(bytes_, charset_).text;
        bytes_.clear();
    }

  private:
    std::string& out_;
    std::string charset_;
    std::string bytes_;
};

bool is_q_safe(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '!' ||
           c == '*' || c == '+' || c == '-' || c == '/';
}

std::size_t q_length(std::string_view code_point) {
    if (code_point.size() == 1 && (is_q_safe(code_point[0]) || code_point[0] == ' ')) return 1;
    return code_point.size() * 3;
}

std::string encode_q(std::string_view text) {
    constexpr std::string_view kDigits = "0123456789ABCDEF";
    std::string out;
    for (const char c : text) {
        if (c == ' ') {
            out += '_';
        } else if (is_q_safe(c)) {
            out += c;
        } else {
            out += '=';
            out += kDigits[static_cast<unsigned char>(c) >> 4];
            out += kDigits[static_cast<unsigned char>(c) & 15];
        }
    }
    return out;
}

bool is_q_shorter(std::string_view text) {
    std::size_t length = 0;
    for (const char c : text) length += is_q_safe(c) || c == ' ' ? 1 : 3;
    return length <= (text.size() + 2) / 3 * 4;
}

}  // namespace

std::string decode_words(std::string_view value) {
    std::string out;
    Joiner joiner(out);
    std::size_t plain_at = 0;  // where text that is no word began
    bool after_word = false;
    const auto put_plain = [&](std::string_view plain, bool before_word) {
        const bool between = after_word && before_word && base::trim(plain).empty();
        if (plain.empty() || between) return;
        joiner.flush();
        out += to_utf8(plain, "").text;
    };
    for (std::size_t at = value.find("=?"); at != std::string_view::npos;) {
        std::optional<Word> word = word_at(value, at);
        if (!word) {
            at = value.find("=?", at + 2);
            continue;
        }
        put_plain(value.substr(plain_at, at - plain_at), true);
        plain_at = word->end;
        joiner.add(std::move(*word));
        after_word = true;
        at = value.find("=?", plain_at);
    }
    put_plain(value.substr(plain_at), false);
    joiner.flush();
    return one_line(out);
}

std::vector<std::string> encode_words(std::string_view text, std::size_t first_max) {
    const bool q = is_q_shorter(text);
    const std::string_view start = q ? "=?UTF-8?Q?" : "=?UTF-8?B?";
    std::vector<std::string> words;
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t room = (words.empty() ? std::min<std::size_t>(first_max, 75) : 75) - 12;
        std::size_t used = 0;
        std::size_t end = at;
        while (end < text.size()) {
            const std::size_t length = std::max<std::size_t>(code_point_bytes(text, end), 1);
            const std::size_t cost = q ? q_length(text.substr(end, length)) : length;
            const std::size_t next = used + cost;
            if ((q ? next : (next + 2) / 3 * 4) > room && end > at) break;
            used = next;
            end += length;
        }
        const std::string_view chunk = text.substr(at, end - at);
        words.push_back(
            std::string(start) + (q ? encode_q(chunk) : base::base64_encode(chunk)) + "?="
        );
        at = end;
    }
    return words;
}

}  // namespace mime
