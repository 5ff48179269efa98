#include "campaign/merge_fields.h"

#include <algorithm>
#include <array>
#include <boost/json.hpp>

#include "base/text.h"
#include "mime/utf8.h"

namespace campaign {

namespace {

constexpr std::size_t kValueBytesMax = 500;

bool says_nothing(std::string_view value) {
    constexpr std::array<std::string_view, 17> kNothing = {
        "-",
        "--",
        "–",
        "—",
        "?",
        "n/a",
        "#n/a",
        "na",
        "n.a.",
        "null",
        "undefined",
        "(null)",
        "(blank)",
        "(none)",
        "unknown",
        "nan",
        "none"
    };
    const std::string lower = base::to_lower(value);
    return std::ranges::find(kNothing, lower) != kNothing.end();
}

// Not a name: "Dr. Anna Schmidt", "Mr Smith", "Prof. Dr. Weber".
bool is_form_of_address(std::string_view word) {
    constexpr std::array<std::string_view, 22> kForms = {
        "dr", "prof", "mr",  "mrs",  "ms", "miss", "mx",  "sir",  "dame", "herr", "frau",
        "hr", "fr",   "mme", "mlle", "m",  "sr",   "sra", "srta", "dott", "sig",  "ing"
    };
    std::string lower = base::to_lower(word);
    if (lower.ends_with('.')) lower.pop_back();
    return std::ranges::find(kForms, lower) != kForms.end();
}

std::vector<std::string> name_words(std::string_view name) {
    std::vector<std::string> words;
    for (const std::string& word : base::split(name, ' '))
        if (!word.empty() && !(words.empty() && is_form_of_address(word))) words.push_back(word);
    return words;
}

void put(MergeFields& fields, std::string name, std::string_view value) {
    std::string clean = field_value(value);
    if (!clean.empty()) fields.try_emplace(std::move(name), std::move(clean));
}

}  // namespace

std::string field_name(std::string_view text) {
    std::string name;
    for (const char c : base::to_lower(base::trim(text)))
        name += c == ' ' || c == '-' || c == '.' ? '_' : c;
    return name;
}

std::string field_value(std::string_view text) {
    std::string value = mime::one_line(text.substr(0, 4 * kValueBytesMax));
    value = mime::without_invisible(value);
    value = base::replace_all(std::move(value), "\u00a0", " ");
    while (value.find("  ") != std::string::npos)
        value = base::replace_all(std::move(value), "  ", " ");
    value = base::trim(value);
    if (value.size() > kValueBytesMax || says_nothing(value)) return {};
    return value;
}

std::vector<std::pair<std::string, std::string>> own_fields(const Lead& lead) {
    std::vector<std::pair<std::string, std::string>> fields;
    boost::system::error_code problem;
    const boost::json::value value = boost::json::parse(lead.fields, problem);
    if (problem || !value.is_object()) return fields;
    for (const auto& [key, text] : value.get_object())
        if (const auto* words = text.if_string()) fields.emplace_back(key, *words);
    return fields;
}

std::string first_name_of(std::string_view name) {
    const std::string clean = field_value(name);
    // "Schmidt, Anna": the first name stands behind the comma.
    if (const std::size_t comma = clean.find(','); comma != std::string::npos) {
        const std::vector<std::string> words = name_words(base::trim(clean.substr(comma + 1)));
        return words.empty() ? std::string() : words.front();
    }
    const std::vector<std::string> words = name_words(clean);
    // "Herr Schmidt" has a form of address and one name, which is the last one.
    const bool formal = words.size() == 1 && words.front().size() != clean.size();
    return words.empty() || formal ? std::string() : words.front();
}

std::string last_name_of(std::string_view name) {
    const std::string clean = field_value(name);
    if (const std::size_t comma = clean.find(','); comma != std::string::npos)
        return std::string(base::trim(clean.substr(0, comma)));
    const std::vector<std::string> words = name_words(clean);
    const bool formal = words.size() == 1 && words.front().size() != clean.size();
    return words.size() > 1 || formal ? words.back() : std::string();
}

MergeFields merge_fields(const Lead& lead, const Settings& settings) {
    MergeFields fields;
    const auto own = own_fields(lead);
    // A column may say the first name better than the whole name does.
    for (const auto& [key, value] : own) {
        const std::string name = field_name(key);
        if (name == "first_name" || name == "last_name") put(fields, name, value);
    }
    put(fields, "first_name", first_name_of(lead.name));
    put(fields, "last_name", last_name_of(lead.name));
    put(fields, "name", lead.name);
    put(fields, "company", lead.company);
    put(fields, "title", lead.title);
    put(fields, "country", lead.country);
    put(fields, "email", lead.email);
    put(fields, "domain", std::string_view(lead.email).substr(lead.email.find('@') + 1));
    put(fields, "sender_name", settings.sender_name);
    put(fields, "sender_company", settings.sender_company);
    for (const auto& [key, value] : own) {
        const std::string name = field_name(key);
        const bool reserved = name == "sender_name" || name == "sender_company" ||
                              name == "email" || name == "domain";
        if (!name.empty() && !reserved) put(fields, name, value);
    }
    return fields;
}

}  // namespace campaign
