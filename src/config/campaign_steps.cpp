#include "config/campaign_steps.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "base/text.h"
#include "config/nearest.h"

namespace config {

namespace {

constexpr int kStepsMax = 3;  // mails to one lead (DESIGN, issue 4)
constexpr int kVariantsMax = 10;
constexpr int kDaysMax = 60;
constexpr int kShareMax = 1000;
constexpr std::size_t kSubjectBytesMax = 200;
constexpr std::size_t kBodyBytesMax = 20'000;
constexpr std::size_t kHtmlBytesMax = 100'000;
constexpr int kDefaultDays = 3;

// Takes "[12]" off the front; nothing where there is none.
std::optional<int> take_index(std::string_view& name) {
    if (!name.starts_with('[')) return std::nullopt;
    const std::size_t end = name.find(']');
    if (end == std::string_view::npos) return std::nullopt;
    const auto index = base::parse_int(name.substr(1, end - 1));
    if (!index || *index > 1000) return std::nullopt;
    name.remove_prefix(end + 1);
    return static_cast<int>(*index);
}

// Reads a whole number in range; the answer is the problem.
std::string read_number(const Value& value, int low, int high, std::optional<int>& out) {
    const auto* number = std::get_if<std::int64_t>(&value);
    if (number == nullptr || *number < low || *number > high)
        return fmt::format("needs a whole number from {} to {}", low, high);
    out = static_cast<int>(*number);
    return {};
}

std::string read_text(
    const Value& value, std::size_t bytes_max, bool one_line, std::optional<std::string>& out
) {
    const auto* text = std::get_if<std::string>(&value);
    if (text == nullptr) return "needs a text in quotes";
    if (text->size() > bytes_max) return fmt::format("is longer than {} bytes", bytes_max);
    const std::string kept(base::trim(*text));
    if (kept.empty()) return "is empty";
    if (one_line && kept.find_first_of("\r\n") != std::string::npos)
        return "has a line end; use one line";
    out = kept;
    return {};
}

bool is_variant_name(std::string_view name) {
    return !name.empty() && name.size() <= 20 && std::ranges::all_of(name, [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
    });
}

std::string unknown(std::string_view key, const std::vector<std::string_view>& known) {
    return fmt::format("is not a key; did you mean {}?", nearest_of(key, known));
}

std::string shown(int number) { return fmt::format("step {}", number + 1); }

}  // namespace

void CampaignSteps::take_words(
    Words& words, std::string_view key, const TomlEntry& entry, std::string& problem
) {
    if (key == "subject")
        problem = read_text(entry.value, kSubjectBytesMax, true, words.subject);
    else if (key == "body")
        problem = read_text(entry.value, kBodyBytesMax, false, words.body);
    else if (key == "html_body")
        problem = read_text(entry.value, kHtmlBytesMax, false, words.html_body);
    else if (key == "share")
        problem = read_number(entry.value, 1, kShareMax, words.share);
    else if (key == "name")
        problem = read_text(entry.value, 100, true, words.name);
    else
        problem = unknown(key, {"name", "share", "subject", "body", "html_body"});
}

void CampaignSteps::take_step(
    Step& step, std::string_view key, const TomlEntry& entry, std::string& problem
) {
    if (key == "after_days") {
        problem = read_number(entry.value, 0, kDaysMax, step.after_days);
    } else if (key == "same_thread") {
        const auto* boolean = std::get_if<bool>(&entry.value);
        if (boolean == nullptr)
            problem = "needs true or false";
        else
            step.same_thread = *boolean;
    } else if (key == "subject" || key == "body" || key == "html_body") {
        take_words(step.own, key, entry, problem);
    } else {
        problem =
            unknown(key, {"after_days", "same_thread", "subject", "body", "html_body", "variant"});
    }
}

bool CampaignSteps::take(const TomlEntry& entry, std::vector<std::string>& problems) {
    std::string_view name = entry.name;
    if (!name.starts_with("step[")) return false;
    name.remove_prefix(4);
    const auto number = take_index(name);
    if (!number) return false;
    Step& step = steps_[*number];
    if (step.line == 0) step.line = entry.line;
    std::string problem;
    if (name.starts_with(".variant[")) {
        name.remove_prefix(8);
        const int index = take_index(name).value_or(0);
        Words& words = step.variants[index];
        if (words.line == 0) words.line = entry.line;
        if (name.starts_with('.')) take_words(words, name.substr(1), entry, problem);
    } else if (name.starts_with('.')) {
        if (step.own.line == 0) step.own.line = entry.line;
        take_step(step, name.substr(1), entry, problem);
    }
    if (!problem.empty())
        problems.push_back(
            fmt::format("{}: {} {}", entry.line, base::printable(entry.name, 120), problem)
        );
    return true;
}

bool CampaignSteps::in_thread(int number, const Step& step) {
    return number > 0 && step.same_thread.value_or(true);
}

void CampaignSteps::check_words(
    int number, const Words& words, bool in_thread, bool needed, std::vector<std::string>& problems
) {
    const auto refuse = [&](const char* why) {
        problems.push_back(fmt::format("{}: {} {}", words.line, shown(number), why));
    };
    if (needed && !words.body) refuse("has no body");
    if (in_thread && words.subject)
        refuse(
            "stands in the thread of the first mail and has its subject; leave subject out, or "
            "set same_thread = false"
        );
    if (!in_thread && needed && !words.subject) refuse("has no subject");
    if (!words.body && words.said() && !needed) refuse("has no body");
    if (words.name && !is_variant_name(*words.name))
        refuse("has a variant whose name is not of a-z, 0-9, - and _ (20 at most)");
}

void CampaignSteps::check_variants(const Step& step, std::vector<std::string>& problems) {
    if (step.variants.size() > kVariantsMax)
        problems.push_back(
            fmt::format("{}: a step has at most {} variants", step.line, kVariantsMax)
        );
    std::set<std::string> names;
    for (const auto& [index, words] : step.variants) {
        const std::string name =
            words.name.value_or(std::string(1, static_cast<char>('a' + index)));
        if (!names.insert(name).second)
            problems.push_back(fmt::format("{}: there are two variants '{}'", words.line, name));
    }
    if (!step.variants.empty() && step.own.said())
        problems.push_back(fmt::format(
            "{}: a step with [[step.variant]] has no text of its own; make it a variant too",
            step.own.line
        ));
}

void CampaignSteps::check(bool texts_needed, std::vector<std::string>& problems) const {
    if (texts_needed && steps_.empty())
        problems.emplace_back("1: there is no [[step]]; a campaign has 1 to 3 mails");
    if (steps_.size() > kStepsMax)
        problems.push_back(fmt::format(
            "{}: there are {} steps; a lead gets at most {} mails",
            steps_.rbegin()->second.line,
            steps_.size(),
            kStepsMax
        ));
    for (const auto& [number, step] : steps_) {
        if (number == 0 && step.after_days.value_or(0) != 0)
            problems.push_back(
                fmt::format("{}: the first mail waits for none; leave after_days out", step.line)
            );
        if (number > 0 && step.after_days.value_or(kDefaultDays) == 0)
            problems.push_back(fmt::format(
                "{}: {} needs after_days from 1 to {}", step.line, shown(number), kDaysMax
            ));
        check_variants(step, problems);
        const bool in_thread_of_first = in_thread(number, step);
        if (step.variants.empty())
            check_words(number, step.own, in_thread_of_first, texts_needed, problems);
        for (const auto& [index, words] : step.variants)
            check_words(number, words, in_thread_of_first, texts_needed, problems);
    }
}

std::vector<CampaignStep> CampaignSteps::steps() const {
    std::vector<CampaignStep> out;
    for (const auto& [number, step] : steps_)
        out.push_back(
            {number == 0 ? 0 : step.after_days.value_or(kDefaultDays),
             number == 0 || step.same_thread.value_or(true)}
        );
    return out;
}

std::vector<CampaignText> CampaignSteps::texts() const {
    std::vector<CampaignText> out;
    for (const auto& [number, step] : steps_) {
        std::map<int, Words> all = step.variants;
        if (all.empty()) all.emplace(0, step.own);
        for (const auto& [index, words] : all) {
            if (!words.body) continue;
            out.push_back(
                {number,
                 words.name.value_or(std::string(1, static_cast<char>('a' + index))),
                 words.share.value_or(1),
                 words.subject.value_or(""),
                 *words.body,
                 words.html_body}
            );
        }
    }
    return out;
}

}  // namespace config
