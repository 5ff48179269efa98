// How long texts and people are kept: bodies 90 days, leads who never answered 12 months after the
// last mail to them (or after they came in). Decisions are pure; the jobs go through a table page
// by page, and whoever runs them calls until they say 0.
#pragma once
#include <chrono>
#include <cstdint>
#include <optional>
#include <string_view>

#include "base/time.h"
#include "campaign/lead_privacy.h"
#include "store/connection.h"

namespace campaign {

struct RetentionPeriods {
    base::Duration bodies = std::chrono::days(90);
    base::Duration leads = std::chrono::days(365);
};

struct Cutoffs {
    base::Timestamp bodies_before;
    base::Timestamp leads_before;
};
Cutoffs cutoffs(const RetentionPeriods& periods, base::Timestamp now);

struct LeadAge {
    std::string_view status;
    bool answered = false;
    base::Timestamp came_in_at;  // into this store, however old it is elsewhere
    std::optional<base::Timestamp> last_mail_at;
};
// True for a lead that is to be erased: it never answered, and its time is over.
bool is_over(const LeadAge& lead, base::Timestamp leads_before);

struct RetentionPage {
    std::int64_t changed = 0;
    std::int64_t last_id = 0;  // where to go on; 0 at the end
};
// Texts of drafts that are done with, bytes of mails that were kept, texts of what came back.
RetentionPage clear_drafts(store::Connection& connection, const Cutoffs& cut, std::int64_t after);
RetentionPage clear_emails(store::Connection& connection, const Cutoffs& cut, std::int64_t after);
RetentionPage clear_replies(store::Connection& connection, const Cutoffs& cut, std::int64_t after);
// Texts in what an import kept beside drafts and mails that are as old.
RetentionPage clear_kept(
    store::Connection& connection, PersonTable table, const Cutoffs& cut, std::int64_t after
);
// Leads whose time is over, with all that hangs on them (lead_privacy.h); at most 25 in a job. What
// is suppressed stays suppressed.
RetentionPage erase_old_leads(
    store::Connection& connection, const Cutoffs& cut, std::int64_t after, base::Timestamp now
);

}  // namespace campaign
