#include "campaign/rotation.h"

#include <algorithm>
#include <tuple>

namespace campaign {

std::vector<std::int64_t> due_in_order(std::vector<SenderState> senders, base::Timestamp now) {
    std::erase_if(senders, [&](const SenderState& one) {
        return one.left <= 0 || one.due_at > now;
    });
    std::ranges::sort(senders, {}, [](const SenderState& one) {
        return std::tuple(one.sent, one.mailbox_id);
    });
    std::vector<std::int64_t> ids;
    for (const SenderState& one : senders) ids.push_back(one.mailbox_id);
    return ids;
}

std::optional<base::Timestamp> next_due(const std::vector<SenderState>& senders) {
    std::optional<base::Timestamp> next;
    for (const SenderState& one : senders)
        if (one.left > 0 && (!next || one.due_at < *next)) next = one.due_at;
    return next;
}

bool same_provider(const std::string& family, const std::string& mx_provider) {
    if (family.empty() || mx_provider.empty()) return false;
    const auto house = [](const std::string& name) -> std::string {
        if (name == "gmail" || name == "workspace" || name == "google") return "google";
        if (name == "outlook" || name == "microsoft365" || name == "microsoft") return "microsoft";
        return name;
    };
    return house(family) == house(mx_provider);
}

std::optional<std::size_t> choose_draft(
    const std::vector<WaitingDraft>& waiting,
    const SenderState& sender,
    const std::vector<SenderState>& senders
) {
    const auto rank = [&](const WaitingDraft& draft) {
        if (same_provider(sender.family, draft.mx_provider)) return 0;
        const bool wanted = std::ranges::any_of(senders, [&](const SenderState& other) {
            return other.mailbox_id != sender.mailbox_id && other.left > 0 &&
                   same_provider(other.family, draft.mx_provider);
        });
        return wanted ? 2 : 1;
    };
    std::optional<std::size_t> best;
    std::tuple<int, base::Timestamp, std::int64_t> best_key;
    for (std::size_t i = 0; i < waiting.size(); ++i) {
        const std::tuple key(rank(waiting[i]), waiting[i].not_before, waiting[i].id);
        if (best && !(key < best_key)) continue;
        best = i;
        best_key = key;
    }
    return best;
}

}  // namespace campaign
