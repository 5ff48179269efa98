#include "mime/header_writer.h"

#include <algorithm>

#include "base/check.h"
#include "base/text.h"
#include "mime/encoded_word.h"

namespace mime {

namespace {

constexpr std::size_t kFoldAt = 78;
constexpr std::size_t kLineMax = 998;
constexpr std::size_t kQuotedNameMax = 60;

bool is_printable_ascii(std::string_view text) {
    return std::ranges::all_of(text, [](char c) { return c >= 0x20 && c < 0x7f; });
}

// Free text that comes back unchanged when it is written as it is: no blanks that folding or
// trimming would touch, nothing that reads as an encoded word, no word too long for a line.
bool is_plain_text(std::string_view text) {
    if (!is_printable_ascii(text) || text.find("=?") != std::string_view::npos) return false;
    if (text.starts_with(' ') || text.ends_with(' ')) return false;
    if (text.find("  ") != std::string_view::npos) return false;
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t end = std::min(text.find(' ', at), text.size());
        if (end - at > kLineMax - kFoldAt) return false;
        at = end + 1;
    }
    return true;
}

bool is_phrase_of_atoms(std::string_view name) {
    return std::ranges::all_of(name, [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               std::string_view("!#$%&'*+-/=?^_`{|}~ ").find(c) != std::string_view::npos;
    });
}

std::string quoted(std::string_view name) {
    std::string out = "\"";
    for (const char c : name) {
        if (c == '"' || c == '\\') out += '\\';
        out += c;
    }
    return out + "\"";
}

}  // namespace

base::Result<> check_header_value(std::string_view header, std::string_view value) {
    const char* problem = nullptr;
    if (value.find('\0') != std::string_view::npos)
        problem = "a NUL character";
    else if (value.find_first_of("\r\n") != std::string_view::npos)
        problem = "a line break";
    else if (!base::is_utf8(value))
        problem = "bytes that are not UTF-8";
    if (problem == nullptr) return {};
    return base::fail(
        base::ErrorCode::invalid_input,
        "mime.compose",
        "the value of " + std::string(header) + " has " + problem + ": '" +
            base::printable(value, 80) + "'; take it out"
    );
}

void HeaderWriter::start(std::string_view name) {
    line_at_ = out_.size();
    out_ += name;
    out_ += ':';
}

// Puts a word behind a blank, on a new line where it does not fit.
void HeaderWriter::word(std::string_view word) {
    CHECK(word.find_first_of(std::string_view("\r\n\0", 3)) == std::string_view::npos);
    // A name with only its first word too long keeps it, unless the line would be over the hard
    // limit.
    const std::size_t length = out_.size() - line_at_ + 1 + word.size();
    const bool first = out_.ends_with(':');
    if (length > kFoldAt && (!first || length > kLineMax)) {
        out_ += "\r\n";
        line_at_ = out_.size();
    }
    out_ += ' ';
    out_ += word;
}

void HeaderWriter::end() { out_ += "\r\n"; }

void HeaderWriter::plain(std::string_view name, std::string_view value) {
    start(name);
    value = base::trim(value);
    for (std::size_t at = 0; at < value.size();) {
        // A run of blanks stays with the word behind it, so that unfolding gives the value back.
        const std::size_t blanks_end = std::min(value.find_first_not_of(' ', at), value.size());
        const std::size_t stop = std::min(value.find(' ', blanks_end), value.size());
        word(value.substr(at, stop - at));
        at = stop + 1;
    }
    end();
}

void HeaderWriter::text(std::string_view name, std::string_view value) {
    if (is_plain_text(value)) return plain(name, value);
    start(name);
    for (const std::string& encoded : encode_words(value, kFoldAt - name.size() - 2)) word(encoded);
    end();
}

void HeaderWriter::address(std::string_view name, const Address& address) {
    start(name);
    const std::string& email = address.email.str();
    if (address.name.empty()) {
        word(email);
        return end();
    }
    const std::string& display = address.name;
    const bool plain = is_plain_text(display) && display.size() <= kQuotedNameMax;
    if (!plain)
        for (const std::string& encoded : encode_words(display, kFoldAt - name.size() - 2))
            word(encoded);
    else
        word(is_phrase_of_atoms(display) ? display : quoted(display));
    word("<" + email + ">");
    end();
}

void HeaderWriter::ids(std::string_view name, const std::vector<base::MessageId>& ids) {
    start(name);
    for (const base::MessageId& id : ids) word(id.bracketed());
    end();
}

bool is_writable(const base::MessageId& id) {
    return !id.empty() && is_printable_ascii(id.str()) && id.str().size() + 3 <= kLineMax;
}

std::vector<base::MessageId> trim_references(const std::vector<base::MessageId>& references) {
    constexpr std::string_view kName = "References:";
    std::vector<base::MessageId> ids;
    for (const base::MessageId& id : references)
        if (is_writable(id) && std::ranges::find(ids, id) == ids.end()) ids.push_back(id);
    if (ids.empty()) return ids;
    const auto cost = [](const base::MessageId& id) { return id.str().size() + 3; };
    // The direct parent counts most, then the thread's root, then what is near the parent.
    std::size_t room = kLineMax - kName.size();
    room -= std::min(room, cost(ids.back()));
    const bool root_fits = ids.size() > 1 && cost(ids.front()) <= room;
    if (root_fits) room -= cost(ids.front());
    std::size_t from = ids.size() - 1;
    while (from > 1 && cost(ids[from - 1]) <= room) room -= cost(ids[--from]);
    std::vector<base::MessageId> kept;
    if (root_fits) kept.push_back(ids.front());
    kept.insert(kept.end(), ids.begin() + static_cast<std::ptrdiff_t>(from), ids.end());
    return kept;
}

}  // namespace mime
