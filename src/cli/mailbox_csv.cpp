#include "cli/mailbox_csv.h"

#include <fmt/format.h>

#include <array>
#include <map>

#include "base/log.h"
#include "base/text.h"

namespace cli {

namespace {

constexpr std::size_t kRowsMax = 500;
constexpr std::array<std::string_view, 9> kColumns = {
    "email", "role", "password", "name", "zone", "login", "provider", "smtp", "imap"
};

struct Record {
    int line = 0;  // where it starts
    std::vector<std::string> fields;
};

// Takes one field off `text`, which stands at its start; the separator stays. Nothing where a quote
// is not closed.
std::optional<std::string> take_field(std::string_view& text, int& line) {
    std::string field;
    if (!text.starts_with('"')) {
        const std::size_t end = std::min(text.find_first_of(",\n"), text.size());
        field = base::trim(text.substr(0, end));
        text.remove_prefix(end);
        return field;
    }
    text.remove_prefix(1);
    while (true) {
        const std::size_t quote = text.find('"');
        if (quote == std::string_view::npos) return std::nullopt;
        const std::string_view piece = text.substr(0, quote);
        line += static_cast<int>(std::count(piece.begin(), piece.end(), '\n'));
        field += piece;
        text.remove_prefix(quote + 1);
        if (!text.starts_with('"')) break;
        field += '"';
        text.remove_prefix(1);
    }
    while (text.starts_with(' ') || text.starts_with('\r')) text.remove_prefix(1);
    return field;
}

struct Reading {
    std::vector<std::string> problems{};
    std::vector<ImportRow> rows{};
    std::map<std::string, std::size_t> columns{};

    void refuse(int line, const std::string& why) {
        problems.push_back(fmt::format("line {}: {}", line, why));
    }
    std::optional<Record> take_record(std::string_view& text, int& line);
    void read_heading(const Record& record);
    void read_row(const Record& record);
    std::string field(const Record& record, const std::string& column) const {
        const auto found = columns.find(column);
        return found == columns.end() ? std::string() : record.fields[found->second];
    }
};

std::optional<Record> Reading::take_record(std::string_view& text, int& line) {
    Record record{line, {}};
    while (true) {
        const auto field = take_field(text, line);
        const bool ends_well = field && (text.empty() || text[0] == ',' || text[0] == '\n');
        if (!ends_well) {
            refuse(
                record.line, field ? "something follows a closing quote" : "a quote is not closed"
            );
            return std::nullopt;
        }
        record.fields.push_back(*field);
        const bool more = text.starts_with(',');
        if (!text.empty()) text.remove_prefix(1);
        if (!more) break;
    }
    ++line;
    return record;
}

void Reading::read_heading(const Record& record) {
    for (std::size_t i = 0; i < record.fields.size(); ++i) {
        const std::string name = base::to_lower(record.fields[i]);
        if (std::ranges::find(kColumns, name) == kColumns.end())
            refuse(
                record.line,
                fmt::format(
                    "'{}' is not a column; use email, role, password, name, zone, login, provider, "
                    "smtp, "
                    "imap",
                    base::printable(record.fields[i], 40)
                )
            );
        else if (!columns.emplace(name, i).second)
            refuse(record.line, fmt::format("the column {} stands there twice", name));
    }
    for (const char* needed : {"email", "role"})
        if (!columns.contains(needed))
            refuse(record.line, fmt::format("the column {} is missing", needed));
}

void Reading::read_row(const Record& record) {
    const std::string password = field(record, "password");
    base::log::mask(password);
    const std::string where = fmt::format("line {}", record.line);
    const auto email = base::Email::parse(field(record, "email"));
    const std::string role = base::to_lower(field(record, "role"));
    if (!email) refuse(record.line, email.error().message);
    if (role != "sender" && role != "seed")
        refuse(
            record.line, fmt::format("role '{}': use sender or seed", base::printable(role, 40))
        );
    if (!email || (role != "sender" && role != "seed")) return;
    ImportRow row;
    row.where = where;
    row.provider = base::to_lower(field(record, "provider"));
    row.mailbox.email = *email;
    row.mailbox.role = role == "seed" ? mailbox::Role::seed : mailbox::Role::sender;
    row.mailbox.name = field(record, "name");
    row.mailbox.zone = field(record, "zone");
    row.mailbox.login = field(record, "login");
    row.mailbox.smtp_url = field(record, "smtp");
    row.mailbox.imap_url = field(record, "imap");
    if (!password.empty()) row.mailbox.password = password;
    rows.push_back(std::move(row));
}

std::string_view without_mark(std::string_view text) {
    constexpr std::string_view kMark = "\xEF\xBB\xBF";
    return text.starts_with(kMark) ? text.substr(kMark.size()) : text;
}

}  // namespace

bool is_mailbox_csv(std::string_view text) {
    const std::string_view rest = without_mark(text);
    const std::string_view line = rest.substr(0, rest.find('\n'));
    if (line.find('=') != std::string_view::npos) return false;
    for (const std::string& name : base::split(line, ','))
        if (base::equals_ignoring_case(
                base::replace_all(std::string(base::trim(name)), "\"", ""), "email"
            ))
            return true;
    return false;
}

base::Result<std::vector<ImportRow>> read_mailbox_csv(std::string_view text) {
    Reading reading;
    text = without_mark(text);
    int line = 1;
    bool heading = true;
    while (!text.empty() && reading.rows.size() <= kRowsMax) {
        const auto record = reading.take_record(text, line);
        if (!record) break;
        const bool blank = record->fields.size() == 1 && record->fields[0].empty();
        if (heading) {
            reading.read_heading(*record);
            if (!reading.problems.empty()) break;
            heading = false;
        } else if (!blank && record->fields.size() < reading.columns.size()) {
            reading.refuse(record->line, "there are fewer fields than in the first line");
        } else if (!blank) {
            reading.read_row(*record);
        }
    }
    if (reading.rows.size() > kRowsMax)
        reading.refuse(line, fmt::format("more than {} mailboxes; cut the file in two", kRowsMax));
    if (reading.rows.empty() && reading.problems.empty())
        reading.refuse(line, "no mailbox stands below the first line, which names the columns");
    if (reading.problems.empty()) return std::move(reading.rows);
    return base::fail(base::ErrorCode::invalid_input, "import", base::join(reading.problems, "\n"));
}

}  // namespace cli
