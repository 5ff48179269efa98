#include "imap/command.h"

#include <algorithm>

#include "base/text.h"
#include "imap/types.h"
#include "imap/uid_ranges.h"

namespace imap {
namespace {

// Servers limit a command line to about 8,000 bytes; what is longer travels as a literal.
constexpr std::size_t kQuotedBytesMax = 1000;
constexpr std::size_t kLiteralMinusBytesMax = 4096;  // RFC 7888 section 5

std::unexpected<base::Error> invalid(std::string message) {
    return base::fail(base::ErrorCode::invalid_input, "imap.command", std::move(message));
}

bool is_ascii(std::string_view text) {
    return std::all_of(text.begin(), text.end(), [](char byte) {
        return static_cast<unsigned char>(byte) < 0x80;
    });
}

bool ends_line(std::string_view text) {
    return text.find_first_of(std::string_view("\r\n\0", 3)) != std::string_view::npos;
}

// The end of the quoted string that begins at `start`, behind its closing quote.
std::size_t end_of_quoted(std::string_view text, std::size_t start) {
    for (std::size_t at = start + 1; at < text.size(); ++at) {
        if (text[at] == '\\')
            ++at;
        else if (text[at] == '"')
            return at + 1;
    }
    return std::string_view::npos;
}

std::string unquoted(std::string_view quoted_text) {
    std::string out;
    for (std::size_t at = 1; at + 1 < quoted_text.size(); ++at) {
        if (quoted_text[at] == '\\') ++at;
        out += quoted_text[at];
    }
    return out;
}

// Criteria with 8-bit text need a charset, and their strings must be literals (RFC 3501
// section 6.4.4).
base::Result<CommandText> search_text(const std::string& criteria, Dialect dialect) {
    CommandText out(dialect);
    if (is_ascii(criteria)) return out.text("UID SEARCH ").text(criteria);
    if (!base::is_utf8(criteria)) return invalid("the search criteria are not UTF-8");
    // RFC 6855 section 3: then text is UTF-8 anyway, and CHARSET is an error.
    out.text(dialect.utf8 ? "UID SEARCH " : "UID SEARCH CHARSET UTF-8 ");
    const std::string_view text = criteria;
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t quote = std::min(text.find('"', at), text.size());
        if (!is_ascii(text.substr(at, quote - at)))
            return invalid("search text outside of ASCII must be quoted (imap::quoted)");
        out.text(text.substr(at, quote - at));
        if (quote == text.size()) break;
        const std::size_t end = end_of_quoted(text, quote);
        if (end == std::string_view::npos) return invalid("a quoted search text does not end");
        out.string(unquoted(text.substr(quote, end - quote)));
        at = end;
    }
    return out;
}

base::Result<> check_line(std::string_view what, std::string_view text) {
    if (text.empty()) return invalid("the " + std::string(what) + " is empty");
    if (ends_line(text))
        return invalid("the " + std::string(what) + " holds a line break or NUL: remove it");
    return {};
}

base::Result<> check_set(std::string_view uid_set) {
    if (UidRanges::parse(uid_set)) return {};
    return invalid("'" + base::printable(uid_set, 60) + "' is not a UID set such as 1,5:9");
}

base::Result<CommandText> command_text(ListFolders command, Dialect dialect) {
    const base::Result<> checked = check_line("folder name", command.wire_pattern);
    if (!checked) return base::pass_on(checked);
    CommandText out(dialect);
    out.text("LIST \"\" ").string(command.wire_pattern);
    if (command.return_special_use) out.text(" RETURN (SPECIAL-USE)");
    return out;
}

base::Result<CommandText> with_folder(
    std::string_view words, const std::string& wire_name, Dialect dialect
) {
    const base::Result<> checked = check_line("folder name", wire_name);
    if (!checked) return base::pass_on(checked);
    CommandText out(dialect);
    out.text(words).string(wire_name);
    return out;
}

base::Result<CommandText> command_text(SelectFolder command, Dialect dialect) {
    return with_folder(command.read_only ? "EXAMINE " : "SELECT ", command.wire_name, dialect);
}

base::Result<CommandText> command_text(SearchUids command, Dialect dialect) {
    const base::Result<> checked = check_line("search criteria", command.criteria);
    if (!checked) return base::pass_on(checked);
    return search_text(command.criteria, dialect);
}

base::Result<CommandText> with_set(
    std::string_view verb,
    const std::string& uid_set,
    std::string_view what,
    const std::string& rest
) {
    const base::Result<> set = check_set(uid_set);
    if (!set) return base::pass_on(set);
    const base::Result<> line = check_line(what, rest);
    if (!line) return base::pass_on(line);
    if (!is_ascii(rest)) return invalid("the " + std::string(what) + " must be ASCII");
    CommandText out;
    out.text(verb).text(uid_set).text(" ").text(rest);
    return out;
}

base::Result<CommandText> command_text(FetchUids command, Dialect) {
    // Several items need parentheses, and one may have them.
    const bool bare =
        command.items.find(' ') != std::string::npos && !command.items.starts_with('(');
    return with_set(
        "UID FETCH ", command.uid_set, "item list", bare ? '(' + command.items + ')' : command.items
    );
}

base::Result<CommandText> command_text(StoreFlags command, Dialect) {
    return with_set("UID STORE ", command.uid_set, "flag change", command.change);
}

base::Result<CommandText> command_text(Logout, Dialect) { return CommandText().text("LOGOUT"); }
base::Result<CommandText> command_text(Noop, Dialect) { return CommandText().text("NOOP"); }
base::Result<CommandText> command_text(Idle, Dialect) { return CommandText().text("IDLE"); }

base::Result<CommandText> to_folder(
    std::string_view verb, const std::string& uid_set, const std::string& wire_name, Dialect dialect
) {
    const base::Result<> set = check_set(uid_set);
    if (!set) return base::pass_on(set);
    return with_folder(std::string(verb) + uid_set + ' ', wire_name, dialect);
}

base::Result<CommandText> command_text(CopyUids command, Dialect dialect) {
    return to_folder("UID COPY ", command.uid_set, command.wire_name, dialect);
}

base::Result<CommandText> command_text(MoveUids command, Dialect dialect) {
    return to_folder("UID MOVE ", command.uid_set, command.wire_name, dialect);
}

base::Result<CommandText> command_text(ExpungeUids command, Dialect) {
    const base::Result<> set = check_set(command.uid_set);
    if (!set) return base::pass_on(set);
    return CommandText().text("UID EXPUNGE ").text(command.uid_set);
}

base::Result<CommandText> command_text(CreateFolder command, Dialect dialect) {
    return with_folder("CREATE ", command.wire_name, dialect);
}

// Names without their parentheses; nothing where one is no flag.
std::optional<std::string> flags_of(std::string_view flags) {
    if (flags.starts_with('(') && flags.ends_with(')')) flags = flags.substr(1, flags.size() - 2);
    for (const char byte : flags)
        if (byte < 0x20 || byte == 0x7f || std::string_view("(){%*\"]").contains(byte))
            return std::nullopt;
    return std::string(base::trim(flags));
}

base::Result<CommandText> command_text(AppendMessage command, Dialect dialect) {
    if (command.message.empty()) return invalid("the message to be filed is empty");
    if (command.message.find('\0') != std::string::npos)
        return invalid("the message to be filed holds a NUL");
    const std::optional<std::string> flags = flags_of(command.flags);
    if (!flags) return invalid("'" + base::printable(command.flags, 60) + "' are no flags");
    base::Result<CommandText> out = with_folder("APPEND ", command.wire_name, dialect);
    if (!out) return out;
    if (!flags->empty()) out->text(" (" + *flags + ")");
    if (command.date) out->text(" \"" + date_time(*command.date) + '"');
    // RFC 6855 section 4: a message whose header is not ASCII is marked.
    const std::string_view header =
        std::string_view(command.message).substr(0, command.message.find("\r\n\r\n"));
    if (!dialect.utf8 || is_ascii(header))
        out->text(" ").literal(std::move(command.message));
    else
        out->text(" UTF8 (").literal(std::move(command.message), "~").text(")");
    return out;
}

}  // namespace

CommandText& CommandText::text(std::string_view text) {
    parts_.back() += text;
    return *this;
}

CommandText& CommandText::string(std::string_view value) {
    const std::optional<std::string> simple = quoted(value);
    const bool readable = is_ascii(value) || (dialect_.utf8 && base::is_utf8(value));
    if (simple && readable && simple->size() <= kQuotedBytesMax) return text(*simple);
    return literal(std::string(value));
}

CommandText& CommandText::literal(std::string value, std::string_view before) {
    const bool at_once =
        dialect_.literal_plus || (dialect_.literal_minus && value.size() <= kLiteralMinusBytesMax);
    text(before).text("{" + std::to_string(value.size()) + (at_once ? "+}\r\n" : "}\r\n"));
    if (at_once) return text(value);
    parts_.push_back(std::move(value));
    return *this;
}

std::vector<std::string> CommandText::parts(std::string_view tag) && {
    parts_.front().insert(0, std::string(tag) + ' ');
    parts_.back() += "\r\n";
    return std::move(parts_);
}

base::Result<std::vector<std::string>> write_command(
    std::string_view tag, Command command, Dialect dialect
) {
    base::Result<CommandText> text = std::visit(
        [&](auto&& one) { return command_text(std::move(one), dialect); }, std::move(command)
    );
    if (!text) return base::pass_on(text);
    return std::move(*text).parts(tag);
}

std::vector<std::string> write_login(
    std::string_view tag, std::string_view login, std::string_view password
) {
    CommandText out;
    out.text("LOGIN ").string(login).text(" ").string(password);
    return std::move(out).parts(tag);
}

std::string sasl_plain(std::string_view login, std::string_view password) {
    std::string plain(1, '\0');
    plain.append(login).append(1, '\0').append(password);
    return base::base64_encode(plain);
}

}  // namespace imap
