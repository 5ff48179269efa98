#include "config/env_file.h"

#include "base/text.h"

namespace config {

namespace {

constexpr std::size_t kBytesMax = 1 << 20;
constexpr std::size_t kVariablesMax = 1000;

bool is_name_start(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }
bool is_name(char c) { return is_name_start(c) || (c >= '0' && c <= '9') || c == '.' || c == '-'; }
bool is_blank(char c) { return c == ' ' || c == '\t'; }

struct EnvParser {
    std::string_view text;
    std::size_t at = 0;
    int line = 1;
    std::size_t line_start = 0;

    bool done() const { return at >= text.size(); }
    char peek() const { return done() ? '\0' : text[at]; }
    void step() {
        if (text[at] == '\n') {
            ++line;
            line_start = at + 1;
        }
        ++at;
    }
    void skip_blanks() {
        while (!done() && is_blank(peek())) step();
    }
    void skip_line() {
        while (!done() && peek() != '\n') step();
        if (!done()) step();
    }
    bool at_line_end() const {
        return done() || peek() == '\n' || text.substr(at).starts_with("\r\n");
    }

    std::unexpected<base::Error> refuse(const std::string& why) const {
        return base::fail(
            base::ErrorCode::invalid_input,
            "env file",
            fmt::format("line {}, column {}: {}", line, at - line_start + 1, why)
        );
    }

    base::Result<EnvVariable> variable();
    base::Result<std::string> value(const std::string& name);
    base::Result<std::string> quoted(const std::string& name, char quote);
    base::Result<std::string> unquoted(const std::string& name);
    base::Result<> end_of_quoted(const std::string& name);
};

base::Result<EnvVariable> EnvParser::variable() {
    if (text.substr(at).starts_with("export") && at + 6 < text.size() && is_blank(text[at + 6])) {
        at += 6;
        skip_blanks();
    }
    EnvVariable found;
    found.line = line;
    const std::size_t begin = at;
    while (!done() && is_name(peek())) step();
    if (at == begin || !is_name_start(text[begin])) {
        at = begin;
        return refuse("expected NAME=VALUE; start comments with # and put long values in quotes");
    }
    found.name = text.substr(begin, at - begin);
    skip_blanks();
    // What stands here may be the rest of a value that lost its quotes: it is not repeated.
    if (peek() != '=')
        return refuse("expected '=' after a name; put values of many lines in quotes");
    step();
    skip_blanks();
    auto its = value(found.name);
    if (!its) return base::pass_on(its);
    found.value = std::move(*its);
    return found;
}

base::Result<std::string> EnvParser::value(const std::string& name) {
    const char first = peek();
    if (first != '\'' && first != '"') return unquoted(name);
    auto inside = quoted(name, first);
    if (!inside) return inside;
    const auto rest = end_of_quoted(name);
    if (!rest) return base::pass_on(rest);
    return inside;
}

base::Result<std::string> EnvParser::quoted(const std::string& name, char quote) {
    const EnvParser start = *this;
    step();
    std::string out;
    while (!done() && peek() != quote) {
        char c = peek();
        if (quote == '"' && c == '$' && text.substr(at).starts_with("${"))
            return refuse(name + " uses ${…}, which is not expanded; write the value itself");
        if (quote == '"' && c == '\\' && at + 1 < text.size()) {
            step();
            c = peek();
            const std::size_t known = std::string_view("nrt").find(c);
            if (known != std::string_view::npos)
                c = "\n\r\t"[known];
            else if (std::string_view("\"\\$'").find(c) == std::string_view::npos)
                out += '\\';  // an unknown escape is kept as it stands
        }
        out += c;
        step();
    }
    if (done()) return start.refuse(name + " has a quote that is never closed");
    step();
    return out;
}

base::Result<> EnvParser::end_of_quoted(const std::string& name) {
    skip_blanks();
    if (!at_line_end() && peek() != '#')
        return refuse(name + " goes on after its closing quote; quote the whole value");
    return {};
}

base::Result<std::string> EnvParser::unquoted(const std::string& name) {
    const std::size_t begin = at;
    while (!at_line_end()) {
        if (peek() == '#' && at > begin && is_blank(text[at - 1])) break;
        if (text.substr(at).starts_with("${"))
            return refuse(name + " uses ${…}, which is not expanded; write the value itself");
        step();
    }
    return std::string(base::trim(text.substr(begin, at - begin)));
}

base::Result<> check_whole(std::string_view text) {
    const auto refuse = [](const char* why) {
        return base::fail(base::ErrorCode::invalid_input, "env file", why);
    };
    if (text.size() > kBytesMax) return refuse("it is larger than 1 MiB; is it the right file?");
    if (!base::is_utf8(text)) return refuse("it is not UTF-8; save it as UTF-8");
    if (text.find('\0') != std::string_view::npos)
        return refuse("it has a NUL byte; is it the right file?");
    return {};
}

}  // namespace

base::Result<std::vector<EnvVariable>> parse_env_file(std::string_view text) {
    const auto whole = check_whole(text);
    if (!whole) return base::pass_on(whole);
    if (text.starts_with("\xef\xbb\xbf")) text.remove_prefix(3);
    std::vector<EnvVariable> variables;
    EnvParser parser{text};
    while (!parser.done()) {
        parser.skip_blanks();
        if (parser.at_line_end() || parser.peek() == '#') {
            parser.skip_line();
            continue;
        }
        auto variable = parser.variable();
        if (!variable) return base::pass_on(variable);
        parser.skip_line();
        std::erase_if(variables, [&](const EnvVariable& earlier) {
            return earlier.name == variable->name;
        });
        if (variables.size() == kVariablesMax)
            return parser.refuse("more than 1,000 variables; is it the right file?");
        variables.push_back(std::move(*variable));
    }
    return variables;
}

}  // namespace config
