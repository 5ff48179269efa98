// What a campaign needs before its first mail may leave. Pure; `campaign start` asks and says.
#pragma once
#include <string>
#include <vector>

#include "campaign/context.h"
#include "campaign/records.h"
#include "campaign/settings.h"

namespace campaign {

// Mails a day to one provider from which on bulk rules demand one-click unsubscribing, counted per
// primary domain (providers.md 4.2).
inline constexpr int kBulkPerDay = 5000;

enum class UrlState { none, answers, fails };

struct StartFacts {
    Settings settings;
    Limits limits;
    UrlState url = UrlState::none;
    std::string url_words;  // why it fails
    // Of each step, where texts are written by hand; those apart that are held after spam.
    std::vector<int> texts;
    std::vector<int> texts_held;
    int mails_per_day_max = 0;  // of the primary domain that can send most
};

// Fills in the counts of texts of a campaign with so many steps.
void count_texts(const std::vector<Text>& texts, std::size_t steps, StartFacts& facts);
// What is missing, each with its mend; empty: it may start.
std::vector<std::string> start_problems(const StartFacts& facts);
// What the owner should know though it may start.
std::vector<std::string> start_notes(const StartFacts& facts);

// What sending without the https form means, for people.
std::string mailto_only_words();

}  // namespace campaign
