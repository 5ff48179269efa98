#include "mailbox/failure_policy.h"

#include <boost/json.hpp>
#include <vector>

#include "base/embedded.h"
#include "base/text.h"
#include "mailbox/presets.h"

namespace mailbox {

namespace {

struct Rule {
    std::string provider;
    std::string code;
    std::string enhanced;
    std::vector<std::string> words;
    Verdict verdict;
};

std::string text(const boost::json::object& object, std::string_view key) {
    const auto* value = object.if_contains(key);
    return value == nullptr ? std::string() : std::string(value->as_string());
}

Blame blame_of(std::string_view name) {
    if (name == "message") return Blame::message;
    if (name == "recipient") return Blame::recipient;
    return name == "mailbox" ? Blame::mailbox : Blame::server;
}

std::vector<Rule> read_rules() {
    std::vector<Rule> rules;
    const boost::json::value all = boost::json::parse(embedded::data("refusals.json"));
    for (const boost::json::value& value : all.at("rules").as_array()) {
        const boost::json::object& object = value.as_object();
        Rule rule{text(object, "provider"), text(object, "code"), text(object, "enhanced"), {}, {}};
        if (const auto* words = object.if_contains("words"))
            for (const boost::json::value& word : words->as_array())
                rule.words.emplace_back(word.as_string());
        rule.verdict.blame = blame_of(text(object, "blame"));
        rule.verdict.retry_after = std::chrono::minutes(object.at("retry_minutes").as_int64());
        rule.verdict.permanent = rule.verdict.retry_after.count() == 0;
        rule.verdict.pause_mailbox = object.if_contains("pause") != nullptr;
        rule.verdict.words = text(object, "means");
        rules.push_back(std::move(rule));
    }
    return rules;
}

// "5.7.x" fits every value that starts with "5.7."; "4x" every code of the 400s.
bool fits(std::string_view pattern, std::string_view value) {
    if (pattern.empty()) return true;
    if (pattern.ends_with('x')) return value.starts_with(pattern.substr(0, pattern.size() - 1));
    return pattern == value;
}

bool fits(const Rule& rule, const base::Error& error, std::string_view provider) {
    if (!rule.provider.empty() && rule.provider != provider) return false;
    if (!fits(rule.code, std::to_string(error.reply_code)) || !fits(rule.enhanced, error.enhanced))
        return false;
    if (rule.words.empty()) return true;
    const std::string said = base::to_lower(error.server_words);
    for (const std::string& word : rule.words)
        if (said.find(word) != std::string::npos) return true;
    return false;
}

Verdict without_reply(const base::Error& error) {
    Verdict verdict;
    switch (error.code) {
        case base::ErrorCode::unauthenticated:
            verdict = {
                Blame::mailbox,
                true,
                base::Duration(0),
                true,
                "the login was refused; check user name and password (many providers want an app "
                "password)"
            };
            break;
        case base::ErrorCode::tls:
            verdict = {
                Blame::server,
                true,
                base::Duration(0),
                false,
                "the server's certificate can't be trusted; for a private CA set [tls] ca_file"
            };
            break;
        case base::ErrorCode::unsupported:
            verdict = {
                Blame::server,
                true,
                base::Duration(0),
                false,
                "the server lacks something that is needed"
            };
            break;
        default:
            verdict = {
                Blame::server,
                !error.retryable(),
                std::chrono::minutes(15),
                false,
                "the server could not be reached or stopped answering; it is tried again later"
            };
            break;
    }
    return verdict;
}

}  // namespace

Verdict judge(const base::Error& error, std::string_view provider) {
    static const std::vector<Rule> rules = read_rules();
    const std::string family = family_of(provider);  // rules name families, not regions
    if (error.reply_code != 0) {
        for (const Rule& rule : rules) {
            if (!fits(rule, error, family)) continue;
            // A login that was refused stays a matter of the login, whatever general rule fits.
            if (error.code == base::ErrorCode::unauthenticated && !rule.verdict.pause_mailbox)
                break;
            return rule.verdict;
        }
    }
    return without_reply(error);
}

}  // namespace mailbox
