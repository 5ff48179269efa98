#include "config/assign.h"

#include <charconv>
#include <filesystem>

#include "base/check.h"
#include "base/text.h"
#include "config/duration.h"
#include "config/store_url.h"
#include "config/url.h"

namespace config {

namespace {

using Problem = std::optional<std::string>;

std::string choices_in_words(const Key& key) {
    return base::join(base::split(key.choices, '|'), ", ");
}

// What to write instead; ends every problem.
std::string mend(const Key& key) {
    switch (key.type) {
        case KeyType::integer:
            return fmt::format("use a whole number from {:.0f} to {:.0f}", key.low, key.high);
        case KeyType::number:
            return fmt::format("use a number from {} to {}", key.low, key.high);
        case KeyType::boolean:
            return "use true or false";
        case KeyType::duration:
            return fmt::format(
                "use a duration from \"{}\" to \"{}\", such as {}",
                to_text(std::chrono::seconds(static_cast<std::int64_t>(key.low))),
                to_text(std::chrono::seconds(static_cast<std::int64_t>(key.high))),
                key.default_text
            );
        case KeyType::text_list:
            return "use a list of texts such as [\"a\", \"b\"]";
        case KeyType::zone:
            return "use an IANA name such as \"Europe/Berlin\"";
        case KeyType::choice:
            return "use one of " + choices_in_words(key);
        case KeyType::base_url:
            return "use an address such as \"https://api.groq.com/openai/v1\"";
        case KeyType::https_url:
            return "use an address such as \"https://mail.example.com/u\"";
        case KeyType::host:
            return "use a host name such as \"smtppro.zoho.eu\"";
        case KeyType::port:
            return "use a port from 1 to 65535 (0: as the preset says)";
        case KeyType::ehlo_name:
            return "use a full host name such as \"mail.example.com\", an address literal such as "
                   "\"[192.0.2.1]\", or \"\"";
        case KeyType::listen:
            return "use HOST:PORT such as \"127.0.0.1:8025\"";
        case KeyType::server:
            return "use ADDRESS:PORT such as \"127.0.0.1:53\", or \"\"";
        case KeyType::path:
            return "use a file's path, relative to this file's folder or absolute";
        case KeyType::store_url:
            return "use \"sqlite:PATH\" or \"postgresql://user@host/database\"";
        case KeyType::env_name:
            return "write the NAME of an environment variable such as \"GROQ_API_KEY\"";
        case KeyType::text:
            return "use a text in quotes";
    }
    return {};
}

bool looks_like_api_key(std::string_view text) {
    return text.size() >= 12 && (text.starts_with("gsk_") || text.starts_with("sk-"));
}

struct KindOf {
    std::string operator()(const std::string&) const { return "is a text"; }
    std::string operator()(std::int64_t) const { return "is a whole number"; }
    std::string operator()(double) const { return "is a number with a point"; }
    std::string operator()(bool) const { return "is true or false"; }
    std::string operator()(const std::vector<std::string>&) const { return "is a list"; }
    std::string operator()(const OtherValue& other) const { return "is " + other.kind; }
};

std::string absolute_path(const std::string& folder, const std::string& path) {
    return (std::filesystem::path(folder) / path).lexically_normal().string();
}

Problem check_path(std::string& path, const std::string& folder) {
    if (path.starts_with("~")) return "starts with ~, which is not expanded";
    if (!path.empty()) path = absolute_path(folder, path);
    return std::nullopt;
}

Problem check_store_url(std::string& url, const std::string& folder) {
    if (url == "sqlite::memory:") return std::nullopt;
    if (url.starts_with("sqlite:")) {
        std::string path = url.substr(7);
        if (path.empty()) return "names no file";
        if (Problem problem = check_path(path, folder)) return problem;
        url = "sqlite:" + path;
        return std::nullopt;
    }
    if (url.starts_with("postgres://")) url.replace(0, 11, "postgresql://");
    if (url.starts_with("postgresql://") && url.size() > 13) return std::nullopt;
    if (url.starts_with("mongodb"))
        return "is not a store of ours; its data moves by `pilotlight import mongo PATH`";
    return "is no store's address";
}

Problem check_url(const std::string& url, bool https_only) {
    if (url.empty()) return std::nullopt;
    const auto parsed = parse_http_url(url);
    if (!parsed) return "is not a usable URL: " + parsed.error().message;
    if (https_only && parsed->scheme != "https") return "is not https";
    // Links are made from it, and a line of a mail's header holds 998 bytes.
    if (https_only && url.size() > 300) return "is longer than 300 bytes";
    return std::nullopt;
}

Problem check_ehlo_name(const std::string& name) {
    if (name.empty()) return std::nullopt;
    if (name.starts_with('[') && name.ends_with(']')) {
        for (const char c : name.substr(1, name.size() - 2))
            if (std::string_view("0123456789abcdefABCDEFIPv:.").find(c) == std::string_view::npos)
                return "is not an address literal";
        return std::nullopt;
    }
    const std::string lower = base::to_lower(name);
    if (!is_host(name) || name.find('.') == std::string::npos) return "is not a full host name";
    if (lower.ends_with(".localhost") || lower.ends_with(".localdomain") ||
        lower.ends_with(".local"))
        return "is a name that mail servers distrust";
    if (name.find_first_not_of("0123456789.") == std::string::npos)
        return "is an address without its brackets";
    return std::nullopt;
}

Problem check_listen(const std::string& listen) {
    const std::size_t colon = listen.rfind(':');
    if (colon == std::string::npos || colon == 0) return "is not HOST:PORT";
    const auto port = base::parse_int(std::string_view(listen).substr(colon + 1));
    if (!port || *port > 65535) return "has no port from 0 to 65535";
    std::string host = listen.substr(0, colon);
    if (host.starts_with('[') ? !host.ends_with(']') : !is_host(host))
        return "has a malformed host";
    return std::nullopt;
}

Problem check_env_name(const std::string& name) {
    if (looks_like_api_key(name)) return "is a key itself, and keys never stand in this file";
    const bool valid = std::ranges::all_of(name, [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               c == '_';
    });
    if (!valid || (!name.empty() && name[0] >= '0' && name[0] <= '9'))
        return "is not the name of an environment variable";
    return std::nullopt;
}

Problem check_text(const std::string& text) {
    for (const char c : text)
        if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) return "has a control character";
    return std::nullopt;
}

Problem check_choice(const Key& key, std::string& text) {
    text = base::to_lower(text);
    const std::vector<std::string> choices = base::split(key.choices, '|');
    if (std::ranges::find(choices, text) == choices.end()) return "is not known";
    return std::nullopt;
}

// Checks a text by its key's type and brings it into the form that the settings hold.
Problem check_string(const Key& key, std::string& text, const std::string& folder) {
    if (Problem problem = check_text(text)) return problem;
    switch (key.type) {
        case KeyType::path:
            return check_path(text, folder);
        case KeyType::store_url:
            return check_store_url(text, folder);
        case KeyType::base_url:
            return check_url(text, false);
        case KeyType::https_url:
            return check_url(text, true);
        case KeyType::ehlo_name:
            return check_ehlo_name(text);
        case KeyType::listen:
            return check_listen(text);
        case KeyType::server:
            return text.empty() ? std::nullopt : check_listen(text);
        case KeyType::env_name:
            return check_env_name(text);
        case KeyType::choice:
            return check_choice(key, text);
        case KeyType::host:
            if (!text.empty() && !is_host(text)) return "is not a host name";
            return std::nullopt;
        default:
            return std::nullopt;
    }
}

std::string out_of_range() { return "is out of range"; }

// One overload for each kind of member: checks the value and stores it.
struct Store {
    const Key& key;
    const Value& value;
    const std::string& folder;

    Problem wrong_type() const { return std::visit(KindOf{}, value); }

    Problem operator()(std::string* into) const {
        const auto* text = std::get_if<std::string>(&value);
        if (text == nullptr) return wrong_type();
        std::string checked = *text;
        if (Problem problem = check_string(key, checked, folder)) return problem;
        *into = std::move(checked);
        return std::nullopt;
    }
    Problem operator()(int* into) const {
        const auto* integer = std::get_if<std::int64_t>(&value);
        if (integer == nullptr) return wrong_type();
        const double high = key.type == KeyType::port ? 65535 : key.high;
        const auto number = static_cast<double>(*integer);
        if (number < key.low || number > high) return out_of_range();
        *into = static_cast<int>(*integer);
        return std::nullopt;
    }
    Problem operator()(double* into) const {
        const auto* integer = std::get_if<std::int64_t>(&value);
        const auto* number = std::get_if<double>(&value);
        if (integer == nullptr && number == nullptr) return wrong_type();
        const double wanted = number != nullptr ? *number : static_cast<double>(*integer);
        if (!(wanted >= key.low && wanted <= key.high)) return out_of_range();
        *into = wanted;
        return std::nullopt;
    }
    Problem operator()(bool* into) const {
        const auto* boolean = std::get_if<bool>(&value);
        if (boolean == nullptr) return wrong_type();
        *into = *boolean;
        return std::nullopt;
    }
    Problem operator()(base::Duration* into) const {
        const auto* text = std::get_if<std::string>(&value);
        if (text == nullptr) return wrong_type();
        const auto span = parse_duration(*text);
        if (!span) return "is not a duration";
        const double seconds = static_cast<double>(span->count()) / 1e6;
        if (seconds < key.low || seconds > key.high) return out_of_range();
        *into = *span;
        return std::nullopt;
    }
    Problem operator()(std::vector<std::string>* into) const {
        const auto* texts = std::get_if<std::vector<std::string>>(&value);
        if (texts == nullptr) return wrong_type();
        for (const std::string& text : *texts) {
            if (text.empty()) return "has an empty text in it";
            if (Problem problem = check_text(text)) return problem;
        }
        *into = *texts;
        return std::nullopt;
    }
    Problem operator()(base::TimeZone* into) const {
        const auto* text = std::get_if<std::string>(&value);
        if (text == nullptr) return wrong_type();
        const auto zone = base::TimeZone::find(*text);
        if (!zone) return "is not a time zone";
        *into = *zone;
        return std::nullopt;
    }
};

std::string with_user_hidden(std::string text) {
    const std::size_t start = text.find("://");
    const std::size_t at = text.rfind('@');
    if (start != std::string::npos && at != std::string::npos && at > start)
        text.replace(start + 3, at - start - 3, "***");
    return text;
}

}  // namespace

Problem assign(Settings& settings, const Key& key, const Value& value, const std::string& folder) {
    Problem problem = std::visit(Store{key, value, folder}, field_of(settings, key.name));
    if (problem) *problem += "; " + mend(key);
    return problem;
}

Value value_from_text(const Key& key, std::string_view text) {
    text = base::trim(text);
    if (key.type == KeyType::integer || key.type == KeyType::port) {
        if (const auto integer = base::parse_int(text)) return *integer;
    }
    if (key.type == KeyType::number) {
        double number = 0;
        const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
        if (error == std::errc() && end == text.data() + text.size()) return number;
    }
    if (key.type == KeyType::boolean && (text == "true" || text == "false")) return text == "true";
    if (key.type == KeyType::text_list) {
        std::vector<std::string> texts;
        for (const std::string& piece : base::split(text, ','))
            texts.emplace_back(base::trim(piece));
        return texts;
    }
    return std::string(text);
}

std::string shown(const Key& key, const Value& value) {
    const auto* text = std::get_if<std::string>(&value);
    if (text == nullptr) return base::printable(to_toml(value), 120);
    if (looks_like_api_key(*text)) return "\"***\"";
    if (key.type == KeyType::store_url || key.type == KeyType::base_url ||
        key.type == KeyType::https_url)
        return base::printable(to_toml(with_user_hidden(with_password_hidden(*text))), 120);
    return base::printable(to_toml(*text), 120);
}

}  // namespace config
