// Where a lead stands after its history came from another system: pure.
//
// Only what was sent counts: the next step is the one after the last mail, due by the campaign's
// own delays, from the mailbox that sent the first one. A reply or a bounce ends it.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "base/time.h"
#include "campaign/settings.h"

namespace campaign {

struct ImportedMail {
    int step = 0;
    std::optional<base::Timestamp> sent_at;
    std::int64_t mailbox_id = 0;  // 0: none of ours
    std::string outcome;          // none, replied, bounced
    bool in_doubt = false;        // a draft that another worker had claimed
};

struct ImportedState {
    std::string status;  // empty: nothing was sent, it stays as it is
    std::string reason;
    std::int64_t sender_mailbox_id = 0;  // 0: unknown
    int next_step = 0;
    std::optional<base::Timestamp> next_step_at;
    bool operator==(const ImportedState&) const = default;
};

// `mails` in order of their step; `now` stands where a mail does not say when it was sent.
ImportedState state_after(
    const std::vector<ImportedMail>& mails, const std::vector<Step>& steps, base::Timestamp now
);

}  // namespace campaign
