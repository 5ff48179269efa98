// Where a lead goes on that was stopped, and is not any more: behind the last mail it got, at the
// distance that its campaign keeps. Inside a job on the campaign role.
#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "base/time.h"
#include "campaign/records.h"
#include "store/connection.h"

namespace campaign {

struct Resumed {
    std::string status;  // active, finished; `before` where nothing was sent
    int next_step = 0;
    std::optional<base::Timestamp> next_step_at;
};
// `before`: the status it had; what is sent or may have been sent since counts for more. A mail in
// doubt holds up what comes next.
Resumed place_to_resume(
    store::Connection& connection, const Lead& lead, std::string_view before, base::Timestamp now
);
// Writes it, with the reason.
void resume_lead(
    store::Connection& connection,
    std::int64_t lead_id,
    const Resumed& place,
    std::string_view reason
);

}  // namespace campaign
