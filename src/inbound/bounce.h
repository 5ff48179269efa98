// Delivery reports: whom a mail did not reach, why, and whether for good (RFC 3462, 3464, and the
// prose of servers that know neither).
//
// A pure function of the message. At most 1,000 recipients; linear; never fails. What it gives is a
// claim of whoever sent the message: it proves nothing until the original Message-ID is one of ours
// (threats.md row 11), and that is the caller's to check.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "base/message_id.h"
#include "inbound/bounce_rules.h"
#include "mime/message.h"

namespace inbound {

struct Bounce {
    std::string address;     // as reported; empty where no address is named
    std::string status;      // "5.1.1", or empty
    std::string reply_code;  // "550", or empty
    std::string reason;      // "userunknown", … (data/inbound/bounce_rules.txt)
    bool hard = false;
    bool delayed = false;  // not given up yet: nothing follows from it
};

struct BounceReport {
    std::vector<Bounce> bounces;
    std::optional<base::MessageId> original_message_id;
};

// Nothing where the message is no report of a failed or delayed delivery; a report of a success is
// none.
std::optional<BounceReport> read_bounce(
    const mime::Message& message, const BounceRules& rules = BounceRules::standard()
);

}  // namespace inbound
