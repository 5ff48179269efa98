// Keeps `ready_to_send` filled for the capacity of the next 48 hours.
//
// What is missing is a pure decision (`plan_drafts`); `pregenerate` writes it. Capacity (how many
// first mails the senders can send in that time) is handed in by whoever knows it. A model that
// does not answer ends the round; the next one goes on.
#pragma once
#include <cstdint>
#include <vector>

#include "campaign/draft_writer.h"

namespace campaign {

// What there is of an active campaign.
struct Stock {
    std::int64_t campaign_id = 0;
    int ready = 0;          // first mails that are ready or on their way there
    int leads_waiting = 0;  // ready leads without a draft
};

struct Order {
    std::int64_t campaign_id = 0;
    int count = 0;
};

struct PlanLimits {
    int capacity = 0;        // first mails of the time ahead, all campaigns together
    int written_today = 0;   // new drafts since the day began
    int written_max = 300;   // new drafts a day
};

// Round robin over the campaigns from the one with the smallest stock on, so that none starves;
// never more than the leads that wait, the gap to the capacity and what the day has left.
std::vector<Order> plan_drafts(std::vector<Stock> stocks, const PlanLimits& limits);

struct Pregenerated {
    int ready = 0;
    int rejected = 0;
    int failed = 0;           // leads that could not be written to, with the reason in the ledger
    std::string stopped;      // why the round ended early; empty: it did not
};

// Follow-ups are written when due (followups.h), not here. `only`: one campaign, whatever its
// status is.
struct Pregeneration {
    int capacity = 0;
    std::optional<std::int64_t> only;
    int count_max = 0;  // 0: as the plan says
};
base::Task<Pregenerated> pregenerate(Context context, Pregeneration what);

}  // namespace campaign
