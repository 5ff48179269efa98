#include "cli/document_writer.h"

#include <algorithm>

#include "base/text.h"

namespace cli {

namespace {

using documents::Kind;
using documents::Value;

// OWASP: CSV injection. Such files are opened in spreadsheets.
std::string no_formula(std::string text) {
    if (!text.empty() && std::string_view("=+-@\t\r").find(text[0]) != std::string_view::npos)
        text.insert(0, "'");
    return text;
}

std::string quoted(std::string text) {
    if (text.find_first_of(",;\"\r\n\t") == std::string::npos) return text;
    return '"' + base::replace_all(std::move(text), "\"", "\"\"") + '"';
}

std::string cell(const Value* value) {
    if (!value || value->kind == Kind::null) return {};
    if (value->kind == Kind::object_id) return value->text;
    if (value->kind == Kind::text) return no_formula(value->text);
    std::string json = documents::to_json(*value, documents::Style::relaxed);
    constexpr std::string_view kDate = R"({"$date":")";
    if (value->kind == Kind::date && json.starts_with(kDate))
        return json.substr(kDate.size(), json.size() - kDate.size() - 2);
    return json;
}

std::string line_of(const std::vector<std::string>& cells) {
    std::string line;
    for (std::size_t i = 0; i < cells.size(); ++i) line += (i == 0 ? "" : ",") + quoted(cells[i]);
    return line;
}

}  // namespace

std::string csv_field(std::string text) { return quoted(no_formula(std::move(text))); }

std::string ndjson_line(const Value& document, documents::Style style) {
    return documents::to_json(document, style);
}

std::string csv_heading(const std::vector<std::string>& fields) {
    std::vector<std::string> cells = fields;
    cells.emplace_back(kOtherFields);
    return line_of(cells);
}

std::string csv_line(const Value& document, const std::vector<std::string>& fields) {
    std::vector<std::string> cells;
    for (const std::string& field : fields) cells.push_back(cell(document.find(field)));
    Value other = Value::of_object();
    for (const documents::Member& member : document.members)
        if (std::ranges::find(fields, member.name) == fields.end()) other.members.push_back(member);
    cells.push_back(
        other.members.empty() ? "" : documents::to_json(other, documents::Style::relaxed)
    );
    return line_of(cells);
}

}  // namespace cli
