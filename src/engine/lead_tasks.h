// What the service does for leads by itself: asks again about domains that gave no answer, asks the
// campaigns' verifiers, and forgets texts and people whose time is over (campaign/retention.h).
#pragma once
#include <string>

#include "base/result.h"
#include "base/task.h"
#include "engine/runtime.h"
#include "engine/service.h"

namespace engine {

// Both go on until `wanted` says no, and then say what was done so far.
//
// Of every campaign that is not finished; at most kVerifiedAtOnce questions to each verifier. Words
// for people.
base::Task<base::Result<std::string>> tend_leads(Runtime& runtime, Wanted wanted);
inline constexpr int kVerifiedAtOnce = 200;

// One pass through all tables of campaigns, in small jobs.
base::Task<base::Result<std::string>> keep_retention(Runtime& runtime, Wanted wanted);

}  // namespace engine
