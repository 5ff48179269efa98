// What a draft is written from, read in one job; and the draft put into the store in another.
// draft_writer.h is what users see.
#pragma once
#include <optional>
#include <vector>

#include "campaign/context.h"
#include "campaign/draft_model.h"
#include "campaign/draft_store.h"
#include "campaign/followups.h"
#include "campaign/review_gate.h"

namespace campaign {

struct WritingPlan {
    WritingTask task;          // lead, settings, step, earlier mails, reasons of a refused try
    std::optional<Text> text;  // none: the model writes
    ThreadPlan thread;         // of a follow-up
    std::optional<std::int64_t> draft;  // `generating`, to be written (again)
    std::int64_t rewrites = 0;          // of that draft, as it was read
    int attempt = 0;                    // so many were refused
    std::optional<std::int64_t> done;   // nothing to write: this one lives
};

// conflict, not_found, invalid_input, cancelled: as DraftWriter::write.
base::Result<WritingPlan> plan_writing(
    store::Connection& connection,
    std::int64_t lead_id,
    int step,
    const Limits& limits,
    base::Timestamp now
);

struct WrittenDraft {
    DraftText text;
    std::string written_by;  // model, template
    // Not empty: this lead can't be written to with this text; the draft is stored as rejected.
    std::string impossible;
};

// Without the blanks at the ends of lines that come from a file: what stands there after rendering
// is of an empty field.
std::string without_line_ends(std::string_view text);
// The text of the plan's template for its lead; `attempt` draws other variations.
base::Result<WrittenDraft> render_draft(const WritingPlan& plan, int attempt);
// Subject and footers as they leave: in a thread the subject is the thread's, letter by letter; so
// it is where the text has none, since it was written for a thread that could not be gone on with.
base::Result<DraftText> finished(const WritingPlan& plan, DraftText text);
// Another try may give another text.
bool can_vary(const WritingPlan& plan);

// Puts it into the store and reviews it, in this transaction. `last`: it is rejected where it does
// not pass, else it stays `generating`. What was decided while the model thought stands: a draft
// that a person or another worker finished is given as it is; conflict where another worker is
// still at it, and where the lead may not be written to any more.
struct StoredDraft {
    std::int64_t id = 0;
    std::string status;
    std::vector<Finding> findings;
    std::int64_t rewrites = 0;
};
base::Result<StoredDraft> store_draft(
    store::Connection& connection,
    const WritingPlan& plan,
    const WrittenDraft& written,
    const std::optional<Opinion>& opinion,
    bool last,
    base::Timestamp now
);

}  // namespace campaign
