// Keeps `ready_to_send` filled for the capacity of the next 48 hours.
//
// What is missing is a pure decision (`plan_drafts`); `pregenerate` writes it. Capacity (how many
// first mails the senders can send in that time) is handed in by whoever knows it. A model that
// does not answer ends the round; the next one goes on. A campaign without a usable text is passed
// over, and a lead whose question the model refuses is set back for an hour, so that neither keeps
// the others waiting. Follow-ups are written when due (followups.h), not here.
#pragma once
#include <cstdint>
#include <functional>
#include <vector>

#include "campaign/draft_writer.h"

namespace campaign {

// What there is of a campaign.
struct Stock {
    std::int64_t campaign_id = 0;
    int ready = 0;          // first mails that are ready or being sent
    int leads_waiting = 0;  // ready leads without a draft, or with one that was only begun
};

struct Order {
    std::int64_t campaign_id = 0;
    int count = 0;
    bool operator==(const Order&) const = default;
};

struct PlanLimits {
    int capacity = 0;       // first mails of the time ahead, all campaigns together
    int written_today = 0;  // new drafts since the day began
    int written_max = 300;  // new drafts a day
};

// Round robin over the campaigns, the one with the smallest stock first, so that none starves;
// never more than the leads that wait, what the capacity lacks, and what the day has left.
std::vector<Order> plan_drafts(std::vector<Stock> stocks, const PlanLimits& limits);

struct Pregeneration {
    int capacity = 0;
    // One campaign alone, whatever its status is; then `count` drafts at most, whatever the
    // capacity (a person asked for them). The limit of the day holds all the same.
    std::optional<std::int64_t> only = std::nullopt;
    int count = 0;
    // Leads whose draft was rejected get a new one.
    bool again = false;
    // Asked before each lead; where it says no, the rest is left for another round.
    std::function<bool()> wanted = [] { return true; };
    // After each lead: how many are done, of how many.
    std::function<void(int done, int total)> progress = {};
};

struct Pregenerated {
    int ready = 0;
    int rejected = 0;
    int left_out = 0;     // leads that changed meanwhile, or whose question was refused
    std::string stopped;  // why the round, or that of a campaign, ended early; empty: it did not
};
base::Task<Pregenerated> pregenerate(Context context, Pregeneration what);

}  // namespace campaign
