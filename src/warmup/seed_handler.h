// What warmup does with a message of its own that was found in a seed mailbox: records the first
// sighting and decides about the answer, once, in one transaction.
#pragma once
#include "inbound/handler.h"
#include "warmup/context.h"

namespace warmup {

class SeedHandler : public inbound::Handler {
  public:
    // `first_sighting` is told of every new sighting after its commit.
    using Observer = std::function<void(std::int64_t email_id, std::string_view placement)>;
    SeedHandler(Context& context, std::int64_t cycle, Observer first_sighting);

    store::Role role() const override { return store::Role::warmup; }
    base::Task<std::vector<std::optional<std::int64_t>>> recognise(
        std::int64_t mailbox_id, std::vector<inbound::Candidate> candidates
    ) override;
    base::Task<> handle(inbound::Incoming incoming) override;

  private:
    Context& context_;
    std::int64_t cycle_;
    Observer first_sighting_;
};

}  // namespace warmup
