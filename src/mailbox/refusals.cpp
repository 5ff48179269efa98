#include "mailbox/refusals.h"

#include <algorithm>
#include <boost/json.hpp>

#include "base/check.h"
#include "base/embedded.h"
#include "base/text.h"
#include "mailbox/presets.h"

namespace mailbox {

namespace {

std::string text(const boost::json::object& object, std::string_view key) {
    const auto* value = object.if_contains(key);
    return value == nullptr ? std::string() : std::string(value->as_string());
}

std::vector<std::string> texts(const boost::json::object& object, std::string_view key) {
    std::vector<std::string> out;
    if (const auto* values = object.if_contains(key))
        for (const boost::json::value& value : values->as_array())
            out.emplace_back(value.as_string());
    return out;
}

Blame blame_of(std::string_view name) {
    for (const Blame blame : {Blame::message, Blame::recipient, Blame::mailbox, Blame::server})
        if (to_string(blame) == name) return blame;
    base::check_failed("a rule of refusals.json blames nobody we know", __FILE__, __LINE__);
}

Consequence consequence_of(std::string_view name) {
    for (const Consequence one :
         {Consequence::pause_mailbox,
          Consequence::retry,
          Consequence::fail,
          Consequence::stop_campaign})
        if (to_string(one) == name) return one;
    base::check_failed("a rule of refusals.json has no consequence", __FILE__, __LINE__);
}

RefusalRule read_rule(const boost::json::object& object) {
    RefusalRule rule;
    rule.id = text(object, "id");
    rule.provider = text(object, "provider");
    rule.phases = texts(object, "phases");
    rule.code = text(object, "code");
    rule.enhanced = text(object, "enhanced");
    rule.words = texts(object, "words");
    rule.verdict.consequence = consequence_of(text(object, "then"));
    rule.verdict.blame = blame_of(text(object, "blame"));
    if (const auto* minutes = object.if_contains("minutes"))
        rule.verdict.wait = std::chrono::minutes(minutes->as_int64());
    rule.verdict.too_many_sessions = object.if_contains("too_many_sessions") != nullptr;
    rule.verdict.words = text(object, "means");
    const boost::json::object& sample = object.at("sample").as_object();
    rule.sample_phase = text(sample, "phase");
    rule.sample = text(sample, "line");
    return rule;
}

std::vector<RefusalRule> read_rules() {
    std::vector<RefusalRule> rules;
    const boost::json::value all = boost::json::parse(embedded::data("refusals.json"));
    for (const boost::json::value& value : all.at("rules").as_array())
        rules.push_back(read_rule(value.as_object()));
    return rules;
}

// "5.7.x" fits every value that starts with "5.7."; "4x" every code of the 400s.
bool fits_pattern(std::string_view pattern, std::string_view value) {
    if (pattern.empty()) return true;
    if (pattern.ends_with('x')) return value.starts_with(pattern.substr(0, pattern.size() - 1));
    return pattern == value;
}

}  // namespace

bool RefusalRule::fits(const base::Error& error, std::string_view its_provider) const {
    if (!provider.empty() && provider != family_of(its_provider)) return false;
    if (!phases.empty() && std::ranges::find(phases, phase_of(error)) == phases.end()) return false;
    if (!fits_pattern(code, std::to_string(error.reply_code))) return false;
    if (!fits_pattern(enhanced, error.enhanced)) return false;
    if (words.empty()) return true;
    const std::string said = base::to_lower(error.server_words);
    return std::ranges::any_of(words, [&](const std::string& word) {
        return said.find(word) != std::string::npos;
    });
}

const std::vector<RefusalRule>& refusal_rules() {
    static const std::vector<RefusalRule> rules = read_rules();
    return rules;
}

std::string_view phase_of(const base::Error& error) {
    const std::size_t dot = error.stage.rfind('.');
    const std::string_view stage = error.stage;
    const std::string_view phase = dot == std::string::npos ? stage : stage.substr(dot + 1);
    return phase == "greeting" ? "connect" : phase;
}

}  // namespace mailbox
