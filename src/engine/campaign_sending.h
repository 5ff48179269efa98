// The send worker on the real world: writer, unsubscribe links, a name of its own. For `send run`
// and the service.
#pragma once
#include <memory>

#include "campaign/draft_writer.h"
#include "campaign/send_worker.h"
#include "campaign/unsubscribe_link.h"
#include "engine/runtime.h"

namespace engine {

class CampaignSending {
  public:
    // Whether a pass writes the follow-ups that are due and reviews old drafts again.
    enum class Drafts { left_alone, tended };
    // For `send run`, drafts tended. unauthenticated where the store's unsubscribe key was sealed
    // with another key file. The runtime outlives it.
    static base::Result<std::unique_ptr<CampaignSending>> make(Runtime& runtime);
    // The same within a task on the loop.
    static base::Task<base::Result<std::unique_ptr<CampaignSending>>> make_on_loop(
        Runtime& runtime, Drafts drafts
    );

    campaign::SendWorker& worker() { return worker_; }

  private:
    CampaignSending(Runtime& runtime, campaign::UnsubscribeKey key, Drafts drafts);

    campaign::DraftWriter writer_;
    campaign::SendWorker worker_;
};

// The two headers of a mail, with the https form where a public URL is set.
campaign::UnsubscribeHeaders unsubscribe_headers_of(
    campaign::UnsubscribeKey key, std::string base_url
);

}  // namespace engine
