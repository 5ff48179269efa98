// What a report says about the message it is about: the header that it gives back (RFC 3462
// section 3) as a part of its own or within its text.
#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "base/message_id.h"
#include "mime/message.h"

namespace inbound {

struct ReturnedMessage {
    std::optional<base::MessageId> message_id;
    std::string to;  // its first recipient, or empty
    bool found = false;
};

// `in_text` is the returned message within the report's text; empty where there is none.
ReturnedMessage returned_message(const mime::Message& report, std::string_view in_text);

}  // namespace inbound
