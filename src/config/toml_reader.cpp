#include "config/toml_reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#define TOML_HEADER_ONLY 1
#define TOML_EXCEPTIONS 0
#define TOML_ENABLE_FORMATTERS 0
#include <toml++/toml.h>

#include "base/text.h"

namespace config {

namespace {

int line_of(const toml::node& node) { return static_cast<int>(node.source().begin.line); }

Value list_of(const toml::array& array) {
    std::vector<std::string> texts;
    for (const toml::node& item : array) {
        const auto* text = item.as_string();
        if (text == nullptr) return OtherValue{"an array with something else than texts"};
        texts.push_back(text->get());
    }
    return texts;
}

Value value_of(const toml::node& node) {
    if (const auto* text = node.as_string()) return text->get();
    if (const auto* integer = node.as_integer()) return integer->get();
    if (const auto* number = node.as_floating_point()) return number->get();
    if (const auto* boolean = node.as_boolean()) return boolean->get();
    if (const auto* array = node.as_array()) return list_of(*array);
    if (node.is_table()) return OtherValue{"a table"};
    return OtherValue{"a date or time"};
}

void flatten(const toml::table& table, const std::string& prefix, std::vector<TomlEntry>& out);

// Tables nest no deeper than toml++ allows in its parser (256), so recursion is bounded.
void flatten_node(const toml::node& node, const std::string& name, std::vector<TomlEntry>& out) {
    const toml::table* inner = node.as_table();
    const toml::array* list = node.as_array();
    if (inner != nullptr && !inner->empty())
        flatten(*inner, name + ".", out);
    else if (list != nullptr && list->is_array_of_tables())
        for (std::size_t i = 0; i < list->size(); ++i)
            flatten_node(*list->get(i), fmt::format("{}[{}]", name, i), out);
    else
        out.push_back({name, value_of(node), line_of(node)});
}

void flatten(const toml::table& table, const std::string& prefix, std::vector<TomlEntry>& out) {
    for (const auto& [key, node] : table) flatten_node(node, prefix + std::string(key.str()), out);
}

std::string quoted(std::string_view text) {
    std::string out = "\"";
    for (const char c : text) {
        if (c == '"' || c == '\\')
            out += {'\\', c};
        else if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f)
            out += fmt::format("\\u{:04X}", static_cast<unsigned>(static_cast<unsigned char>(c)));
        else
            out += c;
    }
    return out + '"';
}

struct Spell {
    std::string operator()(const std::string& text) const { return quoted(text); }
    std::string operator()(std::int64_t integer) const { return std::to_string(integer); }
    std::string operator()(bool boolean) const { return boolean ? "true" : "false"; }
    std::string operator()(double number) const {
        if (!std::isfinite(number))
            return std::isnan(number) ? "nan" : (number < 0 ? "-inf" : "inf");
        std::string text = fmt::format("{}", number);
        if (text.find_first_of(".e") == std::string::npos) text += ".0";
        return text;
    }
    std::string operator()(const std::vector<std::string>& texts) const {
        std::string out;
        for (const std::string& text : texts) out += (out.empty() ? "" : ", ") + quoted(text);
        return "[" + out + "]";
    }
    std::string operator()(const OtherValue& other) const { return other.kind; }
};

std::string_view line_at(std::string_view text, std::uint32_t number) {
    for (; number > 1; --number)
        text.remove_prefix(std::min(text.size(), std::min(text.size(), text.find('\n')) + 1));
    return text.substr(0, text.find('\n'));
}

// What to write instead, by what the line lacks. Nothing behind the = is repeated: a key or a
// password may stand there.
std::string mend_of(std::string_view line, std::string_view what) {
    const auto says = [&](std::string_view words) {
        return what.find(words) != std::string_view::npos;
    };
    line = base::trim(line);
    const std::string name(base::trim(line.substr(0, std::min(line.find('='), line.size()))));
    const std::string shown = base::printable(name, 60);
    if (says("redefine") || says("already exists") || says("cannot insert"))
        return "keep one of the two";
    if (line.starts_with('['))
        return line.ends_with(']') ? "write a heading such as [warmup]"
                                   : "close the heading: " + shown + "]";
    if (line.find('=') == std::string_view::npos)
        return "write key = value; texts and lists that go on over lines need their end";
    if (name.empty()) return "write a key before the =";
    const std::string_view value = base::trim(line.substr(line.find('=') + 1));
    if (value.empty()) return fmt::format("write a value: {} = \"…\"", shown);
    if (value.front() == '"' || value.front() == '\'')
        return says("escape sequence")
                   ? fmt::format("write {} = '…' where the text has a \\", shown)
                   : fmt::format("close the text: {} = {}…{}", shown, value[0], value[0]);
    if (value.front() == '[') return fmt::format("close the list: {} = [\"…\", \"…\"]", shown);
    return fmt::format("write texts in quotes: {} = \"…\"", shown);
}

}  // namespace

base::Result<std::vector<TomlEntry>> read_toml(std::string_view text) {
    const toml::parse_result parsed = toml::parse(text);
    if (!parsed) {
        const toml::parse_error& error = parsed.error();
        const toml::source_position at = error.source().begin;
        return base::fail(
            base::ErrorCode::invalid_input,
            "toml",
            fmt::format(
                "{}:{}: {}; {}",
                at.line,
                at.column,
                error.description(),
                mend_of(line_at(text, at.line), error.description())
            )
        );
    }
    std::vector<TomlEntry> entries;
    flatten(parsed.table(), "", entries);
    std::ranges::sort(entries, {}, [](const TomlEntry& entry) {
        return std::pair<int, std::string_view>(entry.line, entry.name);
    });
    return entries;
}

std::string to_toml(const Value& value) { return std::visit(Spell{}, value); }

}  // namespace config
