// How much a mailbox may send (providers.md 4.4): over everything, for campaigns, and its domain.
//
// A day is the last 24 hours, counted in whole hours as mailbox_usage has them; claims that are
// under way count too, so that several workers together keep the numbers. What a person sent by
// hand counts in the mailbox's total (mailbox_human_mail). The decision is pure.
#pragma once
#include <cstdint>
#include <map>
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

// The first hour of mailbox_usage that counts in the 24 hours before `now`: the one in which they
// began counts whole, as a cap has to err on that side.
std::int64_t first_hour(base::Timestamp now);

// Campaign mail of all mailboxes with a domain in the last 24 h, removed ones too; claims that run
// count as sent.
struct DomainCount {
    int sent = 0;
    bool young = false;
};
const std::string& domain_sent_sql();
DomainCount domain_count(
    store::Connection& connection,
    std::string_view domain,
    const Limits& limits,
    base::Timestamp now
);
// What may still leave from it.
int domain_left(
    store::Connection& connection,
    std::string_view domain,
    const Limits& limits,
    base::Timestamp now
);

// Reads loads, inside a job; what mailboxes of one domain have in common is read once.
class LoadReader {
  public:
    LoadReader(store::Connection& connection, const Limits& limits, base::Timestamp now)
        : connection_(connection), limits_(limits), now_(now) {}
    MailboxLoad load_of(const mailbox::Mailbox& mailbox);

  private:
    store::Connection& connection_;
    const Limits& limits_;
    base::Timestamp now_;
    std::map<std::string, DomainCount, std::less<>> domains_;
};

}  // namespace campaign
