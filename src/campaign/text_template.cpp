#include "campaign/text_template.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"

namespace campaign {

// A piece of text, a field, a sequence of nodes, or a choice among sequences.
struct TextTemplate::Node {
    enum class Kind { text, field, sequence, choice };
    Kind kind = Kind::sequence;
    std::string text = {};  // of a field its name
    bool has_fallback = false;
    std::string fallback = {};
    std::vector<Node> parts = {};
};

namespace {

using Node = TextTemplate::Node;
using Kind = Node::Kind;

constexpr std::size_t kBytesMax = 64 * 1024;
constexpr int kLevelsMax = 10;
constexpr std::int64_t kVariationsMax = 1'000'000'000;

bool is_name(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == ' ' || c == '-' || c == '.' || static_cast<unsigned char>(c) >= 0x80;
}

class Parser {
  public:
    explicit Parser(std::string_view text) : text_(text) {}

    base::Result<Node> parse() {
        if (text_.size() > kBytesMax) return wrong(0, "the text is longer than 64 KiB");
        return sequence(0);
    }

  private:
    std::unexpected<base::Error> wrong(std::size_t at, const std::string& words) const {
        const std::string_view before = text_.substr(0, at);
        const auto line = std::ranges::count(before, '\n') + 1;
        const std::size_t start = before.rfind('\n');
        const std::size_t column = at - (start == std::string_view::npos ? 0 : start + 1) + 1;
        return base::fail(
            base::ErrorCode::invalid_input,
            "campaign.template",
            fmt::format("line {}, column {}: {}", line, column, words)
        );
    }

    // Up to the end of the text, or (within a choice) to its '|' or '}'.
    base::Result<Node> sequence(int level) {
        Node node;
        while (at_ < text_.size()) {
            const char c = text_[at_];
            if (level > 0 && (c == '|' || c == '}')) return node;
            if (c == '}')
                return wrong(at_, "a '}' that nothing opens (write \\} for the character)");
            if (c == '{') {
                base::Result<Node> part = braces(level);
                if (!part) return part;
                node.parts.push_back(std::move(*part));
            } else if (!add_character(node)) {
                return wrong(at_, "a \\ that escapes none of { } | \\");
            }
        }
        return node;
    }

    bool add_character(Node& node) {
        if (text_[at_] == '\\') {
            const char next = at_ + 1 < text_.size() ? text_[at_ + 1] : '\0';
            if (next != '{' && next != '}' && next != '|' && next != '\\') return false;
            ++at_;
        }
        if (node.parts.empty() || node.parts.back().kind != Kind::text)
            node.parts.push_back({.kind = Kind::text});
        node.parts.back().text += text_[at_++];
        return true;
    }

    base::Result<Node> braces(int level) {
        if (text_.substr(at_).starts_with("{{"))
            if (auto field = merge_field()) return std::move(*field);
        if (level >= kLevelsMax) return wrong(at_, "variations are nested more than 10 deep");
        return choice(level + 1);
    }

    // "{{name}}" or "{{name|fallback}}"; nothing where the braces hold something else.
    std::optional<Node> merge_field() {
        std::size_t end = at_ + 2;
        while (end < text_.size() && is_name(text_[end])) ++end;
        Node node{.kind = Kind::field, .text = field_name(text_.substr(at_ + 2, end - at_ - 2))};
        if (node.text.empty() || end >= text_.size()) return std::nullopt;
        if (text_[end] == '|') {
            const std::size_t start = ++end;
            while (end < text_.size() && text_[end] != '{' && text_[end] != '}' &&
                   text_[end] != '|' && text_[end] != '\\' && text_[end] != '\n')
                ++end;
            node.has_fallback = true;
            node.fallback = text_.substr(start, end - start);
        }
        if (!text_.substr(end).starts_with("}}")) return std::nullopt;
        at_ = end + 2;
        return node;
    }

    base::Result<Node> choice(int level) {
        const std::size_t opened = at_++;
        Node node{.kind = Kind::choice};
        while (true) {
            base::Result<Node> option = sequence(level);
            if (!option) return option;
            node.parts.push_back(std::move(*option));
            if (at_ >= text_.size())
                return wrong(opened, "a '{' that is never closed (write \\{ for the character)");
            if (text_[at_++] == '}') break;
        }
        if (node.parts.size() == 1)
            return wrong(
                opened, "one pair of braces without a '|': a field is {{name}}, a choice {a|b}"
            );
        return node;
    }

    std::string_view text_;
    std::size_t at_ = 0;
};

void collect_fields(const Node& node, std::vector<std::string>& names) {
    if (node.kind == Kind::field && std::ranges::find(names, node.text) == names.end())
        names.push_back(node.text);
    for (const Node& part : node.parts) collect_fields(part, names);
}

std::int64_t count_variations(const Node& node) {
    if (node.kind == Kind::text || node.kind == Kind::field) return 1;
    std::int64_t count = node.kind == Kind::choice ? 0 : 1;
    for (const Node& part : node.parts) {
        const std::int64_t of_part = count_variations(part);
        count = node.kind == Kind::choice ? count + of_part : count * of_part;
        count = std::min(count, kVariationsMax);
    }
    return count;
}

struct Rendering {
    const MergeFields& fields;
    base::Random& random;
    TextKind kind;
    std::string text = {};
    std::string missing = {};  // the first field without a value
};

void render_field(const Node& node, Rendering& out) {
    const auto found = out.fields.find(node.text);
    if (found != out.fields.end())
        out.text += out.kind == TextKind::html ? escape_html(found->second) : found->second;
    else if (node.has_fallback)
        out.text += node.fallback;
    else if (out.missing.empty())
        out.missing = node.text;
}

void render_node(const Node& node, Rendering& out) {
    switch (node.kind) {
        case Kind::text:
            out.text += node.text;
            return;
        case Kind::field:
            return render_field(node, out);
        case Kind::sequence:
            for (const Node& part : node.parts) render_node(part, out);
            return;
        case Kind::choice:
            return render_node(node.parts[out.random.below(node.parts.size())], out);
    }
}

}  // namespace

base::Result<TextTemplate> TextTemplate::parse(std::string_view text) {
    base::Result<Node> root = Parser(text).parse();
    if (!root) return base::pass_on(root);
    TextTemplate made;
    made.root_ = std::make_shared<const Node>(std::move(*root));
    return made;
}

base::Result<std::string> TextTemplate::render(
    const MergeFields& fields, base::Random& random, TextKind kind
) const {
    Rendering out{fields, random, kind};
    render_node(*root_, out);
    if (!out.missing.empty())
        return base::fail(
            base::ErrorCode::invalid_input,
            "campaign.template",
            fmt::format(
                "the lead has no value for {{{{{0}}}}}; give a fallback, {{{{{0}|…}}}}, or fill "
                "the "
                "field",
                out.missing
            )
        );
    return out.text;
}

std::vector<std::string> TextTemplate::fields() const {
    std::vector<std::string> names;
    collect_fields(*root_, names);
    return names;
}

std::int64_t TextTemplate::variations() const { return count_variations(*root_); }

std::string escape_html(std::string_view text) {
    std::string out;
    for (const char c : text) {
        if (c == '&')
            out += "&amp;";
        else if (c == '<')
            out += "&lt;";
        else if (c == '>')
            out += "&gt;";
        else if (c == '"')
            out += "&quot;";
        else if (c == '\'')
            out += "&#39;";
        else
            out += c;
    }
    return out;
}

base::SeededRandom chance_of(std::int64_t lead_id, std::int64_t text_id) {
    return base::SeededRandom(
        static_cast<std::uint64_t>(lead_id) * 0xd1342543de82ef95ULL +
        static_cast<std::uint64_t>(text_id) * 0x2545f4914f6cdd1dULL
    );
}

}  // namespace campaign
