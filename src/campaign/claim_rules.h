// Whether a draft may leave now, of what its row, its lead and its campaign say. Pure; what has to
// be counted in the store is asked for by claim.cpp only where the draft is the one to be taken.
#pragma once
#include <optional>
#include <string>

#include "campaign/claim.h"

namespace campaign {

// What a claim reads of a draft that waits.
struct Candidate {
    std::int64_t id = 0;
    std::int64_t claim_token = 0;
    base::Timestamp not_before;
    std::string email_type;
    int followup_number = 0;
    std::string subject;
    std::string in_reply_to;
    std::int64_t campaign_id = 0;
    std::string wait_reason;
    std::int64_t lead_id = 0;
    std::string lead_status;
    std::string mx_provider;
    std::string organisation;
    std::string zone;
    base::Timestamp wait_until;
    std::int64_t sender_mailbox_id = 0;

    bool followup() const { return email_type == "followup"; }
};
BOOST_DESCRIBE_STRUCT(
    Candidate,
    (),
    (id,
     claim_token,
     not_before,
     email_type,
     followup_number,
     subject,
     in_reply_to,
     campaign_id,
     wait_reason,
     lead_id,
     lead_status,
     mx_provider,
     organisation,
     zone,
     wait_until,
     sender_mailbox_id)
)

struct Judgement {
    enum class What { take, wait, cancel, fail } what = What::take;
    base::Timestamp until;  // of wait
    std::string reason;
};

// By its own row, lead and campaign.
Judgement judge(
    const Candidate& candidate, const Plans& plans, std::int64_t mailbox_id, base::Timestamp now
);

// What was counted for a candidate that is about to be taken.
struct Counted {
    int mails = 0;               // of this lead that left or may have
    int of_this_step = 0;        // of it of this step
    int organisation_day = 0;    // mails to its organisation today, claims included
    int organisation_leads = 0;  // other leads of it in sequence
    bool looked = true;          // of a follow-up: its mailbox was looked into lately
    bool review_holds = true;    // review.h: what it said is not too old
    bool text_is_clear = true;   // canary.h: its text was found outside spam
    std::string first_subject;
};
Judgement judge(
    const Candidate& candidate,
    const Plans& plans,
    const Counted& counted,
    const Limits& limits,
    base::Timestamp now
);

}  // namespace campaign
