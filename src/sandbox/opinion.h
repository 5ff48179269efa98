// What a receiving provider thinks of a message: a pure function of its parameters, what it knows
// of the sender, and the message. Chance comes in once, in draw().
//
// Trust grows with the days since the sender's first mail, faster where its mail is answered; a
// jump in volume and repeated texts cost; an answer to a mail of the receiver's own is nearly
// always welcome. The parameters are data (data/sandbox/*.json, see world_data.h).
#pragma once
#include <optional>

#include "base/random.h"
#include "base/time.h"

namespace sandbox {

struct OpinionParameters {
    double spam_start = 0;             // chance of spam for a sender nobody knows
    double spam_floor = 0;             // and for one that has all the trust there is
    double trust_per_day = 0;          // by age alone
    double trust_per_day_engaged = 0;  // added where every mail is answered
    double engagement_halfway = 0;     // mails after which the share of answers counts half
    double old_account_days = 0;       // an account of that age …
    double old_account_bonus = 0;      // … starts with its spam chance lowered by this share
    double volume_free_per_day = 0;    // mails a day that never count as a jump
    double volume_jump_factor = 0;     // times the average of the days before: still no jump
    double volume_penalty = 0;         // added where all of today's mails are beyond both
    double repeat_free = 0;            // earlier mails with the same text that cost nothing
    double repeat_penalty = 0;         // added for each one more …
    double repeat_penalty_max = 0;     // … up to this
    double unauthenticated_penalty = 0;
    double answer_factor = 0;  // multiplies the chance for an answer to the receiver's own mail
    double promotions = 0;  // share of inbox mail in the promotions tab, of a sender nobody knows
    double elsewhere = 0;   // filed by a rule of the owner's: archive
    double vanish = 0;      // accepted, then dropped in silence
};

// What the provider knows of one sender.
struct SenderHistory {
    base::Timestamp account_created = {};
    std::optional<base::Timestamp> first_mail = {};  // none: this is the first
    double mails_today = 0;                          // last 24 hours, this one included
    double average_before = 0;                       // mails per day in the days before
    double delivered = 0;
    double engaged = 0;  // of these, answered or taken out of spam by the receiver
};

struct MessageFeatures {
    double same_text_before = 0;  // mails of this sender with the same text, lately
    bool answers_receiver = false;
    bool authenticated = true;
};

// Chances; the rest of 1 is the inbox.
struct Opinion {
    double spam = 0;
    double elsewhere = 0;
    double vanish = 0;
    double promotions = 0;  // of what goes to the inbox
};

enum class Filing { inbox, promotions, spam, elsewhere, vanished };

Opinion judge(
    const OpinionParameters& parameters,
    const SenderHistory& sender,
    const MessageFeatures& message,
    base::Timestamp now
);
Filing draw(const Opinion& opinion, base::Random& random);

}  // namespace sandbox
