// Writes, reviews and stores the draft of a lead's step: from the campaign's text, or through the
// campaigns' model. `generating` → `ready_to_send`, or `rejected` after kRewritesMax rewrites.
//
//   DraftWriter writer(context);
//   const base::Result<std::int64_t> draft = co_await writer.write(lead_id, step);
//
// Life cycle: refers to the context's parts, which outlive every write; many may be open at once.
// Writing again what is written gives the draft that lives. A crash leaves a `generating` draft;
// the next write of that step takes it over. A lead that lacks a value of its template gets a
// rejected draft that says so, for a person to see. Errors: not_found (lead, campaign, text of the
// step), conflict (the lead is not to be written to; its words say why), invalid_input (the
// campaign lacks its postal address, a template does not parse), unavailable and the model's other
// errors, cancelled (the thread of a follow-up is not known yet).
#pragma once
#include <functional>

#include "campaign/context.h"
#include "campaign/draft_store.h"
#include "campaign/followups.h"
#include "campaign/review_gate.h"
#include "campaign/writing_plan.h"

namespace campaign {

class DraftWriter : public FollowUpWriter {
  public:
    explicit DraftWriter(Context context) : context_(std::move(context)) {}

    // The draft's id, whether it is ready to be sent or was rejected.
    base::Task<base::Result<std::int64_t>> write(std::int64_t lead_id, int step) override;

    // A person's word about a draft that waits or was rejected.
    base::Task<base::Result<Released>> approve(std::int64_t draft_id, std::string by);
    // The footer is added where the text lacks it.
    base::Task<base::Result<Released>> edit(std::int64_t draft_id, DraftText text, std::string by);
    base::Task<base::Result<>> reject(std::int64_t draft_id, std::string reason, std::string by);

    // Reviews again what is due (review_gate.h); how many were looked at.
    base::Task<int> review_again(int count_max);

  private:
    base::Task<base::Result<WrittenDraft>> compose(WritingPlan plan, int attempt);
    base::Task<std::optional<Opinion>> ask_opinion(WritingPlan plan, DraftText text);

    Context context_;
};

}  // namespace campaign
