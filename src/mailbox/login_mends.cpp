#include "mailbox/login_mends.h"

#include <boost/json.hpp>

#include "base/embedded.h"
#include "base/text.h"
#include "mailbox/failure_policy.h"
#include "mailbox/presets.h"

namespace mailbox {

namespace {

struct Rule {
    std::string stage;
    std::string family;
    std::string code;
    std::string enhanced;
    std::vector<std::string> words;
    std::string mend;
    MendSample sample;
};

std::string text(const boost::json::object& object, std::string_view key) {
    const auto* value = object.if_contains(key);
    return value == nullptr ? std::string() : std::string(value->as_string());
}

MendSample read_sample(const boost::json::object& from, const std::string& mend) {
    MendSample sample;
    sample.error.code = base::ErrorCode::refused;
    if (sample.error.stage = text(from, "stage");
        sample.error.stage.ends_with("auth") || sample.error.stage.ends_with("login"))
        sample.error.code = base::ErrorCode::unauthenticated;
    sample.error.message = "refused";
    sample.error.server_words = text(from, "words");
    sample.error.reply_code = from.at("code").to_number<int>();
    sample.error.enhanced = text(from, "enhanced");
    sample.provider = text(from, "provider");
    sample.mend = mend;
    return sample;
}

std::vector<Rule> read_rules() {
    std::vector<Rule> rules;
    const boost::json::value all = boost::json::parse(embedded::data("login_mends.json"));
    for (const boost::json::value& value : all.at("rules").as_array()) {
        const boost::json::object& from = value.as_object();
        Rule rule;
        rule.stage = text(from, "stage");
        rule.family = text(from, "family");
        rule.code = text(from, "code");
        rule.enhanced = text(from, "enhanced");
        if (const auto* words = from.if_contains("words"))
            for (const boost::json::value& word : words->as_array())
                rule.words.emplace_back(word.as_string());
        rule.mend = std::string(from.at("mend").as_string());
        rule.sample = read_sample(from.at("sample").as_object(), rule.mend);
        rules.push_back(std::move(rule));
    }
    return rules;
}

const std::vector<Rule>& rules() {
    static const std::vector<Rule> all = read_rules();
    return all;
}

bool fits_enhanced(std::string_view pattern, std::string_view value) {
    if (pattern.ends_with('x')) return value.starts_with(pattern.substr(0, pattern.size() - 1));
    return pattern.empty() || pattern == value;
}

bool fits(const Rule& rule, const base::Error& error, std::string_view family) {
    if (!error.stage.starts_with(rule.stage)) return false;
    if (!rule.family.empty() && rule.family != family) return false;
    if (!rule.code.empty() && rule.code != std::to_string(error.reply_code)) return false;
    if (!fits_enhanced(rule.enhanced, error.enhanced)) return false;
    if (rule.words.empty()) return true;
    const std::string said = base::to_lower(error.server_words);
    return std::ranges::any_of(rule.words, [&](const std::string& word) {
        return said.find(word) != std::string::npos;
    });
}

bool nobody_spoke(const base::Error& error) {
    const bool unreached = error.code == base::ErrorCode::network ||
                           error.code == base::ErrorCode::timed_out ||
                           error.code == base::ErrorCode::closed;
    return unreached && error.reply_code == 0 && error.server_words.empty();
}

}  // namespace

std::string mend_for(const base::Error& error, std::string_view provider, LoginMethod method) {
    if (error.stage.ends_with(".dns"))
        return "the DNS does not know the server: check the host's name, and this machine's "
               "resolver";
    // Waiting, which is right for a cycle, does not help a person who has just typed the address.
    if (nobody_spoke(error))
        return "check the host and the port, and whether this machine may reach them: many "
               "networks block the ports of mail";
    const std::string family = family_of(provider);
    if (!error.server_words.empty() || error.reply_code != 0)
        for (const Rule& rule : rules())
            if (fits(rule, error, family)) return rule.mend;
    const std::string words = judge(error, provider, method).words;
    if (method == LoginMethod::oauth2 && error.code == base::ErrorCode::unauthenticated) {
        if (words.contains("mailbox authorize")) return words;
        return words + "; sign in again: pilotlight mailbox authorize ADDRESS";
    }
    const Preset* preset = find_preset(provider);
    if (error.code != base::ErrorCode::unauthenticated || preset == nullptr ||
        preset->password_help.empty())
        return words;
    return words + "; " + preset->title + " wants " + preset->password_help;
}

std::vector<MendSample> mend_samples() {
    std::vector<MendSample> samples;
    for (const Rule& rule : rules()) samples.push_back(rule.sample);
    return samples;
}

}  // namespace mailbox
