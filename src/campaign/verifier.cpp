#include "campaign/verifier.h"

#include <fmt/format.h>

#include <array>
#include <boost/json.hpp>
#include <map>

#include "base/text.h"
#include "campaign/lead_columns.h"

namespace campaign {

namespace {

constexpr std::size_t kAnswerMax = 64 * 1024;

const std::map<std::string, Verification, std::less<>>& words() {
    static const std::map<std::string, Verification, std::less<>> all = {
        {"valid", Verification::valid},
        {"ok", Verification::valid},
        {"deliverable", Verification::valid},
        {"good", Verification::valid},
        {"safe", Verification::valid},
        {"verified", Verification::valid},
        {"risky", Verification::risky},
        {"catchall", Verification::risky},
        {"acceptall", Verification::risky},
        {"acceptallunverifiable", Verification::risky},
        {"role", Verification::risky},
        {"rolebased", Verification::risky},
        {"lowdeliverability", Verification::risky},
        {"invalid", Verification::invalid},
        {"undeliverable", Verification::invalid},
        {"bad", Verification::invalid},
        {"donotmail", Verification::invalid},
        {"disposable", Verification::invalid},
        {"spamtrap", Verification::invalid},
        {"abuse", Verification::invalid},
        {"disabled", Verification::invalid},
        {"mailboxnotfound", Verification::invalid},
        {"unknown", Verification::unknown},
        {"timeout", Verification::unknown},
    };
    return all;
}

VerifierAnswer meaning_of(std::string_view word) {
    const auto found = words().find(squashed(word));
    const std::string said = base::printable(base::trim(word), 100);
    if (found == words().end())
        return {Verification::unknown, fmt::format("it said '{}', which is no answer", said)};
    return {found->second, said};
}

std::string percent_encoded(std::string_view text) {
    constexpr std::string_view kPlain =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";
    std::string out;
    for (const char c : text) {
        if (kPlain.find(c) != std::string_view::npos)
            out += c;
        else
            out += fmt::format("%{:02X}", static_cast<unsigned>(static_cast<unsigned char>(c)));
    }
    return out;
}

VerifierAnswer read_json(const boost::json::object& object) {
    constexpr std::array<const char*, 5> kNames = {
        "verdict", "status", "result", "deliverability", "state"
    };
    VerifierAnswer last{Verification::unknown, "its answer names no result"};
    for (const char* name : kNames) {
        const auto* value = object.if_contains(name);
        if (value == nullptr || !value->is_string()) continue;
        last = meaning_of(value->get_string());
        if (last.verdict != Verification::unknown) return last;
    }
    // Some put it one level deeper: {"data": {"result": …}}.
    const auto* data = object.if_contains("data");
    if (data != nullptr && data->is_object() && !data->get_object().contains("data"))
        return read_json(data->get_object());
    return last;
}

}  // namespace

std::string_view to_string(Verification verification) {
    switch (verification) {
        case Verification::valid:
            return "valid";
        case Verification::risky:
            return "risky";
        case Verification::invalid:
            return "invalid";
        case Verification::unknown:
            return "unknown";
    }
    return "";
}

VerifierSpec read_verifier(std::string_view setting) {
    constexpr std::string_view kCommand = "command:";
    if (setting.empty()) return {};
    if (setting.starts_with(kCommand))
        return {VerifierSpec::Kind::command, std::string(setting.substr(kCommand.size()))};
    return {VerifierSpec::Kind::url, std::string(setting)};
}

VerifierAnswer read_verifier_answer(std::string_view answer) {
    const std::string_view text = base::trim(answer.substr(0, kAnswerMax));
    if (text.empty()) return {Verification::unknown, "it said nothing"};
    if (!text.starts_with('{')) {
        const std::string_view line = text.substr(0, text.find_first_of("\r\n"));
        return meaning_of(line.substr(0, line.find_first_of(" \t:,;")));
    }
    boost::system::error_code problem;
    const boost::json::value value = boost::json::parse(text, problem);
    if (problem || !value.is_object())
        return {Verification::unknown, "its answer is no JSON that can be read"};
    return read_json(value.get_object());
}

std::string verifier_url(std::string_view url, std::string_view email, std::string_view key) {
    const std::string with_email =
        base::replace_all(std::string(url), "{email}", percent_encoded(email));
    return base::replace_all(with_email, "{key}", percent_encoded(key));
}

}  // namespace campaign
