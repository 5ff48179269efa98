// When handled warmup mail is put out of the owner's sight, and whether a mail is taken out of
// spam. Pure decisions; their words go to the ledger.
#pragma once
#include <string_view>

#include "base/random.h"
#include "mailbox/mailbox.h"

namespace warmup {

// 30 to 90 minutes after it was handled: not at the same beat for any two mails.
base::Timestamp filing_due(base::Timestamp handled_at, base::Random& random);
// 10 to 60 minutes after it was found, as a person would come by.
base::Timestamp rescue_due(base::Timestamp found_at, base::Random& random);

// A Google mailbox that is reached by OAuth: the API policy for these scopes excludes getting round
// Gmail's spam filter (providers.md 4.1), and so do we.
bool is_google_oauth(const mailbox::Mailbox& mailbox);

inline constexpr int kRescuesASenderAndDay = 1;

struct RescueFacts {
    bool wanted = false;        // [warmup] rescue
    bool accepted = false;      // the mailbox's owner consented, with a date
    bool measuring = false;     // mode = measure
    bool google_oauth = false;  // is_google_oauth
    bool proven_ours = false;   // its text is the one that was sent
    int today = 0;              // rescues of this sender's mail since the day began
};
struct RescueDecision {
    bool rescue = false;
    std::string_view reason;
};
RescueDecision decide_rescue(const RescueFacts& facts);

}  // namespace warmup
