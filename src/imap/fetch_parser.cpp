// FETCH (RFC 3501 section 7.4.2). Items that nobody asked for are skipped by their structure alone.
#include <array>
#include <limits>

#include "base/text.h"
#include "imap/parser_parts.h"

namespace imap {
namespace {

constexpr std::uint64_t kUidMax = std::numeric_limits<std::uint32_t>::max();
constexpr std::uint64_t kSizeMax = std::numeric_limits<std::uint64_t>::max();

// "[HEADER.FIELDS ("X-A" x-b)]<0>" as "[HEADER.FIELDS (X-A X-B)]<0>": servers quote at will.
std::optional<std::string> take_section(Cursor& cursor) {
    std::string out = "[";
    if (!cursor.take('[')) return std::nullopt;
    while (!cursor.take(']')) {
        if (cursor.at_end()) return std::nullopt;
        const std::string_view plain = cursor.take_until("]\"");
        if (!plain.empty()) {
            out += to_upper(plain);
            continue;
        }
        const std::optional<std::string> name = cursor.take_string();
        if (!name || name->find('\0') != std::string::npos) return std::nullopt;
        out += to_upper(*name);
    }
    out += ']';
    if (cursor.peek() == '<') {
        out += cursor.take_until(">");
        if (!cursor.take('>')) return std::nullopt;
        out += '>';
    }
    return out;
}

// NIL leaves `out` as it is.
bool take_uint(Cursor& cursor, std::uint64_t max, std::uint64_t& out) {
    if (base::equals_ignoring_case(cursor.rest().substr(0, 3), "NIL"))
        return !cursor.take_atom().empty();
    const std::optional<std::uint64_t> number = cursor.take_number(max);
    if (number) out = *number;
    return number.has_value();
}

bool take_uid(Cursor& cursor, FetchData& out) {
    std::uint64_t uid = 0;
    if (!take_uint(cursor, kUidMax, uid) || uid == 0) return false;
    out.message.uid = static_cast<std::uint32_t>(uid);
    return true;
}

bool take_flags(Cursor& cursor, FetchData& out) {
    std::optional<std::vector<std::string>> flags = take_flag_list(cursor);
    if (!flags) return false;
    out.message.flags = std::move(*flags);
    out.has_flags = true;
    return true;
}

bool take_labels(Cursor& cursor, FetchData& out) {
    std::optional<std::vector<std::string>> labels = take_flag_list(cursor);
    if (!labels) return false;
    out.message.gmail_labels = std::move(*labels);
    out.has_labels = true;
    return true;
}

bool take_internal_date(Cursor& cursor, FetchData& out) {
    std::optional<std::optional<std::string>> date = cursor.take_nstring();
    if (!date || date->value_or("").find('\0') != std::string::npos) return false;
    out.message.internal_date = date->value_or("");
    return true;
}

bool take_size(Cursor& cursor, FetchData& out) {
    return take_uint(cursor, kSizeMax, out.message.size);
}
bool take_gmail_message(Cursor& cursor, FetchData& out) {
    return take_uint(cursor, kSizeMax, out.message.gmail_message_id);
}
bool take_gmail_thread(Cursor& cursor, FetchData& out) {
    return take_uint(cursor, kSizeMax, out.message.gmail_thread_id);
}

struct Item {
    std::string_view name;
    bool (*take)(Cursor&, FetchData&);
};
constexpr std::array<Item, 7> kItems{{
    {"UID", take_uid},
    {"FLAGS", take_flags},
    {"INTERNALDATE", take_internal_date},
    {"RFC822.SIZE", take_size},
    {"X-GM-LABELS", take_labels},
    {"X-GM-MSGID", take_gmail_message},
    {"X-GM-THRID", take_gmail_thread},
}};

bool take_body(Cursor& cursor, std::string name, FetchData& out) {
    std::optional<std::string> section = take_section(cursor);
    if (!section) return false;
    cursor.take_spaces();
    if (cursor.peek() == '(') return cursor.skip_value();
    std::optional<std::optional<std::string>> bytes = cursor.take_nstring();
    if (!bytes) return false;
    if (*bytes) out.message.sections[name + *section] = std::move(**bytes);
    return true;
}

bool take_item(Cursor& cursor, FetchData& out) {
    const std::string name = to_upper(cursor.take_until(" ()[\""));
    if (name.empty()) return false;
    if (cursor.peek() == '[') return take_body(cursor, name, out);
    cursor.take_spaces();
    for (const Item& item : kItems)
        if (item.name == name) return item.take(cursor, out);
    return cursor.skip_value();
}

}  // namespace

std::optional<Response> parse_fetch(Cursor& cursor, std::uint32_t sequence) {
    FetchData out;
    out.message.sequence = sequence;
    cursor.take_spaces();
    if (!cursor.take('(')) return std::nullopt;
    // Domino puts some items in parentheses of their own: they are looked through.
    int depth = 1;
    while (depth > 0) {
        cursor.take_spaces();
        if (cursor.take(')')) {
            --depth;
        } else if (cursor.take('(')) {
            if (!cursor.descend(depth)) return std::nullopt;
        } else if (!take_item(cursor, out)) {
            return std::nullopt;
        }
    }
    return out;
}

}  // namespace imap
