#include "imap/parser.h"

#include <limits>

#include "base/text.h"
#include "imap/parser_parts.h"

namespace imap {
namespace {

constexpr std::uint32_t kNumberMax = std::numeric_limits<std::uint32_t>::max();

Malformed malformed(std::string name, const Cursor& cursor, std::string_view text) {
    const bool limit = !cursor.limit().empty();
    const std::string what = limit ? "holds " + std::string(cursor.limit())
                                   : std::string("breaks the grammar of RFC 3501");
    base::Error error;
    error.code = limit ? base::ErrorCode::limit_exceeded : base::ErrorCode::protocol;
    error.stage = "imap.parse";
    error.message = "the server's " + name + " response " + what;
    error.server_words = base::printable(text, 120);
    return {std::move(name), std::move(error)};
}

// Capabilities or Enabled.
template <class Names>
std::optional<Response> parse_names(Cursor& cursor) {
    Names out;
    while (cursor.take_spaces() && !cursor.at_end()) {
        const std::string_view name = cursor.take_until(" ");
        if (name.empty()) return std::nullopt;
        out.names.push_back(to_upper(name));
    }
    return out;
}

std::optional<Response> parse_flags(Cursor& cursor) {
    cursor.take_spaces();
    std::optional<std::vector<std::string>> flags = take_flag_list(cursor);
    if (!flags) return std::nullopt;
    return FolderFlags{std::move(*flags)};
}

// "* 12 EXISTS", "* 12 FETCH (…)".
std::optional<Response> parse_numbered(Cursor& cursor, std::uint32_t number, std::string& name) {
    if (!cursor.take_spaces()) return std::nullopt;
    name = to_upper(cursor.take_atom());
    if (name == "FETCH") return parse_fetch(cursor, number);
    if (name == "EXISTS") return MessageCount{MessageCount::Kind::exists, number};
    if (name == "RECENT") return MessageCount{MessageCount::Kind::recent, number};
    if (name == "EXPUNGE") return MessageCount{MessageCount::Kind::expunge, number};
    if (name.empty()) return std::nullopt;
    return Ignored{name};
}

std::optional<Response> parse_named(Cursor& cursor, const std::string& name) {
    if (name == "CAPABILITY") return parse_names<Capabilities>(cursor);
    if (name == "ENABLED") return parse_names<Enabled>(cursor);
    if (name == "LIST" || name == "LSUB" || name == "XLIST") return parse_list(cursor, name);
    if (name == "SEARCH") return parse_search(cursor);
    if (name == "ESEARCH") return parse_esearch(cursor);
    if (name == "FLAGS") return parse_flags(cursor);
    if (name.empty()) return std::nullopt;
    return Ignored{name};
}

Response parse_untagged(Cursor& cursor, std::string_view text) {
    std::string name = "untagged";
    std::optional<Response> response;
    cursor.take_spaces();
    if (cursor.peek() >= '0' && cursor.peek() <= '9') {
        if (const auto number = cursor.take_number(kNumberMax))
            response = parse_numbered(cursor, static_cast<std::uint32_t>(*number), name);
    } else if (std::optional<StatusLine> status = parse_status(cursor)) {
        return std::move(*status);
    } else {
        name = to_upper(cursor.take_atom());
        response = parse_named(cursor, name);
    }
    if (response) return std::move(*response);
    return malformed(name.empty() ? "untagged" : name, cursor, text);
}

Response parse_tagged(Cursor& cursor, std::string_view text) {
    // Exchange answers UID MOVE with a line "[COPYUID …]" that lacks its "* OK". No tag of ours
    // begins so.
    if (cursor.peek() == '[') {
        if (std::optional<StatusLine> code = parse_bare_code(cursor)) return std::move(*code);
    }
    const std::string tag(cursor.take_until(" "));
    if (!tag.empty() && cursor.take_spaces()) {
        if (std::optional<StatusLine> status = parse_status(cursor)) {
            status->tag = tag;
            return std::move(*status);
        }
    }
    return malformed("tagged", cursor, text);
}

}  // namespace

std::string to_upper(std::string_view text) {
    std::string out(text);
    for (char& byte : out)
        if (byte >= 'a' && byte <= 'z') byte = static_cast<char>(byte - 'a' + 'A');
    return out;
}

std::optional<std::vector<std::string>> take_flag_list(Cursor& cursor) {
    std::vector<std::string> out;
    if (!cursor.take('(')) {
        const bool nil = base::equals_ignoring_case(cursor.take_atom(), "NIL");
        return nil ? std::optional(out) : std::nullopt;
    }
    while (true) {
        cursor.take_spaces();
        if (cursor.take(')')) return out;
        std::optional<std::string> flag = cursor.take_astring();
        if (!flag || flag->find('\0') != std::string::npos) return std::nullopt;
        if (out.size() == kFlagsMax) {
            cursor.note_limit("more than 1,000 names in a list");
            return std::nullopt;
        }
        out.push_back(std::move(*flag));
    }
}

Response parse_response(Frame frame, std::uint64_t* steps) {
    Cursor cursor(frame);
    const std::string_view text = frame.text;
    Response response;
    if (text.find('\0') != std::string_view::npos)
        response = malformed(text.starts_with('*') ? "untagged" : "tagged", cursor, text);
    else if (cursor.take('+'))
        response = Continuation{std::string(base::trim(cursor.rest()))};
    else if (text == "*" || text.starts_with("* ")) {
        cursor.take('*');
        response = parse_untagged(cursor, text);
    } else
        response = parse_tagged(cursor, text);
    if (steps) *steps += cursor.steps() + text.size();
    return response;
}

}  // namespace imap
