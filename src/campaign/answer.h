// What a person writes back to somebody who has replied: in the thread, from the mailbox that the
// thread runs through, by delivery as every mail (emails_campaign: type 'answer', send_key
// "answer:<reply>:<n>"). Nothing else follows from it: no step of a sequence, no automatism.
#pragma once
#include <string>

#include "campaign/context.h"
#include "campaign/reply_store.h"
#include "delivery/delivery.h"
#include "mailbox/mailbox.h"
#include "mime/compose.h"

namespace campaign {

// The message without its bytes: `Re: ` and the subject, In-Reply-To, References. Pure.
mime::Outgoing answer_message(
    const Reply& reply, const mailbox::Mailbox& from, const base::Email& to, std::string text
);

// not_found: no such reply; conflict: its mailbox is gone or paused, or the address has opted out;
// invalid_input: an empty text, or a reply that nobody can answer (a bounce, a complaint). Marks
// the reply as answered and done when the mail was accepted.
base::Task<base::Result<delivery::Report>> answer_reply(
    Context& context, std::int64_t reply_id, std::string text
);

}  // namespace campaign
