// What the service does for leads by itself: asks again about domains that gave no answer, asks the
// campaigns' verifiers, and forgets texts and people whose time is over (campaign/retention.h).
#pragma once
#include <functional>
#include <memory>
#include <string>

#include "base/result.h"
#include "base/task.h"
#include "campaign/mail_domains.h"
#include "campaign/verifier.h"
#include "engine/runtime.h"
#include "engine/service.h"

namespace engine {

struct LeadTools {
    store::Database& db;
    base::Clock& clock;
    campaign::MailDomains& domains;
    // Of a campaign's setting; null where it says none.
    std::function<std::unique_ptr<campaign::Verifier>(const std::string& setting)> verifier;
};
// All go on until `wanted` says no, and then say what was done so far.

// Of every campaign that is not finished; at most kVerifiedAtOnce questions to each verifier. Words
// for people; invalid_input names the campaigns whose settings can't be read, when all others are
// done.
base::Task<base::Result<std::string>> tend_leads(LeadTools tools, Wanted wanted);
base::Task<base::Result<std::string>> tend_leads(Runtime& runtime, Wanted wanted);
inline constexpr int kVerifiedAtOnce = 200;

// One pass through all tables of campaigns, in small jobs.
base::Task<base::Result<std::string>> keep_retention(
    store::Database& db, base::Timestamp now, Wanted wanted
);

}  // namespace engine
