// Variants of a step's text: who gets which, and what the replies say about them.
//
// The answer may be looked at after every reply: confidence sequences hold at all times together
// (Waudby-Smith and Ramdas 2024, betting; here a mixture likelihood over each rate), so the chance
// of ever naming a winner among equals is at most `kErrorRate`.
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "campaign/records.h"
#include "store/connection.h"

namespace campaign {

inline constexpr double kErrorRate = 0.05;

// The text of this lead and step: by share, the same for the same lead ever after, whatever order
// the texts are in. Retired and held texts are left out. Null where none is left.
const Text* choose_text(const std::vector<Text>& texts, std::int64_t lead_id);

struct VariantCount {
    std::string variant;
    std::int64_t text_id = 0;
    std::int64_t sent = 0;  // to so many leads
    std::int64_t replied = 0;
};

struct Interval {
    double low = 0;
    double high = 1;
};
// Where the reply rate lies, at every look, with at most `error` chance of ever being wrong.
Interval rate_interval(std::int64_t sent, std::int64_t replied, double error);

struct Comparison {
    std::vector<VariantCount> counts;
    std::string winner;  // empty: no difference shown yet
    std::string words;   // "no difference shown yet (a: 3 replies of 60; …)"
};
Comparison compare_variants(std::vector<VariantCount> counts);

// Counts of a step's variants (first mails and follow-ups that were accepted; replies by people).
std::vector<VariantCount> variant_counts(
    store::Connection& connection, std::int64_t campaign_id, int step
);

}  // namespace campaign
