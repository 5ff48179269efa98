// The one door into `ready_to_send`: a draft passes review in the same transaction, or it does not
// pass.
//
// From generating, rejected (a person approves or edits) and ready_to_send (a review that is older
// than kReviewValid); every other status is left alone. `claimed → ready_to_send` after a lease or
// a 4xx is the claim's own way back: it needs a review that still holds (review.h). Runs inside the
// caller's job, on Role::campaign; writes score, reasons and the ledger.
#pragma once
#include "base/result.h"
#include "campaign/review.h"
#include "store/connection.h"

namespace campaign {

struct Release {
    std::optional<Opinion> opinion;
    // A person who says "send it": lifts the score to kScorePassed where no hard rule is broken.
    std::string approved_by;
    // What becomes of a draft that does not pass: rejected, or (it will be written again) it stays
    // `generating`.
    bool reject = true;
};

struct Released {
    Review review;
    std::string status;  // of the draft now: ready_to_send, rejected, generating
};

// not_found; conflict where the draft is in another status, names it, and where another draft of
// the same mail lives: one that was ready is cancelled then.
base::Result<Released> review_and_release(
    store::Connection& connection, std::int64_t draft_id, const Release& how, base::Timestamp now
);

// What the review of a draft would look at.
base::Result<ReviewSubject> review_subject(store::Connection& connection, const Draft& draft);

// False for a ready draft that has to be reviewed again before it is claimed: its review is older
// than kReviewValid, or it was imported and never had one.
bool review_holds(
    const std::optional<base::Timestamp>& reviewed_at,
    std::string_view written_by,
    base::Timestamp now
);

// Drafts that are ready but whose review no longer holds, the oldest review first, and then those
// that never had one (as after an import): they are not claimed before they passed again.
std::vector<std::int64_t> due_for_review(
    store::Connection& connection, base::Timestamp now, int count_max
);
// Its two statements; each finds its rows by the index email_drafts_reviewed.
std::string due_for_review_sql(bool never_reviewed, std::size_t count_max);

}  // namespace campaign
