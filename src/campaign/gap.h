// The gaps between the mails of one mailbox (mailbox/gaps.h keeps the clock). Pure.
#pragma once
#include <optional>

#include "base/random.h"
#include "campaign/context.h"
#include "mailbox/gaps.h"

namespace campaign {

// From when on campaign mail may leave a mailbox with this clock.
base::Timestamp due_at(const std::optional<mailbox::Gap>& gap, const Limits& limits);
// How long after a campaign mail the next one may follow.
base::Duration draw_gap(const Limits& limits, base::Random& random);

}  // namespace campaign
