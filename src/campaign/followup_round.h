// One round of writing the follow-ups that are due: `send run` has one behind its sends, the
// service in its task that keeps drafts. One after the other, since a model writes them.
#pragma once
#include <functional>
#include <string>
#include <vector>

#include "campaign/context.h"
#include "campaign/followups.h"

namespace campaign {

struct FollowupsWritten {
    int written = 0;
    std::vector<std::string> problems;
};

// At most 40, none begun once `wanted` says no: what is left is due in the next round. One that
// could not be written is tried again in an hour. The writer outlives the task; a lost database is
// thrown.
base::Task<FollowupsWritten> write_due_followups(
    Context context, FollowUpWriter& writer, std::function<bool()> wanted
);

}  // namespace campaign
