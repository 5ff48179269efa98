// How much a mailbox may send (providers.md 4.4): over everything, for campaigns, and its domain.
//
// A day is the last 24 hours, counted in whole hours as mailbox_usage has them; claims that are
// under way count too, so that several workers together keep the numbers. What a person sent by
// hand counts in the mailbox's total (mailbox_human_mail). The decision is pure.
#pragma once
#include <cstdint>
#include <string>

#include "campaign/context.h"
#include "mailbox/mailbox.h"
#include "store/connection.h"

namespace campaign {

struct MailboxLoad {
    int sent_all = 0;         // in the last 24 h: warmup, campaign, by hand
    int sent_campaign = 0;    // of it campaign
    int under_way = 0;        // claimed and not at its end
    int sending_days = 0;     // days before today on which it sent campaign mail
    int warmup_days = 0;      // days on which it sent warmup mail
    int domain_campaign = 0;  // campaign mail of its domain in the last 24 h, claims included
    bool domain_young = false;
};

// At most `campaign_per_day`, starting at `campaign_start` and growing each sending day.
int campaign_cap(int sending_days, const Limits& limits);

struct Budget {
    int left = 0;
    std::string reason;  // where nothing is left
};
Budget budget_of(const MailboxLoad& load, const Limits& limits);

// Reads it, inside a job. `owner` claims are counted by from_account.
MailboxLoad load_of(
    store::Connection& connection,
    const mailbox::Mailbox& mailbox,
    const Limits& limits,
    base::Timestamp now
);
// What the intent's transaction looks at again: the last 24 hours of one mailbox.
struct DayCount {
    int all = 0;
    int campaign = 0;
};
DayCount sent_in_day(store::Connection& connection, std::int64_t mailbox_id, base::Timestamp now);

}  // namespace campaign
