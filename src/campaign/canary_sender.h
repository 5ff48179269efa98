// Sends the copies of new texts to the seed mailboxes (canary.h says which). One call sends at most
// one copy from each sender that has budget, the least loaded first; call it again later.
//
// The copy is written as for a lead of the campaign, with invented values, so that it reads like
// the real mail and holds nobody's data, and goes to the owner's own seed mailbox. Errors: a copy
// that can't be written or sent is named in `problems`; a lost database is thrown.
#pragma once
#include <string>
#include <vector>

#include "campaign/single_mail.h"

namespace campaign {

struct CanariesSent {
    int sent = 0;
    std::vector<std::string> problems;
};
base::Task<CanariesSent> send_canaries(
    Context context,
    UnsubscribeHeaders unsubscribe,
    base::MonotonicTime deadline = base::MonotonicTime::max()  // none is begun after it
);

}  // namespace campaign
