// A mail outside of any sequence: a copy of a text for a seed mailbox (canary), or for its owner
// (`campaign test`). It leaves through delivery like every other, counts in its mailbox's budget
// and keeps the gap clock; it belongs to no lead and no draft.
#pragma once
#include <functional>
#include <string>

#include "campaign/campaign_mail.h"
#include "campaign/context.h"
#include "delivery/delivery.h"

namespace campaign {

struct SingleMail {
    std::int64_t campaign_id = 0;
    base::Email to;
    std::string subject;
    std::string body;  // with its footer
    std::optional<std::string> html_body;
    Settings settings;
    mailbox::Mailbox from;
    std::string send_key;
    // The lead whose values the text holds: to forget it is to wipe this mail too.
    std::optional<std::int64_t> written_for = std::nullopt;
    // Runs in the transaction that prepares it.
    std::function<void(store::Connection&, std::int64_t email_id)> prepared = {};
};

// already_exists where the send key is known; conflict where the address is suppressed (asked again
// before the dot); limit_exceeded where its mailbox has no budget left
// or sent a moment ago; compose's own errors.
base::Task<base::Result<delivery::Report>> send_single(
    Context context, UnsubscribeHeaders unsubscribe, SingleMail mail, base::MonotonicTime deadline
);

// The same for one that was prepared before and did not leave.
base::Task<delivery::Report> send_single_again(
    Context context, std::int64_t email_id, mailbox::Mailbox from, base::MonotonicTime deadline
);

}  // namespace campaign
