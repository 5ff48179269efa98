// Complaints of people who called a mail spam, as providers report them (ARF, RFC 5965; and the
// reports of providers that send the message with a note).
//
// A pure function of the message; linear; never fails. A claim as a bounce is one: see bounce.h.
#pragma once
#include <optional>

#include "inbound/bounce.h"
#include "mime/message.h"

namespace inbound {

// One entry for each recipient that is named (reason "feedback", never hard); nothing where the
// message is no complaint.
std::optional<BounceReport> read_complaint(
    const mime::Message& message, const BounceRules& rules = BounceRules::standard()
);

}  // namespace inbound
