#include "campaign/start_rules.h"

#include <fmt/format.h>

#include "base/text.h"
#include "campaign/send_window.h"

namespace campaign {

namespace {

bool mailto_only(const StartFacts& facts) { return facts.settings.unsubscribe == "mailto-only"; }

void check_unsubscribe(const StartFacts& facts, std::vector<std::string>& problems) {
    if (facts.url == UrlState::fails) {
        problems.push_back(
            "[unsubscribe] url does not answer (" + facts.url_words +
            "): run `pilotlight serve` behind it, or take it out"
        );
        return;
    }
    if (facts.url == UrlState::answers) return;
    if (!mailto_only(facts)) {
        problems.push_back(
            "nobody can unsubscribe with one click: set [unsubscribe] url to the public address "
            "of `pilotlight serve`, or say unsubscribe = \"mailto-only\" in the campaign's file "
            "(or "
            "--confirm mailto-only)"
        );
        return;
    }
    if (facts.mails_per_day_max > kBulkPerDay)
        problems.push_back(fmt::format(
            "one primary domain can send {} mails a day; above {} the one-click URL is required: "
            "set [unsubscribe] url",
            facts.mails_per_day_max,
            kBulkPerDay
        ));
}

void check_steps(const StartFacts& facts, std::vector<std::string>& problems) {
    const std::vector<Step>& steps = facts.settings.steps;
    if (steps.empty()) problems.emplace_back("it has no step: give it at least the first mail");
    if (static_cast<int>(steps.size()) > facts.limits.mails_max)
        problems.push_back(fmt::format(
            "it has {} steps; a lead gets at most {} mails", steps.size(), facts.limits.mails_max
        ));
    for (std::size_t i = 1; i < steps.size(); ++i)
        if (steps[i].after_days < 1)
            problems.push_back(fmt::format("step {} follows after less than a day", i));
    if (facts.settings.writer != "template") return;
    for (std::size_t i = 0; i < steps.size(); ++i)
        if (i >= facts.texts.size() || facts.texts[i] == 0)
            problems.push_back(
                i < facts.texts_held.size() && facts.texts_held[i] > 0
                    ? fmt::format("every text of step {} is held, since it landed in spam", i)
                    : fmt::format("step {} has no text", i)
            );
}

}  // namespace

void count_texts(const std::vector<Text>& texts, std::size_t steps, StartFacts& facts) {
    facts.texts.assign(steps, 0);
    facts.texts_held.assign(steps, 0);
    for (const Text& text : texts) {
        const auto step = static_cast<std::size_t>(text.step);
        if (step < steps) ++(text.canary == "held" ? facts.texts_held : facts.texts)[step];
    }
}

std::vector<std::string> start_problems(const StartFacts& facts) {
    std::vector<std::string> problems;
    const Settings& settings = facts.settings;
    if (base::trim(settings.sender_name).empty())
        problems.emplace_back("who writes is missing: set sender_name in the campaign's file");
    if (base::trim(settings.postal_address).empty())
        problems.emplace_back(
            "the postal address is missing, which the law asks for: set postal_address"
        );
    if (const auto window = window_of(settings, facts.limits); !window)
        problems.push_back(window.error().message);
    check_steps(facts, problems);
    check_unsubscribe(facts, problems);
    return problems;
}

std::vector<std::string> start_notes(const StartFacts& facts) {
    std::vector<std::string> notes;
    if (facts.url == UrlState::none && mailto_only(facts)) notes.push_back(mailto_only_words());
    return notes;
}

std::string mailto_only_words() {
    return "unsubscribe = \"mailto-only\": mails carry List-Unsubscribe with a mailto address "
           "only. "
           "Gmail and Yahoo count that as no one-click unsubscribe (RFC 8058); it is enough for "
           "senders under 5,000 mails a day, above that marketing mail is refused or put into "
           "spam. Opt-outs arrive as mail and act when a look into the senders' mailboxes finds "
           "them.";
}

}  // namespace campaign
