// What warmup does with a message of its own that was found: an opening or an answer in a seed
// mailbox, an answer in a sender's. It records the first sighting and decides about the answer,
// once, in one transaction. The messages of the campaigns are not its business: it recognises what
// stands in warmup's own tables, and nothing else is read in full but, in sender mailboxes,
// delivery reports (warmup/delivery_reports.h).
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
    SightingHandler(
        Context& context, mailbox::Role watched, std::int64_t cycle, Observer first_sighting
    );

    store::Role role() const override { return store::Role::warmup; }
    base::Task<std::vector<inbound::Choice>> recognise(
        std::int64_t mailbox_id, std::vector<inbound::Candidate> candidates
    ) override;
    base::Task<inbound::Handled> handle(inbound::Incoming incoming) override;

  private:
    base::Task<inbound::Handled> handle_report(inbound::Incoming incoming);

    Context& context_;
    bool reads_reports_;
    std::int64_t cycle_;
    Observer first_sighting_;
};

}  // namespace warmup
