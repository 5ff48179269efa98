// One look into every mailbox, for both sides at once: placement of warmup mail, and what came back
// to campaigns. Nothing is sent.
//
//   MailWatch watch(runtime.warmup_context(), runtime.campaign_context());
//   const WatchResult result = co_await watch.look();
//
// Active mailboxes of both roles are looked at, and senders that rest because mail of theirs was
// refused: answers come all the same. One that its owner or a refused login has paused, or whose
// policy was not accepted, is left alone. Failures of single mailboxes are in the result; a lost
// database is thrown.
#pragma once
#include <functional>
#include <string>
#include <vector>

#include "campaign/context.h"
#include "campaign/reply_handler.h"
#include "warmup/warmup.h"

namespace engine {

struct WatchFailure {
    std::string mailbox;
    base::Error error;
};

struct WatchResult {
    int mailboxes = 0;                        // that were looked into
    warmup::PlacementCounts placement;        // first sightings of openings
    warmup::PlacementCounts reply_placement;  // … and of warmup's replies
    campaign::ReturnCounts returns;
    int classified = 0;  // replies that the model has sorted
    std::vector<WatchFailure> failures;
    std::vector<warmup::Skipped> skipped;
};

class MailWatch {
  public:
    MailWatch(warmup::Context warmup_context, campaign::Context campaign_context);

    // Replies that have no class when `wanted` says no are left for the next look.
    base::Task<WatchResult> look(std::function<bool()> wanted = [] { return true; });

  private:
    base::Task<std::vector<mailbox::Mailbox>> mailboxes(WatchResult& result);
    base::Task<> settle();
    base::Task<> look_into(mailbox::Mailbox account, warmup::Warmup& warmup, WatchResult& result);

    campaign::Context campaign_;
    warmup::Context warmup_;
};

}  // namespace engine
