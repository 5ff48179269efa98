#include "mime/parameters.h"

#include <algorithm>

#include "base/text.h"
#include "mime/encoded_word.h"
#include "mime/gmime_reader.h"
#include "mime/utf8.h"

namespace mime {

namespace {

constexpr std::string_view kBlanks = " \t\r\n";

void skip_blanks_and_comments(std::string_view text, std::size_t& at) {
    int depth = 0;
    for (; at < text.size(); ++at) {
        const char c = text[at];
        if (c == '(')
            ++depth;
        else if (depth > 0 && c == ')')
            --depth;
        else if (depth > 0 && c == '\\')
            ++at;
        else if (depth == 0 && kBlanks.find(c) == std::string_view::npos)
            return;
    }
    at = text.size();
}

std::string read_quoted(std::string_view text, std::size_t& at) {
    std::string out;
    for (++at; at < text.size() && text[at] != '"'; ++at) {
        if (text[at] == '\\' && at + 1 < text.size()) ++at;
        out += text[at];
    }
    if (at < text.size()) ++at;
    return out;
}

// Up to the semicolon. File names with blanks are often sent without quotes; other values end at
// one.
std::string read_bare(std::string_view text, std::size_t& at, bool blanks_belong) {
    const std::string_view ends = blanks_belong ? ";" : "; \t\r\n";
    const std::size_t end = std::min(text.find_first_of(ends, at), text.size());
    const std::string_view value = base::trim(text.substr(at, end - at));
    at = end;
    return std::string(value);
}

std::string percent_decoded(std::string_view text) {
    const auto digit = [](char c) {
        if (c >= '0' && c <= '9') return c - '0';
        if (c >= 'a' && c <= 'f') return c - 'a' + 10;
        if (c >= 'A' && c <= 'F') return c - 'A' + 10;
        return -1;
    };
    std::string out;
    for (std::size_t at = 0; at < text.size(); ++at) {
        const bool escape = text[at] == '%' && at + 2 < text.size() && digit(text[at + 1]) >= 0 &&
                            digit(text[at + 2]) >= 0;
        if (escape) {
            out += static_cast<char>(digit(text[at + 1]) * 16 + digit(text[at + 2]));
            at += 2;
        } else {
            out += text[at];
        }
    }
    return out;
}

}  // namespace

StructuredValue::StructuredValue(std::string_view text) {
    std::size_t at = 0;
    skip_blanks_and_comments(text, at);
    const std::size_t end = std::min(text.find_first_of("; \t\r\n(", at), text.size());
    head_ = base::to_lower(text.substr(at, end - at));
    at = end;
    while (at < text.size() && !over_limit_) read_parameter(text, at);
}

void StructuredValue::read_parameter(std::string_view text, std::size_t& at) {
    skip_blanks_and_comments(text, at);
    if (at < text.size() && text[at] == ';') {
        ++at;
        return;
    }
    const std::size_t name_end = std::min(text.find_first_of("=;", at), text.size());
    const std::string name = base::to_lower(base::trim(text.substr(at, name_end - at)));
    at = name_end;
    if (at >= text.size() || text[at] != '=') return;
    ++at;
    skip_blanks_and_comments(text, at);
    Piece piece;
    piece.name = name.substr(0, name.find('*'));
    const bool is_name = piece.name == "name" || piece.name == "filename";
    const bool quoted = at < text.size() && text[at] == '"';
    piece.value = quoted ? read_quoted(text, at) : read_bare(text, at, is_name);
    piece.encoded = name.size() > piece.name.size() && name.ends_with('*');
    std::string_view index = std::string_view(name).substr(piece.name.size());
    if (index.starts_with('*')) index.remove_prefix(1);
    if (index.ends_with('*')) index.remove_suffix(1);
    if (const auto number = base::parse_int(index); number && *number >= 0 && *number < 1000)
        piece.index = static_cast<int>(*number);
    if (pieces_.size() >= kParametersMax)
        over_limit_ = true;
    else
        pieces_.push_back(std::move(piece));
}

// The pieces that make up one parameter, in order: the continued form where its start is there,
// else the encoded form, else the plain one (RFC 2231 section 4.1, RFC 6266 section 4.3 for the
// preference).
std::vector<const StructuredValue::Piece*> StructuredValue::pieces_of(std::string_view name) const {
    std::vector<const Piece*> continued;
    const Piece* whole = nullptr;
    for (const Piece& piece : pieces_) {
        if (piece.name != name) continue;
        if (piece.index >= 0)
            continued.push_back(&piece);
        else if (whole == nullptr || (piece.encoded && !whole->encoded))
            whole = &piece;
    }
    if (whole != nullptr && (whole->encoded || continued.empty())) return {whole};
    std::ranges::sort(continued, {}, [](const Piece* piece) {
        return std::pair(
            piece->index, piece
        );  // one array: of doubled indexes the first comes first
    });
    std::vector<const Piece*> chosen;
    for (const Piece* piece : continued)
        if (piece->index == static_cast<int>(chosen.size())) chosen.push_back(piece);
    if (chosen.empty() && whole != nullptr) return {whole};
    return chosen;
}

std::optional<std::string> StructuredValue::raw(std::string_view name) const {
    const auto pieces = pieces_of(name);
    if (pieces.empty()) return std::nullopt;
    std::string value;
    for (const Piece* piece : pieces) value += piece->value;
    if (!pieces.front()->encoded) return value;
    const std::size_t first = value.find('\'');
    const std::size_t second = first == std::string::npos ? first : value.find('\'', first + 1);
    return percent_decoded(second == std::string::npos ? value : value.substr(second + 1));
}

std::optional<std::string> StructuredValue::text(std::string_view name) const {
    const auto pieces = pieces_of(name);
    if (pieces.empty()) return std::nullopt;
    std::string charset;
    std::string bytes;
    bool encoded = false;
    for (const Piece* piece : pieces) {
        std::string_view value = piece->value;
        if (piece->encoded && piece == pieces.front()) {
            const std::size_t first = value.find('\'');
            const std::size_t second =
                first == std::string_view::npos ? first : value.find('\'', first + 1);
            if (second != std::string_view::npos) {
                charset = value.substr(0, first);
                value.remove_prefix(second + 1);
            }
        }
        encoded = encoded || piece->encoded;
        bytes += piece->encoded ? percent_decoded(value) : std::string(value);
    }
    if (encoded) return one_line(to_utf8(bytes, charset).text);
    return decode_words(bytes
    );  // encoded words in parameters are wrong, but what many clients send
}

}  // namespace mime
