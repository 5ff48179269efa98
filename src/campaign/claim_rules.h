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
    std::optional<base::Timestamp> reviewed_at;
    std::string written_by;
    std::string canary;  // of the text it was made from (canary.h)
    std::int64_t lead_id = 0;
    std::string lead_status;
    std::string lead_name;
    std::string mx_provider;
    std::string organisation;
    std::string zone;
    base::Timestamp wait_until;
    std::int64_t sender_mailbox_id = 0;
    int mails = 0;              // of this lead that left or may have
    int of_this_step = 0;       // of it of this step
    std::string first_subject;  // of the first mail to its lead, where the draft answers it

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
     reviewed_at,
     written_by,
     canary,
     lead_id,
     lead_status,
     lead_name,
     mx_provider,
     organisation,
     zone,
     wait_until,
     sender_mailbox_id,
     mails,
     of_this_step,
     first_subject)
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
    int organisation_day = 0;    // mails to its organisation today, claims included
    int organisation_leads = 0;  // other leads of it in sequence
    bool looked = true;          // of a follow-up: its mailbox was looked into lately
};
Judgement judge(
    const Candidate& candidate,
    const Plans& plans,
    const Counted& counted,
    const Limits& limits,
    base::Timestamp now
);

// When the day began on whose clocks a lead gets its mails: its own, else its campaign's.
base::Timestamp day_of_lead(const Candidate& candidate, const Plans& plans, base::Timestamp now);

}  // namespace campaign
