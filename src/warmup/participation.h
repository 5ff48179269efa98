// Which mailboxes take part in warmup, and why the others do not. Pure.
#pragma once
#include <optional>
#include <string>

#include "mailbox/mailbox.h"

namespace warmup {

// For an active mailbox: why it is left out, with the mend; nothing where it takes part.
std::optional<std::string> reason_to_leave_out(const mailbox::Mailbox& account);

}  // namespace warmup
