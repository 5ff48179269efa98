#include "config/campaign_values.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json.hpp>

#include "base/text.h"
#include "base/time_zone.h"
#include "config/url.h"

namespace config {

namespace {

using Problem = std::optional<std::string>;
using Texts = std::vector<std::string>;

constexpr std::size_t kTextBytesMax = 4000;
constexpr std::size_t kListMax = 500;

bool has_line_end(std::string_view text) {
    return text.find_first_of("\r\n") != std::string_view::npos;
}

bool is_one_of(std::string_view choices, std::string_view text) {
    return std::ranges::any_of(base::split(choices, '|'), [&](const std::string& choice) {
        return choice == text;
    });
}

// As parse_http_url, with a query too.
bool is_https(std::string_view text) {
    const auto parsed = parse_http_url(text.substr(0, text.find_first_of("?#")));
    return parsed && parsed->scheme == "https" &&
           text.find_first_of(" \t\r\n\"<>") == std::string_view::npos;
}

Problem check_verifier(const std::string& text) {
    constexpr const char* kMend =
        "use \"command:/path/to/program\", an https address with {email} in it, or \"\"";
    if (text.empty()) return std::nullopt;
    if (text.starts_with("command:/") && text.size() > 9) return std::nullopt;
    if (text.find("{email}") == std::string::npos) return kMend;
    const std::string tried =
        base::replace_all(base::replace_all(text, "{email}", "a"), "{key}", "k");
    if (!is_https(tried)) return kMend;
    return std::nullopt;
}

Problem check_text(const CampaignKey& key, const std::string& text) {
    if (text.size() > kTextBytesMax) return fmt::format("is longer than {} bytes", kTextBytesMax);
    switch (key.type) {
        case CampaignKeyType::text:
            if (has_line_end(text)) return "has a line end; use one line";
            return std::nullopt;
        case CampaignKeyType::lines:
            return std::nullopt;
        case CampaignKeyType::language:
            if (text.size() == 2 && base::to_lower(text) == text && text[0] >= 'a' &&
                text[0] <= 'z' && text[1] >= 'a' && text[1] <= 'z')
                return std::nullopt;
            return "is no language; use two letters such as \"en\" or \"de\"";
        case CampaignKeyType::zone:
            if (text.empty() || base::TimeZone::find(text)) return std::nullopt;
            return "is not a time zone; use an IANA name such as \"Europe/Berlin\"";
        case CampaignKeyType::choice: {
            if (is_one_of(key.choices, text)) return std::nullopt;
            Texts quoted;
            for (const std::string& one : base::split(key.choices, '|'))
                quoted.push_back('"' + one + '"');
            return "is none of " + base::join(quoted, ", ");
        }
        case CampaignKeyType::verifier:
            return check_verifier(text);
        default:
            return "is a text; see --example";
    }
}

// Two digits a place, as "2026-12-25", and a day there is.
bool is_date(const std::string& text) {
    if (text.size() != 10 || text[4] != '-' || text[7] != '-') return false;
    const auto year = base::parse_int(text.substr(0, 4));
    const auto month = base::parse_int(text.substr(5, 2));
    const auto day = base::parse_int(text.substr(8, 2));
    if (!year || !month || !day) return false;
    const base::Date date{
        static_cast<int>(*year), static_cast<int>(*month), static_cast<int>(*day)
    };
    if (*month < 1 || *month > 12 || *day < 1 || *day > 31) return false;
    return base::date_from_days(base::days_from_date(date)) == date;
}

Problem check_item(CampaignKeyType type, const std::string& text) {
    const std::string shown = '"' + base::printable(text, 100) + '"';
    switch (type) {
        case CampaignKeyType::text_list:
            if (text.empty() || text.size() > kTextBytesMax || has_line_end(text))
                return "holds " + shown + "; use texts of one line";
            return std::nullopt;
        case CampaignKeyType::url_list:
            if (is_https(text)) return std::nullopt;
            return "holds " + shown + "; use addresses such as \"https://example.com/shops\"";
        case CampaignKeyType::weekdays:
            if (is_one_of("mon|tue|wed|thu|fri|sat|sun", text)) return std::nullopt;
            return "holds " + shown + "; use mon, tue, wed, thu, fri, sat, sun";
        case CampaignKeyType::dates:
            if (is_date(text)) return std::nullopt;
            return "holds " + shown + "; use days such as \"2026-12-25\"";
        default:
            return "is a list; see --example";
    }
}

Problem check_list(const CampaignKey& key, const Texts& texts) {
    if (texts.size() > kListMax) return fmt::format("has more than {} items", kListMax);
    for (const std::string& text : texts)
        if (Problem problem = check_item(key.type, text)) return problem;
    if (key.type == CampaignKeyType::weekdays && texts.empty())
        return "names no day; then no mail would ever leave";
    return std::nullopt;
}

bool wants_list(CampaignKeyType type) {
    return type == CampaignKeyType::text_list || type == CampaignKeyType::url_list ||
           type == CampaignKeyType::weekdays || type == CampaignKeyType::dates;
}

}  // namespace

std::optional<std::string> assign_campaign_value(
    boost::json::object& settings, const CampaignKey& key, const Value& value
) {
    const std::string setting(key.setting);
    if (key.type == CampaignKeyType::integer) {
        const auto* number = std::get_if<std::int64_t>(&value);
        if (number == nullptr || *number < key.low || *number > key.high)
            return fmt::format("needs a whole number from {} to {}", key.low, key.high);
        settings[setting] = *number;
    } else if (key.type == CampaignKeyType::boolean) {
        const auto* boolean = std::get_if<bool>(&value);
        if (boolean == nullptr) return "needs true or false";
        settings[setting] = *boolean;
    } else if (wants_list(key.type)) {
        const auto* texts = std::get_if<Texts>(&value);
        if (texts == nullptr) return "needs a list of texts such as [\"a\", \"b\"]";
        if (Problem problem = check_list(key, *texts)) return problem;
        settings[setting] = boost::json::array(texts->begin(), texts->end());
    } else {
        const auto* text = std::get_if<std::string>(&value);
        if (text == nullptr) return "needs a text in quotes";
        if (Problem problem = check_text(key, *text)) return problem;
        settings[setting] = std::string(base::trim(*text));
    }
    return std::nullopt;
}

}  // namespace config
