// Mail that no person wrote in answer: out of office, vacation, "we received your message".
//
// Evidence in this order: RFC 3834 Auto-Submitted, header fields of vendors, the subject in the
// major languages. `Precedence: bulk` or `list` alone, and mailing list fields, are none: people
// write through lists. A delivery report must be recognised before (it has Auto-Submitted too).
// The return date is read from the text, years being guessed from the mail's Date; it is 00:00 UTC
// of the day named. Linear; the words are data: data/inbound/auto_reply.txt.
#pragma once
#include <optional>
#include <string>

#include "mime/message.h"

namespace inbound {

struct AutoReply {
    std::string evidence;  // the header field, or "subject: " and the words found
    std::optional<base::Timestamp> return_date;
};

std::optional<AutoReply> auto_reply(const mime::Message& message);

}  // namespace inbound
