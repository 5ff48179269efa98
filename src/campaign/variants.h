// Variants of a step's text: who gets which, and what the replies say about them.
//
// The answer may be looked at as often as one likes: a sequential test (a mixture over all reply
// rates against the best single rate, Robbins 1970; an e-process, so Ville's inequality holds at
// all looks together) names a winner among equals with a chance of at most `kErrorRate`.
//
// A mail counts when `kAnswerWindow` has passed since it was sent, and then with the replies of
// that time: a look must not see a mail's answer before its silence.
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "campaign/records.h"
#include "store/connection.h"

namespace campaign {

inline constexpr double kErrorRate = 0.05;
inline constexpr base::Duration kAnswerWindow = std::chrono::hours(24 * 5);

// The text of this lead and step: by share, the same for the same lead ever after, whatever order
// the texts are in; a text that goes or comes moves only its own share. Retired and held texts are
// left out. Null where none is left.
const Text* choose_text(const std::vector<Text>& texts, std::int64_t lead_id);

struct VariantCount {
    std::int64_t text_id = 0;
    std::string variant;
    std::int64_t sent = 0;     // to so many leads, long enough ago
    std::int64_t replied = 0;  // of these
    std::int64_t young = 0;    // sent, but not long enough ago
};

struct Comparison {
    std::vector<VariantCount> counts;
    std::string winner;  // empty: no difference shown yet
    std::string words;   // for people; never a bare ratio
};
Comparison compare_variants(std::vector<VariantCount> counts);

// How strongly the counts speak against one common rate: 1/p or more happens by chance with
// probability p at most, however often one looks. As a logarithm.
double log_evidence(const VariantCount& left, const VariantCount& right);

// Adds a page of sent drafts with an id over `after` to the counts; the last id, 0 at the end.
std::int64_t count_variants(
    store::Connection& connection,
    std::int64_t campaign_id,
    int step,
    std::int64_t after,
    base::Timestamp now,
    std::vector<VariantCount>& counts
);

}  // namespace campaign
