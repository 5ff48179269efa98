#include "inbound/bounce_rules.h"

#include <array>
#include <optional>

#include "base/check.h"
#include "base/embedded.h"
#include "base/text.h"

namespace inbound {

namespace {

constexpr std::array<std::pair<std::string_view, RuleKind>, 8> kKinds = {{
    {"reason", RuleKind::reason},
    {"phase", RuleKind::phase},
    {"notice", RuleKind::notice},
    {"subject", RuleKind::subject},
    {"original", RuleKind::original},
    {"complaint", RuleKind::complaint},
    {"trying", RuleKind::trying},
    {"gaveup", RuleKind::gave_up},
}};

constexpr std::string_view kOriginMark = "  # from ";

// "[reason NAME last family=F]" without its brackets; nothing where a word is unknown.
std::optional<BounceRule> read_heading(std::string_view text) {
    BounceRule heading;
    bool known = false;
    for (const std::string& word : base::split(text, ' ')) {
        if (!known) {
            for (const auto& [name, kind] : kKinds)
                if (word == name) {
                    heading.kind = kind;
                    known = true;
                }
            if (!known) return std::nullopt;
        } else if (word == "last" && heading.kind == RuleKind::reason) {
            heading.kind = RuleKind::last;
        } else if (word.starts_with("family=")) {
            heading.family = word.substr(7);
        } else if (heading.answer.empty()) {
            heading.answer = word;
        } else {
            return std::nullopt;
        }
    }
    const bool wants_answer = heading.kind == RuleKind::reason || heading.kind == RuleKind::last ||
                              heading.kind == RuleKind::phase;
    if (!known || wants_answer == heading.answer.empty()) return std::nullopt;
    return heading;
}

// Takes the pieces in {braces} out of a line; the rest with them is the sample.
bool read_rule(std::string_view line, BounceRule& rule) {
    while (!line.empty()) {
        const std::size_t open = std::min(line.find('{'), line.size());
        rule.sample += line.substr(0, open);
        if (open == line.size()) break;
        line.remove_prefix(open + 1);
        const std::size_t close = line.find('}');
        if (close == std::string_view::npos || close == 0) return false;
        rule.sample += line.substr(0, close);
        std::string piece = base::to_lower(line.substr(0, close));  // a blank at its edge counts
        if (piece.empty() || piece.find('{') != std::string::npos) return false;
        rule.pieces.push_back(std::move(piece));
        line.remove_prefix(close + 1);
    }
    return !rule.pieces.empty();
}

std::vector<PhraseMatcher::Phrase> phrases_of(const std::vector<BounceRule>& rules) {
    std::vector<PhraseMatcher::Phrase> phrases;
    phrases.reserve(rules.size());
    for (const BounceRule& rule : rules) phrases.push_back(rule.pieces);
    return phrases;
}

}  // namespace

BounceRules::BounceRules(std::vector<BounceRule> rules)
    : rules_(std::move(rules)), matcher_(phrases_of(rules_)) {}

base::Result<BounceRules> BounceRules::parse(std::string_view text) {
    std::vector<BounceRule> rules;
    std::optional<BounceRule> heading;
    int number = 0;
    for (const std::string& whole : base::split(text, '\n')) {
        ++number;
        const std::string_view line = base::trim(whole);
        if (line.empty() || line.starts_with('#')) continue;
        const auto wrong = [&](const std::string& what) {
            return base::fail(
                base::ErrorCode::invalid_input,
                "bounce rules",
                "line " + std::to_string(number) + ": " + what
            );
        };
        if (line.starts_with('[') && line.ends_with(']')) {
            heading = read_heading(line.substr(1, line.size() - 2));
            if (!heading) return wrong("no heading that is known");
            continue;
        }
        if (!heading) return wrong("a rule without a heading");
        BounceRule rule = *heading;
        const std::size_t origin = std::min(line.find(kOriginMark), line.size());
        if (origin < line.size())
            rule.origins = base::split(line.substr(origin + kOriginMark.size()), ',');
        if (!read_rule(line.substr(0, origin), rule))
            return wrong("no piece in {braces}, or a brace too many");
        rules.push_back(std::move(rule));
    }
    return BounceRules(std::move(rules));
}

const BounceRules& BounceRules::standard() {
    static const BounceRules rules = [] {
        auto parsed = parse(embedded::inbound("bounce_rules.txt"));
        CHECK(parsed.has_value());
        return std::move(*parsed);
    }();
    return rules;
}

std::vector<RuleMatch> BounceRules::scan(std::string_view folded) const {
    std::vector<RuleMatch> found;
    const std::vector<PhraseMatch> matches = matcher_.scan(folded);
    found.reserve(matches.size());
    for (const PhraseMatch& match : matches)
        found.push_back({&rules_[match.phrase], match.phrase, match.begin, match.end});
    return found;
}

}  // namespace inbound
