// Whether a draft may leave: deterministic rules, each a pure function with a name and words for
// people.
//
//   const Review verdict = review(subject);
//   if (!verdict.passed) for (const Finding& finding : verdict.findings) …
//
// The score is 100 less the points of the findings; a hard finding can't be outweighed, not by the
// model's opinion and not by a person. The one way into `ready_to_send` is review_gate.h.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "campaign/records.h"
#include "campaign/settings.h"

namespace campaign {

inline constexpr int kScorePassed = 70;
// What a review says holds so long; an older draft is reviewed again before it is claimed.
inline constexpr base::Duration kReviewValid = std::chrono::hours(24 * 7);
// So often is a refused draft written again, with the reasons; then it is rejected.
inline constexpr int kRewritesMax = 2;

struct Finding {
    std::string rule;   // "wrong_name"
    std::string words;  // "it greets \"Peter\", but the lead is called Anna Schmidt"
    int points = 0;
    bool hard = false;
};

// What a model thinks of a draft; it counts only for the text that it read.
struct Opinion {
    std::string text_hash;  // opinion_hash(subject, body)
    int score = 0;          // 0 to 100
    std::vector<std::string> reasons;
};
std::string opinion_hash(std::string_view subject, std::string_view body);

// All that the rules look at.
struct ReviewSubject {
    std::string subject;
    std::string body;  // with its footer
    std::optional<std::string> html_body;
    bool first_mail = true;
    bool answers = false;        // it goes into a thread (In-Reply-To is known)
    std::string thread_subject;  // of the first mail of its thread; empty: unknown
    Lead lead;
    Settings settings;
    // What the campaign itself says: the texts of its steps as they were written.
    std::string campaign_text;
    // Names and companies of other leads of this campaign that stand in the text.
    std::vector<std::string> names_of_others;
    std::optional<Opinion> opinion;
};

struct Review {
    int score = 0;
    bool passed = false;
    std::vector<Finding> findings;
};

Review review(const ReviewSubject& subject);

// As it lies in email_drafts.review: a JSON list of {rule, words}; and back (a text that is none
// gives an empty list).
std::string findings_json(const std::vector<Finding>& findings);
std::vector<Finding> findings_from_json(std::string_view json);
// "wrong_name: it greets …; too_long: …"
std::string findings_in_words(const std::vector<Finding>& findings);

}  // namespace campaign
