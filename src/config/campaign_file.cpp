#include "config/campaign_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json.hpp>

#include "base/text.h"
#include "config/campaign_keys.h"
#include "config/campaign_steps.h"
#include "config/campaign_values.h"
#include "config/nearest.h"
#include "config/toml_reader.h"

namespace config {

namespace {

constexpr std::size_t kProblemsMax = 50;
constexpr std::size_t kColumns = 96;

constexpr std::string_view kHead =
    "# A campaign: what it says, when, and to whom it may. Make it with\n"
    "#   pilotlight campaign create NAME --file campaign.toml\n"
    "# Run the same again after a change, while the campaign is a draft or paused. Keys that "
    "stand\n"
    "# behind a '#' show their default.\n";

constexpr std::string_view kSteps =
    "\n"
    "# The mails, in order; three at most. {{first_name}}, {{company}} and every column of the "
    "lead\n"
    "# file are merge fields, {{first_name|there}} has a word for leads without one, and {a|b}\n"
    "# takes one of its words by lot. Signature, opt-out sentence and postal address are added.\n"
    "[[step]]\n"
    "subject = \"{{company}} and its books\"\n"
    "body = \"\"\"\n"
    "{Hi|Hello} {{first_name|there}},\n"
    "\n"
    "who does the books at {{company}}? We do them for small shops, in a day:\n"
    "https://example.com/shops\n"
    "\n"
    "Would a short call next week suit you?\n"
    "\"\"\"\n"
    "\n"
    "# Days after the mail before it, in the same thread (with its subject). Variants are tried\n"
    "# against each other, in the split of their shares.\n"
    "[[step]]\n"
    "after_days = 3\n"
    "same_thread = true\n"
    "\n"
    "[[step.variant]]\n"
    "name = \"a\"\n"
    "share = 1\n"
    "body = \"Hi {{first_name|there}}, is this a question for a colleague of yours?\"\n"
    "\n"
    "[[step.variant]]\n"
    "name = \"b\"\n"
    "share = 1\n"
    "body = \"Hi {{first_name|there}}, may I send you one page about it?\"\n"
    "\n"
    "# In a thread of its own: with a subject.\n"
    "[[step]]\n"
    "after_days = 3\n"
    "same_thread = false\n"
    "subject = \"One last question, {{first_name|}}\"\n"
    "body = \"Hello {{first_name|there}}, shall I leave it at that?\"\n";

const CampaignKey* find(std::string_view name) {
    const auto* found = std::ranges::find(kCampaignKeys, name, &CampaignKey::name);
    return found == kCampaignKeys.end() ? nullptr : found;
}

bool is_section(std::string_view name) {
    const std::string prefix = std::string(name) + '.';
    return std::ranges::any_of(kCampaignKeys, [&](const CampaignKey& key) {
        return key.name.starts_with(prefix);
    });
}

std::string unknown_key(const TomlEntry& entry) {
    std::vector<std::string_view> known;
    for (const CampaignKey& key : kCampaignKeys) known.push_back(key.name);
    return fmt::format(
        "{}: {} is not a key; did you mean {}?",
        entry.line,
        base::printable(entry.name, 120),
        nearest_of(entry.name, known)
    );
}

std::unexpected<base::Error> refuse(
    std::vector<std::string> problems, const std::string& file_name
) {
    if (problems.size() > kProblemsMax) {
        const std::size_t more = problems.size() - kProblemsMax;
        problems.resize(kProblemsMax);
        problems.push_back(fmt::format("and {} more", more));
    }
    for (std::string& problem : problems) problem = file_name + ":" + problem;
    return base::fail(base::ErrorCode::invalid_input, "campaign file", base::join(problems, "\n"));
}

void check_window(const boost::json::object& settings, std::vector<std::string>& problems) {
    const auto hour = [&](const char* name) {
        const auto* value = settings.if_contains(name);
        return value == nullptr ? std::int64_t{-1} : value->as_int64();
    };
    const std::int64_t start = hour("start_hour");
    const std::int64_t end = hour("end_hour");
    if (start >= 0 && end >= 0 && end <= start)
        problems.push_back(
            fmt::format("1: when.end_hour = {} is not after when.start_hour = {}", end, start)
        );
}

boost::json::array steps_json(const CampaignSteps& steps) {
    boost::json::array list;
    for (const CampaignStep& step : steps.steps())
        list.push_back({{"after_days", step.after_days}, {"same_thread", step.same_thread}});
    return list;
}

std::string commented(std::string_view text) {
    std::string out;
    std::string line = "#";
    for (const std::string& word : base::split(text, ' ')) {
        if (line.size() + 1 + word.size() > kColumns) {
            out += line + '\n';
            line = "#";
        }
        line += ' ' + word;
    }
    return out + line + '\n';
}

}  // namespace

base::Result<CampaignFile> read_campaign_file(std::string_view text, const std::string& file_name) {
    const auto entries = read_toml(text);
    if (!entries) return refuse({entries.error().message}, file_name);
    boost::json::object settings;
    CampaignSteps steps;
    std::vector<std::string> problems;
    for (const TomlEntry& entry : *entries) {
        if (steps.take(entry, problems)) continue;
        const CampaignKey* key = find(entry.name);
        if (key == nullptr) {
            const bool empty_section =
                entry.value == Value(OtherValue{"a table"}) && is_section(entry.name);
            if (!empty_section) problems.push_back(unknown_key(entry));
            continue;
        }
        if (const auto problem = assign_campaign_value(settings, *key, entry.value))
            problems.push_back(fmt::format("{}: {} {}", entry.line, entry.name, *problem));
    }
    const auto* writer = settings.if_contains("writer");
    steps.check(writer == nullptr || writer->as_string() == "template", problems);
    check_window(settings, problems);
    if (!problems.empty()) return refuse(std::move(problems), file_name);
    if (!steps.steps().empty()) settings["steps"] = steps_json(steps);
    return CampaignFile{boost::json::serialize(settings), steps.texts()};
}

std::string campaign_file_example() {
    std::string out(kHead);
    std::string_view section;
    for (const CampaignKey& key : kCampaignKeys) {
        const std::size_t dot = key.name.find('.');
        if (key.name.substr(0, dot) != section)
            out += fmt::format("\n[{}]\n", key.name.substr(0, dot));
        section = key.name.substr(0, dot);
        out += commented(key.help);
        out += fmt::format(
            "{}{} = {}\n", key.default_shown ? "# " : "", key.name.substr(dot + 1), key.example
        );
    }
    return out + std::string(kSteps);
}

}  // namespace config
