// Test support: reads the third-party cases of hostile STARTTLS servers.
#pragma once
#include "base/text.h"
#include "imap/parser_parts.h"
#include "imap/test_corpora.h"

namespace imap {

inline std::string capability_name(const boost::json::value& value) {
    if (value.is_object() && !value.get_object().empty()) {
        const auto& member = *value.get_object().begin();
        const std::string name = to_upper(innermost(member.value()));
        if (member.key() == "Other") return name;
        return to_upper(std::string_view(member.key())) + '=' + name;
    }
    const std::string name = to_upper(innermost(value));
    if (name == "LOGINREFERRALS") return "LOGIN-REFERRALS";
    if (name == "MAILBOXREFERRALS") return "MAILBOX-REFERRALS";
    if (name == "SASLIR") return "SASL-IR";
    return name;
}

inline std::vector<std::string> capability_names(const boost::json::value* list) {
    // The greeting wraps its list twice more.
    while (list != nullptr && !list->is_null()) {
        if (list->is_object() && list->get_object().contains("NonEmptyVec"))
            list = &list->get_object().at("NonEmptyVec");
        else if (list->is_array() && list->get_array().size() == 1 &&
                 (list->get_array()[0].is_array() ||
                  (list->get_array()[0].is_object() &&
                   list->get_array()[0].get_object().contains("NonEmptyVec"))))
            list = &list->get_array()[0];
        else
            break;
    }
    std::vector<std::string> names;
    if (list != nullptr && list->is_array())
        for (const boost::json::value& one : list->get_array())
            names.push_back(capability_name(one));
    return names;
}

struct Case {
    std::string id;
    std::string greeting;  // whole lines
    std::string after_greeting;
    std::string after_tls;
    std::optional<std::string> starttls;             // "<tag>" in it is the command's tag
    std::optional<std::string> capability_override;  // the same, instead of CAPABILITY's answer
    bool transition = true;
    bool good_certificate = true;
    bool implicit = false;
    std::set<std::string> hidden;                          // answered with BAD
    std::set<std::string> ignored;                         // not answered
    std::set<std::string> refused;                         // answered with NO and a referral
    std::array<std::vector<std::string>, 4> capabilities;  // clear, tls, clear + login, tls + login
};

inline std::string greeting_of(const boost::json::object& one) {
    if (const boost::json::value* override_value = one.if_contains("override_response"))
        if (override_value->get_object().contains("greeting"))
            return text_of(override_value->get_object(), "greeting");
    const boost::json::object& greeting = one.at("greeting").get_object();
    std::string line = "* " + to_upper(text_of(greeting, "kind"));
    const boost::json::value& code = greeting.at("code");
    if (code.is_string()) line += " [" + to_upper(innermost(code)) + ']';
    if (code.is_object()) {
        const auto& member = *code.get_object().begin();
        std::string words = innermost(member.value());
        if (member.key() == "Capability")
            words = base::join(capability_names(&member.value()), " ");
        line += " [" + to_upper(std::string_view(member.key())) + ' ' + words + ']';
    }
    return line + ' ' + innermost(greeting.at("text")) + "\r\n";
}

inline std::set<std::string> names_of(const boost::json::object& one, std::string_view key) {
    std::set<std::string> names;
    if (const boost::json::value* list = one.if_contains(key); list != nullptr && list->is_array())
        for (const boost::json::value& name : list->get_array())
            names.insert(to_upper(innermost(name)));
    return names;
}

inline Case case_of(const boost::json::object& line) {
    const boost::json::object& one = line.at("case").get_object();
    Case out;
    out.id = text_of(line, "id");
    out.greeting = greeting_of(one);
    out.after_greeting = text_of(one, "response_after_greeting");
    out.after_tls = text_of(one, "response_after_tls");
    if (one.contains("starttls_response")) out.starttls = text_of(one, "starttls_response");
    if (const boost::json::value* answers = one.if_contains("override_response"))
        if (answers->get_object().contains("capability"))
            out.capability_override = text_of(answers->get_object(), "capability");
    if (const boost::json::value* transition = one.if_contains("starttls_transition"))
        out.transition = transition->get_bool();
    const std::string certificate =
        innermost(one.at("cert").get_object().at("Cert").get_object().at("crt_path"));
    out.good_certificate = certificate == "certs/example.org.pem";
    out.implicit = one.at("implicit_tls").get_bool();
    out.hidden = names_of(one, "hide_commands");
    out.ignored = names_of(one, "ignore_commands");
    constexpr std::array kLists{"caps", "caps_tls", "caps_auth", "caps_tls_auth"};
    for (std::size_t i = 0; i < kLists.size(); ++i)
        out.capabilities[i] = capability_names(one.if_contains(kLists[i]));
    return out;
}

// The text between the quotes of `key: Some("…")`, unescaped.
inline std::optional<std::string> some_text(std::string_view line, std::string_view key) {
    const std::string start = std::string(key) + ": Some(\"";
    if (!line.starts_with(start)) return std::nullopt;
    std::string out;
    for (std::size_t at = start.size(); at < line.size() && line[at] != '"'; ++at) {
        char byte = line[at];
        if (byte == '\\' && at + 1 < line.size()) {
            byte = line[++at];
            if (byte == 'r') byte = '\r';
            if (byte == 'n') byte = '\n';
        }
        out += byte;
    }
    return out;
}

// The set describes some cases as lines to put in by hand.
inline std::vector<Case> with_variants(const Case& base_case, const boost::json::array& lines) {
    std::vector<Case> out{base_case};
    const auto variant = [&]() -> Case& {
        out.push_back(base_case);
        out.back().id += " variant " + std::to_string(out.size() - 1);
        return out.back();
    };
    Case with_mechanisms = base_case;
    Case with_referrals = base_case;
    for (const boost::json::value& value : lines) {
        const std::string_view line = base::trim(std::string_view(value.get_string()));
        if (const auto text = some_text(line, "starttls_response")) variant().starttls = *text;
        if (const auto text = some_text(line, "response_after_greeting"))
            variant().after_greeting = *text;
        if (const auto text = some_text(line, "response_after_tls")) {
            if (out.size() == 1) variant();
            out.back().after_tls = *text;
        }
        if (line.starts_with("Auth(Other(Atom(\"")) {
            const std::string mechanism(line.substr(17, line.find('"', 17) - 17));
            for (auto& list : with_mechanisms.capabilities) list.push_back("AUTH=" + mechanism);
        }
        if (line.starts_with("override_")) {
            const std::string_view name = line.substr(9, line.find(':') - 9);
            with_referrals.refused.insert(to_upper(name));
        }
        if (line == "kind: No," || line == "kind: Bad,")
            variant().greeting = line == "kind: No," ? "* NO x\r\n" : "* BAD x\r\n";
        if (line.starts_with("tag: Some(Tag(inner:") && out.size() == 1 &&
            base_case.id.find("greeting") != std::string::npos)
            variant().greeting = "XYZ OK hi\r\n";
    }
    if (with_mechanisms.capabilities != base_case.capabilities) {
        with_mechanisms.id += " with mechanisms";
        out.push_back(with_mechanisms);
    }
    if (!with_referrals.refused.empty()) {
        with_referrals.id += " with referrals";
        out.push_back(with_referrals);
    }
    return out;
}

}  // namespace imap
