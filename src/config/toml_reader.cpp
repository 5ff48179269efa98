#include "config/toml_reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#define TOML_HEADER_ONLY 1
#define TOML_EXCEPTIONS 0
#define TOML_ENABLE_FORMATTERS 0
#include <toml++/toml.h>

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

}  // namespace

base::Result<std::vector<TomlEntry>> read_toml(std::string_view text) {
    const toml::parse_result parsed = toml::parse(text);
    if (!parsed) {
        const toml::parse_error& error = parsed.error();
        return base::fail(
            base::ErrorCode::invalid_input,
            "toml",
            fmt::format("{}: {}", error.source().begin.line, error.description())
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
