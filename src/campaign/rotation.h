// Which mailbox sends next, and which of the drafts that wait. Pure.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/time.h"

namespace campaign {

struct SenderState {
    std::int64_t mailbox_id = 0;
    std::string family;  // of its provider: "gmail", "zoho", …
    int sent = 0;        // campaign mail of the last 24 h
    int left = 0;        // of its budget
    base::Timestamp due_at;
};

// Those that are due and have budget left, the least loaded first (mails sent, then id): so few
// drafts are spread evenly.
std::vector<std::int64_t> due_in_order(std::vector<SenderState> senders, base::Timestamp now);
// When the next of them is due that has budget left.
std::optional<base::Timestamp> next_due(const std::vector<SenderState>& senders);

// Who takes the recipient's mail, as leads.mx_provider and the presets' families say it.
bool same_provider(const std::string& family, const std::string& mx_provider);

struct WaitingDraft {
    std::string mx_provider;  // of its lead
    base::Timestamp not_before;
    std::int64_t id = 0;
};
// The draft for this mailbox: first one to its own provider, then one to a provider that no other
// mailbox with budget is at home at, then any; among these the one that waits longest. All of the
// capacity is used, whatever the providers.
std::optional<std::size_t> choose_draft(
    const std::vector<WaitingDraft>& waiting,
    const SenderState& sender,
    const std::vector<SenderState>& senders
);

}  // namespace campaign
