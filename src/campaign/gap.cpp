#include "campaign/gap.h"

namespace campaign {

base::Timestamp due_at(const std::optional<mailbox::Gap>& gap, const Limits& limits) {
    if (!gap) return {};
    return std::max(gap->last_mail_at + limits.gap_any, gap->next_campaign_at);
}

base::Duration draw_gap(const Limits& limits, base::Random& random) {
    return random.between(limits.gap_campaign_min, limits.gap_campaign_max);
}

}  // namespace campaign
