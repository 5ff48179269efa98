#include "campaign/lead_columns.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json.hpp>
#include <set>

#include "base/check.h"
#include "base/email.h"
#include "base/embedded.h"
#include "base/text.h"
#include "inbound/fold.h"

namespace campaign {

namespace {

constexpr std::size_t kNameBytesMax = 60;

struct Preset {
    std::string name;
    std::set<std::string> known_by;
    std::map<std::string, std::vector<std::string>, std::less<>> columns;
    std::set<std::string> left_out;
};

std::vector<std::string> squashed_list(const boost::json::value& list) {
    std::vector<std::string> out;
    for (const auto& one : list.as_array()) out.push_back(squashed(one.as_string()));
    return out;
}

std::set<std::string> squashed_set(const boost::json::value& list) {
    const std::vector<std::string> names = squashed_list(list);
    return {names.begin(), names.end()};
}

const std::vector<Preset>& presets() {
    static const std::vector<Preset> all = [] {
        std::vector<Preset> out;
        const boost::json::value file = boost::json::parse(embedded::campaign("lead_presets.json"));
        for (const auto& one : file.at("presets").as_array()) {
            Preset preset;
            preset.name = one.at("name").as_string();
            preset.known_by = squashed_set(one.at("known_by"));
            preset.left_out = squashed_set(one.at("leave_out"));
            for (const auto& [field, columns] : one.at("columns").as_object())
                preset.columns[std::string(field)] = squashed_list(columns);
            out.push_back(std::move(preset));
        }
        return out;
    }();
    return all;
}

const Preset& generic() { return presets().back(); }

const Preset* preset_named(std::string_view name) {
    const auto found = std::ranges::find(presets(), name, &Preset::name);
    return found == presets().end() ? nullptr : &*found;
}

// The preset with most of its own columns there; two at least, since one may be chance.
const Preset& preset_of(const std::vector<std::string>& names) {
    const Preset* best = &generic();
    std::ptrdiff_t best_count = 1;
    for (const Preset& preset : presets()) {
        const auto count = std::ranges::count_if(names, [&](const std::string& name) {
            return preset.known_by.contains(name);
        });
        if (count <= best_count) continue;
        best = &preset;
        best_count = count;
    }
    return *best;
}

bool is_address(std::string_view text) {
    return text.find('@') != std::string_view::npos && base::Email::parse(base::trim(text));
}

std::unexpected<base::Error> refuse(std::string words) {
    return base::fail(base::ErrorCode::invalid_input, "lead file", std::move(words));
}

std::string shown(const std::vector<std::string>& columns) {
    std::vector<std::string> names;
    for (const std::string& column : columns) names.push_back(base::printable(column, 60));
    return base::printable(base::join(names, ", "), 2000);
}

// One file being understood.
struct Finding {
    const std::vector<std::string>& columns;
    std::vector<std::string> names;  // squashed
    std::vector<bool> used;
    LeadColumns found;

    explicit Finding(const std::vector<std::string>& first_record)
        : columns(first_record), used(first_record.size(), false) {
        for (const std::string& column : columns) names.push_back(squashed(column));
    }
    void add(const std::string& field, std::size_t column) {
        found.meaning[field].push_back(column);
        used[column] = true;
    }
    base::Result<> use_mapping(const ColumnWish& wish);
    void use_preset(const Preset& preset);
    void use_content();
    void keep_the_rest(const Preset& preset);
};

base::Result<> Finding::use_mapping(const ColumnWish& wish) {
    for (const auto& [field, column] : wish.mapped) {
        const auto at = std::ranges::find(names, squashed(column));
        if (at == names.end())
            return refuse(fmt::format(
                "--map {}={}: there is no such column; there are: {}",
                base::printable(field, 60),
                base::printable(column, 60),
                shown(columns)
            ));
        const auto index = static_cast<std::size_t>(at - names.begin());
        if (generic().columns.contains(field)) {
            add(field, index);
        } else {
            found.own.emplace_back(merge_field_name(field), index);
            used[index] = true;
        }
    }
    return {};
}

// A field that was mapped by hand stays as it was said.
void Finding::use_preset(const Preset& preset) {
    for (const auto& [field, wanted] : preset.columns) {
        const bool said = found.meaning.contains(field);
        for (const std::string& name : wanted)
            for (std::size_t i = 0; i < names.size(); ++i)
                if (!said && !used[i] && names[i] == name) add(field, i);
    }
}

// A file without heading: plain addresses, one a line, or the one column that holds one.
void Finding::use_content() {
    for (std::size_t i = 0; i < columns.size() && !found.meaning.contains("email"); ++i) {
        if (!is_address(columns[i])) continue;
        found.heading = false;
        add("email", i);
    }
}

void Finding::keep_the_rest(const Preset& preset) {
    std::set<std::string> taken;
    for (const auto& [field, columns_of_it] : generic().columns) taken.insert(field);
    taken.insert({"domain", "sender_name", "sender_company"});
    for (const auto& [field, column] : found.own) taken.insert(field);
    for (std::size_t i = 0; i < columns.size(); ++i) {
        if (used[i]) continue;
        if (preset.left_out.contains(names[i])) {
            found.left_out.push_back(columns[i]);
            continue;
        }
        const std::string wanted =
            found.heading ? merge_field_name(columns[i]) : fmt::format("column_{}", i + 1);
        if (wanted.empty()) continue;
        std::string name = wanted;
        for (int n = 2; taken.contains(name); ++n) name = fmt::format("{}_{}", wanted, n);
        taken.insert(name);
        found.own.emplace_back(name, i);
    }
}

}  // namespace

std::string squashed(std::string_view name) {
    std::string out;
    for (const char c : inbound::fold(name))
        if (inbound::is_word_byte(c)) out += c;
    return out;
}

std::string merge_field_name(std::string_view column) {
    std::string out;
    for (const char c : inbound::fold(column)) {
        if (inbound::is_word_byte(c))
            out += c;
        else if (!out.empty() && !out.ends_with('_'))
            out += '_';
    }
    if (out.size() > kNameBytesMax) out.resize(kNameBytesMax);
    while (!out.empty() && (out.ends_with('_') || !base::is_utf8(out))) out.pop_back();
    return out;
}

std::vector<std::string> preset_names() {
    std::vector<std::string> names;
    for (const Preset& preset : presets()) names.push_back(preset.name);
    return names;
}

base::Result<std::vector<std::pair<std::string, std::string>>> read_mapping(std::string_view text) {
    std::vector<std::pair<std::string, std::string>> mapped;
    for (const std::string& piece : base::split(text, ',')) {
        const std::size_t equals = piece.find('=');
        if (equals == std::string::npos && !mapped.empty()) {
            mapped.back().second += "," + piece;
            continue;
        }
        const std::string_view view = piece;
        const std::string field =
            equals == std::string::npos ? "" : merge_field_name(view.substr(0, equals));
        if (field.empty() || base::trim(view.substr(equals + 1)).empty())
            return refuse(fmt::format(
                "--map '{}': write FIELD=Column, as email=E-Mail,company=Firma",
                base::printable(text, 100)
            ));
        mapped.emplace_back(field, base::trim(view.substr(equals + 1)));
    }
    return mapped;
}

base::Result<LeadColumns> find_columns(
    const std::vector<std::string>& first_record, const ColumnWish& wish
) {
    Finding finding(first_record);
    const Preset* preset =
        wish.preset.empty() ? &preset_of(finding.names) : preset_named(wish.preset);
    if (preset == nullptr)
        return refuse(fmt::format(
            "--preset {}: use one of {}",
            base::printable(wish.preset, 60),
            base::join(preset_names(), ", ")
        ));
    finding.found.preset = preset->name;
    const base::Result<> mapped = finding.use_mapping(wish);
    if (!mapped) return base::pass_on(mapped);
    finding.use_preset(*preset);
    if (preset != &generic()) finding.use_preset(generic());
    if (!finding.found.meaning.contains("email")) finding.use_content();
    if (!finding.found.meaning.contains("email"))
        return refuse(fmt::format(
            "no column holds addresses by its name; say which: --map email=COLUMN. There are: {}",
            shown(first_record)
        ));
    finding.keep_the_rest(*preset);
    return std::move(finding.found);
}

}  // namespace campaign
