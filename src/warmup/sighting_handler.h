// What warmup does with a message of its own that was found: an opening or an answer in a seed
// mailbox, an answer in a sender's. It records the first sighting and decides about the answer,
// once, in one transaction. The messages of the campaigns are not its business: it recognises what
// stands in warmup's own tables, and nothing else is read in full.
#pragma once
#include "inbound/handler.h"
#include "warmup/context.h"

namespace warmup {

struct Sighting {
    std::int64_t email_id = 0;
    std::string placement;
    bool opening = true;  // else a reply
};

class SightingHandler : public inbound::Handler {
  public:
    // `first_sighting` is told of every new sighting after its commit.
    using Observer = std::function<void(const Sighting&)>;
    SightingHandler(Context& context, std::int64_t cycle, Observer first_sighting);

    store::Role role() const override { return store::Role::warmup; }
    base::Task<std::vector<std::optional<std::int64_t>>> recognise(
        std::int64_t mailbox_id, std::vector<inbound::Candidate> candidates
    ) override;
    base::Task<bool> handle(inbound::Incoming incoming) override;

  private:
    Context& context_;
    std::int64_t cycle_;
    Observer first_sighting_;
};

}  // namespace warmup
