#include "campaign/lead_rows.h"

#include <algorithm>
#include <array>

#include "base/check.h"
#include "base/embedded.h"
#include "base/text.h"
#include "base/time_zone.h"
#include "campaign/data_list.h"
#include "mime/utf8.h"

namespace campaign {

namespace {

constexpr std::size_t kNameMax = 200;
constexpr std::size_t kTitleMax = 300;
constexpr std::size_t kOwnMax = 2000;
constexpr std::size_t kAddressMax = 1000;

// Endings of countries that are sold to everybody.
constexpr std::array<std::string_view, 22> kSoldEndings = {"ac", "ag", "ai", "am", "bz", "cc",
                                                           "cd", "co", "dj", "fm", "gg", "gl",
                                                           "im", "io", "la", "ly", "me", "sh",
                                                           "to", "tv", "vc", "ws"};

const WordMap& countries_by_name() {
    static const WordMap names = [] {
        WordMap out;
        for (const auto& [code, words] : read_word_map(embedded::campaign("countries.txt"))) {
            out.emplace(base::to_lower(code), code);
            for (const std::string& word : base::split(words, ' '))
                if (!word.empty()) out.emplace(word, code);
        }
        CHECK(!out.empty());
        return out;
    }();
    return names;
}

std::string value_of(const LeadColumns& columns, const LeadRecord& record, std::string_view field) {
    const auto found = columns.meaning.find(field);
    if (found == columns.meaning.end()) return {};
    for (const std::size_t column : found->second) {
        if (column >= record.fields.size()) continue;
        const std::string_view value = base::trim(record.fields[column]);
        if (!value.empty()) return std::string(value);
    }
    return {};
}

// Whole characters only.
std::string cut(std::string text, std::size_t bytes_max) {
    if (text.size() <= bytes_max) return text;
    text.resize(bytes_max);
    while (!text.empty() && !base::is_utf8(text)) text.pop_back();
    return text;
}

std::string zone_name(const std::string& text) {
    return !text.empty() && base::TimeZone::find(text) ? text : std::string();
}

}  // namespace

std::string clean_value(std::string_view text, std::size_t bytes_max) {
    // More than needed is not looked at: a field may be a quarter of a megabyte.
    const std::string line = mime::one_line(text.substr(0, bytes_max * 4));
    std::string out;
    for (const char c : line)
        if (c != ' ' || !out.ends_with(' ')) out += c;
    return cut(std::move(out), bytes_max);
}

std::string address_in(std::string_view text) {
    std::string line = clean_value(text, kAddressMax);
    for (const std::string_view blank :
         {"\u00A0", "\u200B", "\u200C", "\u200D", "\u2060", "\uFEFF"})
        line = base::replace_all(std::move(line), blank, " ");
    std::string_view address = base::trim(line);
    const std::size_t open = address.rfind('<');
    if (open != std::string_view::npos && address.find('>', open) != std::string_view::npos)
        address = address.substr(open + 1, address.find('>', open) - open - 1);
    if (base::starts_with_ignoring_case(address, "mailto:")) address.remove_prefix(7);
    constexpr std::string_view kAround = " \t,;.'\"";
    while (!address.empty() && kAround.find(address.back()) != std::string_view::npos)
        address.remove_suffix(1);
    while (!address.empty() && (address.front() == ' ' || address.front() == '\''))
        address.remove_prefix(1);
    return std::string(address);
}

std::string country_code(std::string_view text) {
    const auto found = countries_by_name().find(squashed(text));
    if (found != countries_by_name().end()) return found->second;
    // "Munich, Bavaria, Germany": the last piece.
    const std::size_t comma = text.rfind(',');
    if (comma == std::string_view::npos) return {};
    const auto last = countries_by_name().find(squashed(text.substr(comma + 1)));
    return last == countries_by_name().end() ? std::string() : last->second;
}

std::string country_of_domain(std::string_view domain) {
    const std::string ending = base::to_lower(domain.substr(domain.rfind('.') + 1));
    if (ending == "uk") return "GB";
    if (ending.size() != 2 || std::ranges::find(kSoldEndings, ending) != kSoldEndings.end())
        return {};
    const auto found = countries_by_name().find(ending);
    return found == countries_by_name().end() ? std::string() : found->second;
}

LeadRow row_of(const LeadColumns& columns, const LeadRecord& record) {
    LeadRow row;
    row.line = record.line;
    row.problem = record.problem;
    if (!row.problem.empty()) return row;
    const auto value = [&](std::string_view field, std::size_t bytes_max) {
        return clean_value(value_of(columns, record, field), bytes_max);
    };
    row.email = address_in(value_of(columns, record, "email"));
    row.name = value("name", kNameMax);
    row.company = value("company", kNameMax);
    row.title = value("title", kTitleMax);
    row.country = country_code(value("country", kNameMax));
    row.zone = zone_name(value("zone", kNameMax));
    row.source = value("source", kTitleMax);
    row.basis = value("basis", kTitleMax);
    for (const char* part : {"first_name", "last_name"}) {
        std::string text = value(part, kNameMax);
        if (!text.empty()) row.fields[part] = std::move(text);
    }
    if (row.name.empty()) {
        const auto part = [&](const char* name) {
            const auto found = row.fields.find(name);
            return found == row.fields.end() ? std::string() : found->second;
        };
        row.name = std::string(base::trim(part("first_name") + " " + part("last_name")));
    }
    for (const auto& [field, column] : columns.own) {
        if (column >= record.fields.size()) continue;
        std::string text = clean_value(record.fields[column], kOwnMax);
        if (!text.empty()) row.fields[field] = std::move(text);
    }
    return row;
}

}  // namespace campaign
