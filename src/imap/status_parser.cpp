// Conditions and their response codes (RFC 3501 section 7.1, RFC 5530), lists and searches.
#include <algorithm>
#include <array>
#include <limits>

#include "base/text.h"
#include "imap/parser_parts.h"
#include "imap/uid_ranges.h"

namespace imap {
namespace {

constexpr std::size_t kSearchCountMax = 1'000'000;
constexpr std::uint32_t kNumberMax = std::numeric_limits<std::uint32_t>::max();

struct Word {
    std::string_view text;
    Condition condition;
};
constexpr std::array<Word, 5> kConditions{{
    {"OK", Condition::ok},
    {"NO", Condition::no},
    {"BAD", Condition::bad},
    {"BYE", Condition::bye},
    {"PREAUTH", Condition::preauth},
}};

const Word* condition_at_front(std::string_view text) {
    const std::string_view word = text.substr(0, text.find(' '));
    const auto found = std::find_if(kConditions.begin(), kConditions.end(), [&](const Word& known) {
        return base::equals_ignoring_case(word, known.text);
    });
    return found == kConditions.end() ? nullptr : &*found;
}

// Where the code's "]" is: outside of quotes and parentheses, since PERMANENTFLAGS and BADCHARSET
// may hold one; the first "]" where quotes or parentheses do not close.
std::size_t end_of_code(std::string_view text) {
    int depth = 0;
    bool in_quotes = false;
    for (std::size_t at = 0; at < text.size(); ++at) {
        const char byte = text[at];
        if (in_quotes && byte == '\\') {
            ++at;
        } else if (byte == '"') {
            in_quotes = !in_quotes;
        } else if (!in_quotes) {
            if (byte == '(') ++depth;
            if (byte == ')') --depth;
            if (byte == ']' && depth <= 0) return at;
        }
    }
    return text.find(']');
}

void split_code(std::string_view text, StatusLine& out) {
    const std::size_t end = text.starts_with('[') ? end_of_code(text) : std::string_view::npos;
    if (end == std::string_view::npos) {
        out.text = base::trim(text);
        return;
    }
    const std::string_view code = text.substr(1, end - 1);
    const std::size_t space = code.find(' ');
    out.code = to_upper(code.substr(0, space));
    if (space != std::string_view::npos) out.code_arguments = base::trim(code.substr(space));
    out.text = base::trim(text.substr(end + 1));
}

// Stays UTF-8 where the server sends other 8-bit bytes; the wire name keeps them.
std::string folder_name(const std::string& wire_name) {
    if (base::equals_ignoring_case(wire_name, "INBOX")) return "INBOX";
    std::string name = decode_utf7(wire_name);
    if (base::is_utf8(name)) return name;
    for (char& byte : name)
        if (static_cast<unsigned char>(byte) >= 0x80) byte = '?';
    return name;
}

std::optional<std::string> take_folder_name(Cursor& cursor) {
    if (cursor.peek() == '(' || cursor.peek() == ')') return std::nullopt;
    const std::string_view rest = cursor.rest();
    const bool plain = cursor.peek() != '"';
    std::optional<std::string> name = cursor.take_astring();
    if (!name) return std::nullopt;
    // An unquoted name with blanks in it: what follows is not the extended data of RFC 5258.
    const std::string_view more = base::trim(cursor.rest());
    if (plain && !more.empty() && !more.starts_with('(') && rest.starts_with(*name))
        return std::string(base::trim(rest));
    return name;
}

bool take_esearch_tag(Cursor& cursor, Searched& out) {
    if (!cursor.take('(')) return true;
    if (!base::equals_ignoring_case(cursor.take_atom(), "TAG") || !cursor.take_spaces())
        return false;
    std::optional<std::string> tag = cursor.take_astring();
    if (!tag || !cursor.take(')')) return false;
    out.tag = std::move(*tag);
    return true;
}

}  // namespace

std::optional<StatusLine> parse_status(Cursor& cursor) {
    const Word* word = condition_at_front(cursor.rest());
    if (!word) return std::nullopt;
    cursor.take_until(" ");
    cursor.take_spaces();
    StatusLine out;
    out.condition = word->condition;
    split_code(cursor.rest(), out);
    return out;
}

std::optional<StatusLine> parse_bare_code(Cursor& cursor) {
    StatusLine out;
    split_code(cursor.rest(), out);
    return out.code.empty() ? std::nullopt : std::optional(std::move(out));
}

std::optional<Response> parse_list(Cursor& cursor, std::string_view command) {
    Listed out;
    out.command = command;
    cursor.take_spaces();
    std::optional<std::vector<std::string>> attributes = take_flag_list(cursor);
    if (!attributes || !cursor.take_spaces()) return std::nullopt;
    const std::optional<std::optional<std::string>> delimiter = cursor.take_nstring();
    if (!delimiter || !cursor.take_spaces()) return std::nullopt;
    std::optional<std::string> name = take_folder_name(cursor);
    if (!name || name->find('\0') != std::string::npos) return std::nullopt;
    out.folder.attributes = std::move(*attributes);
    out.folder.delimiter = delimiter->value_or("");
    out.folder.name = folder_name(*name);
    out.wire_name = std::move(*name);
    return out;
}

std::optional<Response> parse_search(Cursor& cursor) {
    Searched out;
    while (cursor.take_spaces() && !cursor.at_end()) {
        if (cursor.peek() == '(') {  // "(MODSEQ n)" of RFC 7162
            if (!cursor.skip_value()) return std::nullopt;
            continue;
        }
        const std::optional<std::uint64_t> number = cursor.take_number(kNumberMax);
        if (!number || *number == 0) return std::nullopt;
        out.numbers.push_back(static_cast<std::uint32_t>(*number));
    }
    if (!cursor.at_end()) return std::nullopt;
    return out;
}

std::optional<Response> parse_esearch(Cursor& cursor) {
    Searched out;
    cursor.take_spaces();
    if (!take_esearch_tag(cursor, out)) return std::nullopt;
    while (cursor.take_spaces(), !cursor.at_end()) {
        const std::string name = to_upper(cursor.take_atom());
        if (name.empty()) return std::nullopt;
        if (name == "UID") continue;
        if (!cursor.take_spaces()) return std::nullopt;
        if (name != "ALL") {
            if (!cursor.skip_value()) return std::nullopt;
            continue;
        }
        const std::optional<UidRanges> set = UidRanges::parse(cursor.take_atom());
        if (!set) return std::nullopt;
        std::optional<std::vector<std::uint32_t>> numbers = set->expand(kSearchCountMax);
        if (!numbers) {
            cursor.note_limit("more than 1,000,000 numbers");
            return std::nullopt;
        }
        out.numbers = std::move(*numbers);
    }
    return out;
}

}  // namespace imap
